//! The files of a deployment, rendered from the templates in `templates`.

use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use super::{
    Deployment, File,
    deployment::OPS_PORT,
    edge::{self, Bounds, Values, Variant},
    files::Kept,
    rules,
    variables::{self, Target},
};
use crate::{Result, template::render};

/// Returns the files of one machine: `compose.yaml` and what it mounts.
///
/// # Errors
/// Fails if a template is inconsistent, which tests exclude.
pub fn compose_files(deployment: &Deployment) -> Result<Vec<File>> {
    let bounds = Bounds::of(deployment);
    let [inner, outer] = networks(&deployment.name);
    let more = context! {
        inner,
        outer,
        grace => variables::grace(deployment, Target::Compose),
        edge_tmpfs => bounds.space(),
        edge_memory => bounds.memory(),
    };
    let template = include_str!("templates/compose/compose.yaml");
    let context = context(deployment, "", more);
    let values = Values::of(deployment);
    let rules = format!("prometheus/{}.rules.yml", deployment.name);
    let mut files = vec![
        File::written(&rules, rules::render(deployment)?),
        File::written("compose.yaml", render("compose.yaml", template, &context)?),
        File::written("server.env", variables::file(deployment, Target::Compose)),
        File::written(
            "edge/start.sh",
            include_str!("templates/compose/edge/start.sh"),
        ),
        File::written(
            "edge/certbot.sh",
            include_str!("templates/compose/edge/certbot.sh"),
        ),
    ];
    for variant in Variant::ALL {
        let configuration = edge::configuration(variant, &values)?;
        files.push(File::written(variant.file(), configuration));
    }
    Ok(files)
}

/// The condition under which a manifest is written.
type Condition = fn(&Deployment) -> bool;

const ALWAYS: Condition = |_| true;
const REPLICATED: Condition = |it| it.volume.is_none();
const WITH_VOLUME: Condition = |it| it.volume.is_some();
const WITH_SECRETS: Condition = |it| !it.secrets.is_empty();

macro_rules! manifests {
    ($($path:literal $condition:ident),* $(,)?) => {
        [$(($path, include_str!(concat!("templates/kubernetes/", $path)), $condition)),*]
    };
}

const MANIFESTS: [(&str, &str, Condition); 20] = manifests![
    "base/kustomization.yaml" ALWAYS,
    "base/deployment.yaml" ALWAYS,
    "base/service.yaml" ALWAYS,
    "base/network.yaml" ALWAYS,
    "base/disruption.yaml" REPLICATED,
    "base/autoscaler.yaml" REPLICATED,
    "base/volume.yaml" WITH_VOLUME,
    "components/gateway/kustomization.yaml" ALWAYS,
    "components/gateway/route.yaml" ALWAYS,
    "components/ingress/kustomization.yaml" ALWAYS,
    "components/ingress/ingress.yaml" ALWAYS,
    "components/monitoring/kustomization.yaml" ALWAYS,
    "components/monitoring/monitor.yaml" ALWAYS,
    "components/monitoring/metrics.yaml" ALWAYS,
    "components/monitoring/rules.yaml" ALWAYS,
    "overlays/dev/kustomization.yaml" ALWAYS,
    "overlays/dev/namespace.yaml" ALWAYS,
    "overlays/prod/kustomization.yaml" ALWAYS,
    "overlays/prod/namespace.yaml" ALWAYS,
    "overlays/prod/secret.example.yaml" WITH_SECRETS,
];

/// Returns the manifests of Kubernetes for kustomize: a base, components and two overlays. `image` is the image with its tag
/// or digest; unless given, it is that of the deployment.
///
/// # Errors
/// Fails if a template is inconsistent, which tests exclude.
pub fn kubernetes_files(deployment: &Deployment, image: Option<&str>) -> Result<Vec<File>> {
    let otherwise = format!("{}:{}", deployment.image, deployment.tag);
    let reference = image.unwrap_or(&otherwise);
    let more = context! {
        reference,
        grace => variables::grace(deployment, Target::Kubernetes),
        rules => rules::groups(deployment)?,
    };
    let context = context(deployment, repository(reference), more);
    let mut files = vec![File::written(
        "base/settings.env",
        variables::file(deployment, Target::Kubernetes),
    )];
    for (path, template, condition) in MANIFESTS {
        if condition(deployment) {
            let kept = match path.starts_with("overlays/") {
                true => Kept::Edited,
                false => Kept::Written,
            };
            let text = render(path, template, &context)?;
            files.push(File::new(path, text, kept));
        }
    }
    Ok(files)
}

/// Returns the values that both kinds of templates have. `image` is the name of the image unless it is empty.
fn context(deployment: &Deployment, image: &str, more: Value) -> Value {
    let secrets = deployment.secrets.iter();
    let secrets = secrets.map(|secret| context! { name => &secret.name });
    let image = if image.is_empty() {
        &deployment.image
    } else {
        image
    };
    context! {
        name => &deployment.name,
        image,
        variables => &deployment.variables,
        healthcheck => deployment.healthcheck.iter().map(Value::from).collect::<Vec<_>>(),
        port => deployment.port,
        ops_port => OPS_PORT,
        hosts => deployment.hosts.iter().map(Value::from).collect::<Vec<_>>(),
        replicas => deployment.replicas,
        max_replicas => deployment.max_replicas,
        memory => deployment.memory_mib,
        memory_request => deployment.memory_mib / 4,
        cpu => deployment.cpu_millis,
        volume => deployment.volume.as_ref(),
        connects => deployment.connects.iter().map(Value::from).collect::<Vec<_>>(),
        secrets => secrets.collect::<Vec<_>>(),
        timeout => variables::timeout(deployment),
        ..more
    }
}

/// Returns the name of an image without tag and digest.
fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        // A colon in front of a slash is that of the registry's port.
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

/// Returns the subnets of the servers and of the edge's IPv6: private ones that follow from the name, so that services on
/// one machine have different ones.
fn networks(name: &str) -> [String; 2] {
    let digest = Sha256::digest(name);
    let byte = |at: usize| digest.get(at).copied().unwrap_or_default();
    let inner = format!("10.{}.{}.0/24", 64 + byte(0) % 64, byte(1));
    let outer = format!(
        "fd{:02x}:{:02x}{:02x}:{:02x}{:02x}::/64",
        byte(2),
        byte(3),
        byte(4),
        byte(5),
        byte(6)
    );
    [inner, outer]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_of_an_image_has_neither_tag_nor_digest() {
        for (image, name) in [
            ("billing", "billing"),
            ("billing:1.0", "billing"),
            ("localhost:5000/billing", "localhost:5000/billing"),
            (
                "registry.example/team/billing:1@sha256:ab",
                "registry.example/team/billing",
            ),
        ] {
            assert_eq!(repository(image), name);
        }
    }

    #[test]
    fn services_have_networks_of_their_own() {
        assert_eq!(networks("billing"), networks("billing"));
        assert_ne!(networks("billing"), networks("orders"));
    }
}
