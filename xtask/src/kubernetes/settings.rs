//! What the pods of an overlay and the server's settings must agree on, which no schema covers.

use serde_json::Value;

/// The folder where API keys are mounted.
pub(super) const KEYS: &str = "/run/secrets/keys";

/// The setting with the networks of proxies, an environment variable of the container.
pub(super) const TRUSTED: &str = "PURLIN_PROXIES__TRUSTED";

/// Returns the server's settings file.
pub(super) fn toml(objects: &[Value]) -> Option<&str> {
    let mut maps = objects.iter().filter(|it| it["kind"] == "ConfigMap");
    maps.find_map(|map| map.pointer("/data/purlin.toml")?.as_str())
}

/// Returns the networks of proxies, which the overlay has to define.
pub(super) fn trusted(objects: &[Value]) -> Option<&str> {
    let mut variables = container(objects)["env"].as_array()?.iter();
    let variable = variables.find(|it| it["name"] == TRUSTED)?;
    let from = variable.pointer("/valueFrom/configMapKeyRef")?;
    let is_map = |it: &&Value| it["kind"] == "ConfigMap" && it["metadata"]["name"] == from["name"];
    objects.iter().find(is_map)?["data"][from["key"].as_str()?].as_str()
}

fn pod(objects: &[Value]) -> &Value {
    let deployment = objects.iter().find(|it| it["kind"] == "Deployment");
    deployment.map_or(&Value::Null, |it| &it["spec"]["template"]["spec"])
}

fn container(objects: &[Value]) -> &Value {
    &pod(objects)["containers"][0]
}

/// Returns the names of the key files that the settings refer to.
pub(super) fn keys(toml: &str) -> Vec<&str> {
    let named = toml.split(KEYS).skip(1);
    named
        .filter_map(|rest| rest.strip_prefix('/')?.split('"').next())
        .collect()
}

/// Returns everything that does not fit, one line each.
pub(super) fn errors(objects: &[Value]) -> Vec<String> {
    let (pod, container) = (pod(objects), container(objects));
    let toml: toml::Table = toml(objects)
        .unwrap_or_default()
        .parse()
        .unwrap_or_default();
    let mut errors = Vec::new();

    let seconds = |key: &str| toml.get("http")?.get(key)?.as_integer();
    let shutdown = seconds("drain_delay").zip(seconds("shutdown_timeout"));
    let grace = pod["terminationGracePeriodSeconds"].as_i64();
    let too_short = |(grace, (drain, stop))| grace <= drain + stop;
    if grace.zip(shutdown).is_none_or(too_short) {
        errors.push(
            "terminationGracePeriodSeconds is not above http.drain_delay + http.shutdown_timeout"
                .to_owned(),
        );
    }
    for listener in ["http", "ops"] {
        let bind = toml.get(listener).and_then(|section| section.get("bind"));
        let bind = bind.and_then(toml::Value::as_str).unwrap_or_default();
        let port = port(container, listener);
        if port.is_none_or(|port| bind != format!("0.0.0.0:{port}")) {
            errors.push(format!(
                "{listener}.bind is not the container's port {listener}"
            ));
        }
    }
    if trusted(objects).is_none() {
        errors.push(format!(
            "the ConfigMap with the value of {TRUSTED}, the network of the Gateway, is missing"
        ));
    }
    let rate = toml.get("rate_limit").and_then(|it| it.get("per_address"));
    if rate.and_then(toml::Value::as_integer).unwrap_or(0) == 0 {
        errors.push("rate_limit.per_address is not set, and no edge limits clients".to_owned());
    }
    for (probe, path) in [
        ("startupProbe", "/startupz"),
        ("livenessProbe", "/livez"),
        ("readinessProbe", "/readyz"),
    ] {
        let get = &container[probe]["httpGet"];
        if get["path"] != path || get["port"] != "ops" {
            errors.push(format!(
                "the {probe} does not request {path} of the port ops"
            ));
        }
    }
    // The Pod Security Standard "restricted", and a read-only root.
    for (context, property, value) in [
        (container, "readOnlyRootFilesystem", Value::from(true)),
        (container, "allowPrivilegeEscalation", Value::from(false)),
        (
            container,
            "capabilities",
            serde_json::json!({"drop": ["ALL"]}),
        ),
        (pod, "runAsNonRoot", Value::from(true)),
        (
            pod,
            "seccompProfile",
            serde_json::json!({"type": "RuntimeDefault"}),
        ),
    ] {
        if context["securityContext"][property] != value {
            errors.push(format!("securityContext.{property} is not {value}"));
        }
    }
    errors
}

/// Returns the number of a container's port.
fn port(container: &Value, name: &str) -> Option<i64> {
    let mut ports = container["ports"].as_array()?.iter();
    ports.find(|port| port["name"] == name)?["containerPort"].as_i64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overlay() -> Vec<Value> {
        let probe = |path| json!({"httpGet": {"path": path, "port": "ops"}});
        let toml = "[http]\nbind = '0.0.0.0:8000'\ndrain_delay = 10\nshutdown_timeout = 30\n\
                    [ops]\nbind = '0.0.0.0:9000'\n[rate_limit]\nper_address = 1\n[keys]\na = { file = \"/run/secrets/keys/a\" }\n";
        let pod = json!({
            "terminationGracePeriodSeconds": 45,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "env": [{
                    "name": "PURLIN_PROXIES__TRUSTED",
                    "valueFrom": {"configMapKeyRef": {"name": "proxies-1", "key": "trusted"}}
                }],
                "ports": [
                    {"name": "http", "containerPort": 8000},
                    {"name": "ops", "containerPort": 9000}
                ],
                "startupProbe": probe("/startupz"),
                "livenessProbe": probe("/livez"),
                "readinessProbe": probe("/readyz"),
                "securityContext": {
                    "readOnlyRootFilesystem": true,
                    "allowPrivilegeEscalation": false,
                    "capabilities": {"drop": ["ALL"]}
                }
            }]
        });
        vec![
            json!({"kind": "Deployment", "spec": {"template": {"spec": pod}}}),
            json!({"kind": "ConfigMap", "metadata": {"name": "proxies-1"}, "data": {"trusted": "192.0.2.0/24"}}),
            json!({"kind": "ConfigMap", "metadata": {"name": "settings-1"}, "data": {"purlin.toml": toml}}),
        ]
    }

    #[test]
    fn consistent_overlay_has_no_errors() {
        assert_eq!(errors(&overlay()), [""; 0]);
        assert_eq!(keys(toml(&overlay()).unwrap()), ["a"]);
        assert_eq!(trusted(&overlay()), Some("192.0.2.0/24"));
    }

    #[test]
    fn each_inconsistency_is_named() {
        for (pointer, value, expected) in [
            (
                "terminationGracePeriodSeconds",
                json!(40),
                "terminationGracePeriodSeconds",
            ),
            ("containers/0/ports/0/containerPort", json!(80), "http.bind"),
            (
                "containers/0/livenessProbe/httpGet/path",
                json!("/"),
                "/livez",
            ),
            ("securityContext/runAsNonRoot", json!(false), "runAsNonRoot"),
            ("containers/0/env", json!([]), "the network of the Gateway"),
        ] {
            let mut objects = overlay();
            let pointer = format!("/spec/template/spec/{pointer}");
            *objects[0].pointer_mut(&pointer).unwrap() = value;
            let found = errors(&objects).join("\n");
            assert!(found.contains(expected), "{pointer}: {found:?}");
        }
    }
}
