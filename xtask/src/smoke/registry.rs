//! A registry on this machine: it has what was pushed, byte for byte, and engines pull it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::{
    dist::{Repository, Tagged},
    oci::Digest,
};
use fs_err as fs;
use serde_json::Value;

use crate::{
    edge::{free_ports, wait_until_listening},
    run::{cmd, need, root},
};

/// Debian's registry, stopped when dropped.
pub(super) struct Registry {
    child: Child,
    address: String,
}

/// An image in a registry.
pub(super) struct Pulled {
    /// The name with registry and tag.
    pub(super) name: String,
    pub(super) digest: Digest,
}

impl Registry {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        need("docker-registry", "docker-registry")?;
        need("skopeo", "skopeo")?;
        let [address] = free_ports()?;
        let file = folder.join("registry.yaml");
        let text = format!(
            "version: 0.1\nlog: {{level: warn, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: \"{}\"}}}}\nhttp: {{addr: \"{address}\"}}\n",
            folder.join("registry").display()
        );
        fs::write(&file, text)?;
        let registry = cmd("docker-registry").arg("serve").arg(file);
        let child = registry.env_remove_prefix("REGISTRY_").spawn(|command| {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        })?;
        let registry = Self {
            child,
            address: address.to_string(),
        };
        wait_until_listening(address)?;
        Ok(registry)
    }

    /// Pushes an image and its bills of materials, and checks that the image has the same digest there and that the bills
    /// refer to it.
    pub(super) fn push(&self, image: &str) -> Result<Pulled> {
        let repository = Repository {
            name: format!("{}/{image}", self.address),
            plain: true,
        };
        let images = repository.push(&archive(image))?;
        for Tagged { tag, digest, .. } in &images {
            let manifest = manifest(&repository, &format!(":{tag}"))?;
            let found = Digest::of(manifest.as_bytes());
            ensure!(found == *digest, "{image}:{tag} is {found}, not {digest}");
        }
        for bills in repository.push(&built(&format!("{image}-sbom.tar")))? {
            check_referrers(&repository, &bills.tag)?;
        }
        let first = images.into_iter().next();
        let Tagged { tag, digest, .. } = first.context("nothing was pushed")?;
        Ok(Pulled {
            name: format!("{}:{tag}", repository.name),
            digest,
        })
    }
}

/// Returns the file of an image.
pub(super) fn archive(image: &str) -> PathBuf {
    built(&format!("{image}-image.tar"))
}

fn built(name: &str) -> PathBuf {
    root().join("target/purlin/purlin-server").join(name)
}

/// Checks that both bills under a tag refer to the image the tag is derived from (OCI distribution specification, referrers
/// tag schema). skopeo rewrites the index and omits the artifact types.
fn check_referrers(repository: &Repository, tag: &str) -> Result<()> {
    let subject = tag.replacen('-', ":", 1);
    let index: Value = serde_json::from_str(&manifest(repository, &format!(":{tag}"))?)?;
    let bills = index["manifests"].as_array().map_or(&[][..], Vec::as_slice);
    ensure!(
        bills.len() == 2,
        "{tag} has {} bills of materials, not 2",
        bills.len()
    );
    for bill in bills {
        let digest = bill["digest"].as_str().unwrap_or_default();
        let bill: Value = serde_json::from_str(&manifest(repository, &format!("@{digest}"))?)?;
        let refers = bill["subject"]["digest"] == *subject;
        ensure!(refers, "{digest} does not refer to {subject}");
    }
    Ok(())
}

fn manifest(repository: &Repository, reference: &str) -> Result<String> {
    let name = format!("docker://{}{reference}", repository.name);
    let inspect = cmd("skopeo").args(["inspect", "--raw", "--tls-verify=false", &name]);
    Ok(inspect.read()?)
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
