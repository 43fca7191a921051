//! What the pods of an overlay and the server's settings must agree on, which no schema covers.

use serde_json::{Map, Value};

/// The folder where secrets are mounted.
pub(super) const SECRETS: &str = "/run/secrets";

/// The setting with the networks of proxies, an environment variable of the container.
pub(super) const TRUSTED: &str = "PURLIN_PROXIES__TRUSTED";

/// Returns the variables of the container from the ConfigMap that it names.
pub(super) fn variables(objects: &[Value]) -> Option<&Map<String, Value>> {
    let name = container(objects).pointer("/envFrom/0/configMapRef/name")?;
    let is_map = |it: &&Value| it["kind"] == "ConfigMap" && it["metadata"]["name"] == *name;
    objects.iter().find(is_map)?["data"].as_object()
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

/// Returns everything that does not fit, one line each.
pub(super) fn errors(objects: &[Value]) -> Vec<String> {
    let (pod, container) = (pod(objects), container(objects));
    let variables = variables(objects);
    let setting = |name: &str| variables?.get(&format!("PURLIN_{name}"))?.as_str();
    let mut errors = Vec::new();

    let seconds = |name: &str| setting(name)?.parse::<i64>().ok();
    let shutdown = seconds("HTTP__DRAIN_DELAY").zip(seconds("HTTP__SHUTDOWN_TIMEOUT"));
    let grace = pod["terminationGracePeriodSeconds"].as_i64();
    let too_short = |(grace, (drain, stop))| grace <= drain + stop;
    if grace.zip(shutdown).is_none_or(too_short) {
        errors.push(
            "terminationGracePeriodSeconds is not above http.drain_delay + http.shutdown_timeout"
                .to_owned(),
        );
    }
    for listener in ["http", "ops"] {
        let bind = setting(&format!("{}__BIND", listener.to_uppercase())).unwrap_or_default();
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
    if seconds("RATE_LIMIT__PER_ADDRESS").unwrap_or(0) == 0 {
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
        let settings = json!({
            "PURLIN_HTTP__BIND": "0.0.0.0:8000",
            "PURLIN_HTTP__DRAIN_DELAY": "10",
            "PURLIN_HTTP__SHUTDOWN_TIMEOUT": "30",
            "PURLIN_OPS__BIND": "0.0.0.0:9000",
            "PURLIN_RATE_LIMIT__PER_ADDRESS": "1",
        });
        let pod = json!({
            "terminationGracePeriodSeconds": 45,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "envFrom": [{"configMapRef": {"name": "settings-1"}}],
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
            json!({"kind": "ConfigMap", "metadata": {"name": "settings-1"}, "data": settings}),
        ]
    }

    #[test]
    fn consistent_overlay_has_no_errors() {
        assert_eq!(errors(&overlay()), [""; 0]);
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
