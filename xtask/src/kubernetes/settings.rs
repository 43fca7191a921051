//! What the pods of an overlay and the server's settings must agree on, which no schema covers.

use serde_json::Value;

/// The folder where API keys are mounted.
pub(super) const KEYS: &str = "/run/secrets/keys";

/// Returns the server's settings file.
pub(super) fn toml(objects: &[Value]) -> Option<&str> {
    let map = objects.iter().find(|it| it["kind"] == "ConfigMap")?;
    map.pointer("/data/purlin.toml")?.as_str()
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
    let pod = objects.iter().find(|it| it["kind"] == "Deployment");
    let pod = pod.map_or(&Value::Null, |it| &it["spec"]["template"]["spec"]);
    let container = &pod["containers"][0];
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
                    [ops]\nbind = '0.0.0.0:9000'\n[keys]\na = { file = \"/run/secrets/keys/a\" }\n";
        let pod = json!({
            "terminationGracePeriodSeconds": 45,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
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
            json!({"kind": "ConfigMap", "data": {"purlin.toml": toml}}),
        ]
    }

    #[test]
    fn consistent_overlay_has_no_errors() {
        assert_eq!(errors(&overlay()), [""; 0]);
        assert_eq!(keys(toml(&overlay()).unwrap()), ["a"]);
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
        ] {
            let mut objects = overlay();
            let pointer = format!("/spec/template/spec/{pointer}");
            *objects[0].pointer_mut(&pointer).unwrap() = value;
            let found = errors(&objects).join("\n");
            assert!(found.contains(expected), "{pointer}: {found:?}");
        }
    }
}
