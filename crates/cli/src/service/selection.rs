//! Which package of which workspace a command is about.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Service;
use crate::{Error, Result, process::Cmd};

/// The package of the service: found in the workspace of the working directory, or named.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Selection {
    /// The package of the service [default: the only one that depends on purlin-app]
    #[arg(long, short, value_name = "NAME")]
    pub package: Option<String>,
    /// The Cargo.toml of the workspace or the package [default: that of the working directory]
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
}

impl Selection {
    /// Selects the package `name` of the workspace in `folder`.
    pub fn named(folder: impl AsRef<Path>, name: &str) -> Self {
        Self {
            package: Some(name.to_owned()),
            manifest_path: Some(folder.as_ref().join("Cargo.toml")),
        }
    }

    /// Finds the package and describes its service.
    pub fn service(&self) -> Result<Service> {
        let metadata = self.cargo_metadata()?;
        let package = self.find(&metadata)?;
        Service::from_cargo(&metadata, package)
    }

    fn cargo_metadata(&self) -> Result<Value> {
        let mut cargo = Cmd::cargo().args(["metadata", "--no-deps", "--format-version=1"]);
        if let Some(manifest) = &self.manifest_path {
            cargo = cargo.arg("--manifest-path").arg(manifest);
        }
        let metadata = cargo.read()?;
        serde_json::from_str(&metadata).map_err(|error| Error::invalid("`cargo metadata`", error))
    }

    fn find<'m>(&self, metadata: &'m Value) -> Result<&'m Value> {
        let root = metadata["workspace_root"].as_str().unwrap_or_default();
        let packages = || metadata["packages"].as_array().into_iter().flatten();
        let wanted = self.package.as_deref();
        let named = wanted.or_else(|| metadata["metadata"]["purlin"]["package"].as_str());
        if let Some(name) = named {
            let found = packages().find(|it| it["name"] == name);
            return found.ok_or_else(|| {
                Error::unsupported(format!("the workspace in {root} has no package {name}"))
            });
        }
        let services: Vec<_> = packages().filter(|it| is_service(it)).collect();
        match services.as_slice() {
            [] => Err(Error::unsupported(format!(
                "no package of the workspace in {root} is a service: none has a program and depends on purlin-app; \
                 name one with --package"
            ))),
            [service] => Ok(service),
            several => {
                let names = several.iter().filter_map(|it| it["name"].as_str());
                Err(Error::unsupported(format!(
                    "the workspace in {root} has several services: name one of {} with --package",
                    names.collect::<Vec<_>>().join(", ")
                )))
            }
        }
    }
}

/// Whether a package has a program and depends on purlin-app.
fn is_service(package: &Value) -> bool {
    let has = |list: &str, test: &dyn Fn(&Value) -> bool| {
        package[list]
            .as_array()
            .is_some_and(|it| it.iter().any(test))
    };
    has("targets", &|it| it["kind"][0] == "bin")
        && has("dependencies", &|it| {
            it["name"] == "purlin-app" && it["kind"].is_null()
        })
}
