//! What the objects of an overlay have to agree on, and no schema knows.

use serde_json::Value;

/// Where the keys of applications are mounted.
pub(super) const KEYS: &str = "/run/secrets/keys";

/// The kind of an object.
pub(super) fn kind(object: &Value) -> &str {
    text(object, "/kind")
}

/// The server's settings.
pub(super) fn settings(objects: &[Value]) -> Option<&str> {
    let map = of(objects, "ConfigMap").next()?;
    map.pointer("/data/purlin.toml")?.as_str()
}

/// The names of the keys the settings want to be mounted.
pub(super) fn keys(settings: &str) -> Vec<&str> {
    let named = settings.split(KEYS).skip(1);
    named
        .filter_map(|rest| rest.strip_prefix('/')?.split('"').next())
        .collect()
}

/// All that does not fit; the example is the Secret of overlays that have none.
pub(super) fn mistakes(objects: &[Value], example: &[Value]) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut want = |right: bool, words: &str| {
        if !right {
            mistakes.push(words.to_owned());
        }
    };
    let absent = Value::Null;
    let deployment = of(objects, "Deployment").next().unwrap_or(&absent);
    let pod = deployment.pointer("/spec/template/spec").unwrap_or(&absent);
    let container = pod.pointer("/containers/0").unwrap_or(&absent);
    let toml = settings(objects).unwrap_or_default();
    let toml: toml::Table = toml.parse().unwrap_or_default();
    let number = |key: &str| toml.get("http")?.get(key)?.as_integer();

    let grace = pod
        .pointer("/terminationGracePeriodSeconds")
        .and_then(Value::as_i64);
    let ends = number("drain_delay").zip(number("shutdown_timeout"));
    let in_time = grace
        .zip(ends)
        .is_some_and(|(grace, (drain, end))| grace > drain + end);
    want(
        in_time,
        "a pod is killed before http.drain_delay and http.shutdown_timeout are over",
    );

    for (name, section) in [("http", "http"), ("ops", "ops")] {
        let bind = toml.get(section).and_then(|section| section.get("bind"));
        let bound = bind.and_then(toml::Value::as_str).unwrap_or_default();
        let opened = port(container, name).is_some_and(|port| bound == format!("0.0.0.0:{port}"));
        want(
            opened,
            &format!("{section}.bind is not the container's port {name}"),
        );
    }
    for (probe, path) in [
        ("startupProbe", "/startupz"),
        ("livenessProbe", "/livez"),
        ("readinessProbe", "/readyz"),
    ] {
        let get = container
            .pointer(&format!("/{probe}/httpGet"))
            .unwrap_or(&absent);
        let right = text(get, "/path") == path && text(get, "/port") == "ops";
        want(right, &format!("the {probe} does not ask {path} at ops"));
    }
    for (pointer, value) in [
        ("/securityContext/readOnlyRootFilesystem", Value::from(true)),
        (
            "/securityContext/allowPrivilegeEscalation",
            Value::from(false),
        ),
        (
            "/securityContext/capabilities/drop",
            Value::from(vec!["ALL"]),
        ),
    ] {
        want(
            container.pointer(pointer) == Some(&value),
            &format!("not {value}: {pointer}"),
        );
    }
    let nobody = pod.pointer("/securityContext/runAsNonRoot") == Some(&Value::from(true));
    want(nobody, "the pod may run as root");
    let profile = text(pod, "/securityContext/seccompProfile/type");
    want(
        profile == "RuntimeDefault",
        "the pod has no seccomp profile",
    );
    want(
        container.pointer("/resources/limits/memory").is_some(),
        "no limit of memory",
    );

    let labels = deployment
        .pointer("/spec/template/metadata/labels")
        .unwrap_or(&absent);
    for (kind, pointer) in [
        ("Deployment", "/spec/selector/matchLabels"),
        ("Service", "/spec/selector"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
    ] {
        let mut found = of(objects, kind).peekable();
        want(found.peek().is_some(), &format!("there is no {kind}"));
        for object in found {
            let selector = object.pointer(pointer).and_then(Value::as_object);
            let meant = selector.is_some_and(|selector| {
                let mut pairs = selector.iter();
                !selector.is_empty() && pairs.all(|(name, value)| labels.get(name) == Some(value))
            });
            want(
                meant,
                &format!("the {kind} {} selects other pods", name(object)),
            );
        }
    }
    for service in of(objects, "Service") {
        let target = text(service, "/spec/ports/0/targetPort");
        let opened = port(container, target).is_some();
        want(
            opened,
            &format!("the Service {} leads to no port", name(service)),
        );
    }
    let scaler = of(objects, "HorizontalPodAutoscaler")
        .next()
        .unwrap_or(&absent);
    let scaled = text(scaler, "/spec/scaleTargetRef/name");
    want(
        !scaled.is_empty() && scaled == name(deployment),
        "nothing is scaled",
    );
    want(
        deployment.pointer("/spec/replicas").is_none(),
        "`replicas` and an autoscaler",
    );

    let mut ways = 0;
    for (kind, pointer) in [
        ("HTTPRoute", "/spec/rules/0/backendRefs/0/name"),
        ("Ingress", "/spec/rules/0/http/paths/0/backend/service/name"),
    ] {
        for way in of(objects, kind) {
            ways += 1;
            let backend = text(way, pointer);
            let there = of(objects, "Service").any(|service| name(service) == backend);
            want(there, &format!("the {kind} leads to no Service"));
        }
    }
    want(ways > 0, "no way leads in");

    let volumes = pod.pointer("/volumes").and_then(Value::as_array);
    let mounted = volumes
        .into_iter()
        .flatten()
        .find_map(|volume| volume.pointer("/secret/secretName")?.as_str());
    let secrets = || of(objects, "Secret").chain(of(example, "Secret"));
    let secret = secrets().find(|secret| Some(name(secret)) == mounted);
    let secret = secret.unwrap_or(&absent);
    for key in keys(settings(objects).unwrap_or_default()) {
        let there = ["/data", "/stringData"].iter().any(|data| {
            secret
                .pointer(data)
                .is_some_and(|data| data.get(key).is_some())
        });
        want(there, &format!("the Secret has no key {key}"));
    }
    mistakes
}

