//! A registry on this machine: what is pushed to it is what was built, and engines pull it from there.

use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use serde_json::Value;

use crate::{
    dist::{Digest, Repository, Tagged},
    edge::{free_ports, until_it_listens},
    run::{cmd, need, root},
};

/// Debian's registry, ended when dropped.
pub(super) struct Registry {
    child: Child,
    address: String,
}

/// An image in a registry.
pub(super) struct Pulled {
    /// With the registry and the tag.
    pub(super) name: String,
    pub(super) digest: Digest,
}

impl Registry {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        need("docker-registry", "docker-registry")?;
        let (address, _) = free_ports()?;
        let kept = folder.join("registry");
        let file = folder.join("registry.yaml");
        let text = format!(
            "version: 0.1\nlog: {{level: warn, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: \"{}\"}}}}\nhttp: {{addr: \"{address}\"}}\n",
            kept.display()
        );
        fs::write(&file, text)?;
        let run = cmd("docker-registry")
            .args(["serve"])
            .args([file])
            .env_remove_prefix("REGISTRY_");
        let shown = run.to_string();
        let child = run.start(|command| {
            command.stdout(Stdio::null()).stderr(Stdio::null());
        })?;
        let registry = Self {
            child,
            address: address.to_string(),
        };
        until_it_listens(address, &shown)?;
        Ok(registry)
    }

    /// Pushes an image with its bills, and asks whether all of it is there: the image by the digest it has here, the bills
    /// as things that belong to it.
    pub(super) fn take(&self, image: &str) -> Result<Pulled> {
        let repository = Repository {
            name: format!("{}/{image}", self.address),
            plain: true,
        };
        let images = repository.push(&archive(image))?;
        for image in &images {
            held(&repository, image)?;
        }
        for bills in repository.push(&built(&format!("{image}-sbom.tar")))? {
            belong(&repository, &bills.tag)?;
        }
        let first = images.into_iter().next();
        let Tagged { tag, digest } = first.ok_or_else(|| anyhow!("nothing was pushed"))?;
        Ok(Pulled {
            name: format!("{}:{tag}", repository.name),
            digest,
        })
    }
}

/// The file of an image.
pub(super) fn archive(image: &str) -> PathBuf {
    built(&format!("{image}-image.tar"))
}

fn built(name: &str) -> PathBuf {
    root().join("target/dist").join(name)
}

/// Whether the registry has an image as it was pushed, byte for byte.
fn held(repository: &Repository, wanted: &Tagged) -> Result<()> {
    let manifest = manifest(repository, &format!(":{}", wanted.tag))?;
    let found = Digest::of(manifest.as_bytes());
    match found == wanted.digest {
        true => Ok(()),
        false => Err(anyhow!("{}:{} is {found}, and {} was pushed",
            repository.name, wanted.tag, wanted.digest)),
    }
}

/// Whether what is under a tag belongs to the image the tag stands for (OCI distribution specification, referrers tag
/// schema). The index is skopeo's own: it leaves out of it what each thing is.
fn belong(repository: &Repository, tag: &str) -> Result<()> {
    let subject = tag.replacen('-', ":", 1);
    let index = json(&manifest(repository, &format!(":{tag}"))?)?;
    let named = index.get("manifests").and_then(Value::as_array);
    let mut bills = 0;
    for one in named.into_iter().flatten() {
        let digest = one.get("digest").and_then(Value::as_str);
        let place = format!("@{}", digest.unwrap_or_default());
        let bill = json(&manifest(repository, &place)?)?;
        if bill.pointer("/subject/digest").and_then(Value::as_str) != Some(&subject) {
            let words = format!("{}{place} does not say it is of {subject}", repository.name);
            return Err(anyhow!(words));
        }
        bills += 1;
    }
    match bills {
        2 => Ok(()),
        _ => Err(anyhow!("{}:{tag} names {bills} bills of materials, and not 2",
            repository.name)),
    }
}

fn manifest(repository: &Repository, place: &str) -> Result<String> {
    let name = format!("docker://{}{place}", repository.name);
    let inspect = ["inspect", "--raw", "--tls-verify=false", &name];
    cmd("skopeo").args(inspect).read()
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| anyhow!("{error}:\n{text}"))
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
