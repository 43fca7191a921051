//! Which package of which workspace a command is about.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Service, WORKSPACE_TABLE, WorkspaceMetadata, closest, table};
use crate::{Error, Result, process::Cmd};

/// The package of the service: found in the workspace of the working directory, or named.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Selection {
    /// The package of the service [default: the one of this folder, or the only one, that depends on purlin-app]
    #[arg(long, short, value_name = "NAME", help_heading = "Package")]
    pub package: Option<String>,
    /// The Cargo.toml of the package or its workspace [default: that of this folder]
    #[arg(long, value_name = "PATH", help_heading = "Package")]
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
    ///
    /// # Errors
    /// Fails if there is no such package or several could be meant, and with all errors of its metadata.
    pub fn service(&self) -> Result<Service> {
        let mut cargo = Cmd::cargo().args(["metadata", "--no-deps", "--format-version=1"]);
        if let Some(manifest) = &self.manifest_path {
            cargo = cargo.arg("--manifest-path").arg(manifest);
        }
        let metadata = cargo.read().map_err(|error| match error {
            Error::Failed { .. } => Error::unsupported(
                "cargo finds no package or workspace to read, see above: run the command in the folder of a service, or \
                 name its Cargo.toml with --manifest-path",
            ),
            other => other,
        })?;
        let metadata: Value = serde_json::from_str(&metadata)
            .map_err(|error| Error::invalid("`cargo metadata`", error))?;
        let package = self.find(&metadata)?;
        Service::from_cargo(&metadata, package)
    }

    fn find<'m>(&self, metadata: &'m Value) -> Result<&'m Value> {
        let root = metadata["workspace_root"].as_str().unwrap_or_default();
        let manifest = Path::new(root).join("Cargo.toml");
        let workspace: WorkspaceMetadata =
            table::read(&manifest, WORKSPACE_TABLE, &metadata["metadata"]["purlin"])?;
        let packages = || metadata["packages"].as_array().into_iter().flatten();
        let services: Vec<_> = packages().filter(|it| is_service(it)).collect();
        let by_name = |name: &str| packages().find(|it| it["name"] == name);
        let unknown = |name: &str| {
            let names = packages().filter_map(|it| it["name"].as_str());
            let hint = closest(name, names).map(|it| format!("; did you mean `{it}`?"));
            let hint = hint.unwrap_or_default();
            Error::unsupported(format!(
                "the workspace in {root} has no package `{name}`{hint}"
            ))
        };
        if let Some(name) = &self.package {
            return by_name(name).ok_or_else(|| unknown(name));
        }
        if let Some(service) = self.around(&services)? {
            return Ok(service);
        }
        if let Some(name) = &workspace.package {
            return by_name(name).ok_or_else(|| {
                Error::invalid(format!("`package` in [{WORKSPACE_TABLE}]"), unknown(name))
            });
        }
        match services.as_slice() {
            [] => Err(Error::unsupported(format!(
                "no package of the workspace in {root} is a service: none has an executable and depends on purlin-app; \
                 name one with --package"
            ))),
            [service] => Ok(service),
            several => {
                let names = several.iter().filter_map(|it| it["name"].as_str());
                Err(Error::unsupported(format!(
                    "the workspace in {root} has several services: choose one of {} with --package, or for all commands \
                     with `package` in [{WORKSPACE_TABLE}]",
                    names.collect::<Vec<_>>().join(", ")
                )))
            }
        }
    }

    /// Returns the service whose folder is the innermost around the working directory, or that of `--manifest-path`.
    fn around<'m>(&self, services: &[&'m Value]) -> Result<Option<&'m Value>> {
        let here = match &self.manifest_path {
            Some(manifest) => fs_err::canonicalize(manifest)?,
            None => std::env::current_dir()?,
        };
        let folder = |service: &Value| {
            let manifest = service["manifest_path"].as_str().unwrap_or_default();
            Path::new(manifest).parent().map(Path::to_owned)
        };
        let around = services.iter().filter_map(|service| {
            let folder = folder(service)?;
            here.starts_with(&folder).then_some((folder, *service))
        });
        let innermost = around.max_by_key(|(folder, _)| folder.components().count());
        Ok(innermost.map(|(_, service)| service))
    }
}

/// Whether a package has an executable, and depends on purlin-app or has the metadata of a service.
fn is_service(package: &Value) -> bool {
    let has = |list: &str, test: &dyn Fn(&Value) -> bool| {
        package[list]
            .as_array()
            .is_some_and(|it| it.iter().any(test))
    };
    let depends = has("dependencies", &|it| {
        it["name"] == "purlin-app" && it["kind"].is_null()
    });
    let is_described = !package["metadata"]["purlin"].is_null();
    has("targets", &|it| it["kind"][0] == "bin") && (depends || is_described)
}