fn of<'a>(objects: &'a [Value], wanted: &'a str) -> impl Iterator<Item = &'a Value> {
    objects.iter().filter(move |object| kind(object) == wanted)
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// The number of a container's port.
fn port(container: &Value, name: &str) -> Option<i64> {
    let ports = container.pointer("/ports")?.as_array()?;
    let port = ports.iter().find(|port| text(port, "/name") == name)?;
    port.get("containerPort")?.as_i64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The least that fits.
    fn overlay() -> Vec<Value> {
        let labels = json!({"app": "purlin"});
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
                "resources": {"limits": {"memory": "1Mi"}},
                "securityContext": {
                    "readOnlyRootFilesystem": true,
                    "allowPrivilegeEscalation": false,
                    "capabilities": {"drop": ["ALL"]}
                }
            }],
            "volumes": [{"secret": {"secretName": "keys"}}]
        });
        let of = |kind: &str, spec: Value| json!({"kind": kind, "metadata": {"name": "p"}, "spec": spec});
        let selector = json!({"matchLabels": labels});
        let template = json!({"metadata": {"labels": labels}, "spec": pod});
        let service = json!({"name": "p"});
        vec![
            of(
                "Deployment",
                json!({"selector": selector, "template": template}),
            ),
            of(
                "Service",
                json!({"selector": labels, "ports": [{"targetPort": "http"}]}),
            ),
            of("PodDisruptionBudget", json!({"selector": selector})),
            of("NetworkPolicy", json!({"podSelector": selector})),
            of(
                "HorizontalPodAutoscaler",
                json!({"scaleTargetRef": service}),
            ),
            of("HTTPRoute", json!({"rules": [{"backendRefs": [service]}]})),
            json!({"kind": "ConfigMap", "data": {"purlin.toml": toml}}),
            json!({"kind": "Secret", "metadata": {"name": "keys"}, "data": {"a": ""}}),
        ]
    }

    #[test]
    fn what_fits_is_left_in_peace() {
        assert_eq!(mistakes(&overlay(), &[]), [""; 0]);
    }

    #[test]
    fn a_secret_that_is_made_elsewhere_is_that_of_the_example() {
        let mut objects = overlay();
        let secret = objects.pop().unwrap();
        assert_eq!(mistakes(&objects, &[]), ["the Secret has no key a"]);
        assert_eq!(mistakes(&objects, &[secret]), [""; 0]);
    }

    #[test]
    fn each_slip_is_named() {
        for (at, pointer, value, words) in [
            (
                0,
                "/spec/template/spec/terminationGracePeriodSeconds",
                json!(40),
                "killed before",
            ),
            (
                0,
                "/spec/template/spec/containers/0/ports/0/containerPort",
                json!(80),
                "http.bind",
            ),
            (
                0,
                "/spec/template/spec/containers/0/livenessProbe/httpGet/path",
                json!("/"),
                "/livez",
            ),
            (
                0,
                "/spec/template/spec/securityContext/runAsNonRoot",
                json!(false),
                "as root",
            ),
            (
                0,
                "/spec/template/metadata/labels/app",
                json!("other"),
                "selects other pods",
            ),
            (
                1,
                "/spec/ports/0/targetPort",
                json!("htpp"),
                "leads to no port",
            ),
            (
                3,
                "/spec/podSelector/matchLabels",
                json!({}),
                "selects other pods",
            ),
            (
                4,
                "/spec/scaleTargetRef/name",
                json!("other"),
                "nothing is scaled",
            ),
            (
                5,
                "/spec/rules/0/backendRefs/0/name",
                json!("other"),
                "leads to no Service",
            ),
            (5, "/kind", json!("TCPRoute"), "no way leads in"),
        ] {
            let mut objects = overlay();
            *objects[at].pointer_mut(pointer).unwrap() = value;
            let found = mistakes(&objects, &[]).join("\n");
            assert!(found.contains(words), "{pointer}: {found:?}");
        }
    }
}
