//! The settings of the servers as a file of environment variables, which Compose and kustomize read.

use std::fmt::Write as _;

use super::deployment::{Deployment, OPS_PORT};

/// Where the servers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// On one machine, behind the edge.
    Compose,
    /// In Kubernetes, behind a Gateway or an Ingress controller.
    Kubernetes,
}

/// Seconds that a server has beyond its drain delay and its shutdown timeout, before it is killed.
const SPARE: u64 = 5;

/// The default of `limits.request_timeout`, in seconds.
const REQUEST_TIMEOUT: u64 = 30;

/// The default of `http.shutdown_timeout`, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// The seconds that something in front of the servers waits for a response.
pub(super) fn timeout(deployment: &Deployment) -> u64 {
    deployment.seconds("limits.request_timeout", REQUEST_TIMEOUT) + SPARE
}

/// The seconds after which a stopping server may be killed.
pub(super) fn grace(deployment: &Deployment, target: Target) -> u64 {
    deployment.seconds("http.drain_delay", drain_delay(target))
        + deployment.seconds("http.shutdown_timeout", SHUTDOWN_TIMEOUT)
        + SPARE
}

fn drain_delay(target: Target) -> u64 {
    match target {
        Target::Compose => 3,
        Target::Kubernetes => 10,
    }
}

/// Settings that belong together, with the comment that explains them.
struct Group {
    comment: String,
    settings: Vec<(String, String)>,
}

/// Returns the file of variables. Settings of the metadata replace those of the deployment.
pub(super) fn file(deployment: &Deployment, target: Target) -> String {
    let mut text = "# Settings of the servers, one environment variable each. Written by `cargo purlin` from\n\
                    # [package.metadata.purlin.deploy] of the service's Cargo.toml; `settings` in it sets others.\n"
        .to_owned();
    let mut own = deployment.settings.clone();
    let line = |text: &mut String, key: &str, value: &str| {
        let name = key.to_uppercase().replace('.', "__");
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}{name}={value}", deployment.variables);
    };
    for group in groups(deployment, target) {
        text.push('\n');
        for part in group.comment.lines() {
            let _ = writeln!(text, "# {part}");
        }
        for (key, value) in group.settings {
            let value = own.remove(&key).unwrap_or(value);
            line(&mut text, &key, &value);
        }
    }
    if !own.is_empty() {
        text.push_str("\n# `settings` of the metadata.\n");
    }
    for (key, value) in &own {
        line(&mut text, key, value);
    }
    text
}

fn groups(deployment: &Deployment, target: Target) -> Vec<Group> {
    let group = |comment: &str, settings: &[(&str, &str)]| Group {
        comment: comment.to_owned(),
        settings: settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let memory = deployment.memory_mib;
    let own = deployment
        .healthcheck
        .first()
        .map_or("", |it| it.trim_start_matches('/'));
    let (ops, drain, replicas, count) = match target {
        Target::Compose => (
            "The operations port has no authentication. Only the network `inner` reaches it: attach Prometheus to that network.",
            "Above the idle timeout of the edge's connections, 2 s.",
            "As many servers as the compose file starts.",
            deployment.replicas,
        ),
        Target::Kubernetes => (
            "The operations port has no authentication: the network policy admits monitoring only.",
            "Nodes and Gateway take a while to learn that a pod is terminating; until then it accepts requests.",
            "The most pods.",
            deployment.max_replicas,
        ),
    };
    let bind = |port: u16| format!("0.0.0.0:{port}");
    let mut groups = vec![
        group(
            ops,
            &[
                ("http.bind", &bind(deployment.port)),
                ("ops.bind", &bind(OPS_PORT)),
            ],
        ),
        group(
            drain,
            &[
                ("http.drain_delay", &drain_delay(target).to_string()),
                ("http.shutdown_timeout", &SHUTDOWN_TIMEOUT.to_string()),
            ],
        ),
        group(
            &format!(
                "These fit the memory of the container, {memory} MiB: `{own} config limits` prints the sum. For larger \
                 bodies\nset limits.body_bytes, and more memory."
            ),
            &[
                ("http.workers", "2"),
                ("http.max_connections", &memory.to_string()),
                ("limits.max_in_flight", &(memory / 2).to_string()),
                ("limits.body_bytes", "262144"),
                ("log.queue", "4096"),
            ],
        ),
        group("One object a line.", &[("log.format", "json")]),
        group(replicas, &[("replicas.count", &count.to_string())]),
    ];
    if target == Target::Kubernetes {
        groups.push(group(
            "For one pod, since there is no edge: 30 requests a second and client, and a burst of 300. With three pods a \
             client\nhas 90 a second.",
            &[("rate_limit.per_address", "300"), ("rate_limit.window", "10")],
        ));
    }
    if !deployment.secrets.is_empty() {
        let names = deployment.secrets.iter();
        let files = names.map(|it| (it.setting.clone(), format!("/run/secrets/{}", it.name)));
        groups.push(Group {
            comment: "Secrets are read from files. A changed one takes effect with new servers."
                .to_owned(),
            settings: files.collect(),
        });
    }
    groups
}
