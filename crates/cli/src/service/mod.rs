//! The service that is built, packaged and checked: a package of a cargo workspace, and what its metadata say.

mod metadata;
mod selection;
mod table;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use fs_err as fs;
use serde_json::Value;

use self::metadata::WorkspaceMetadata;
pub(crate) use self::table::{Table, closest, is_image_name, markdown, read};
pub use self::{
    metadata::{Metadata, metadata_table},
    selection::Selection,
};
use crate::{Error, Result, sbom::component::Component};

/// The table of a package.
const PACKAGE_TABLE: &str = "package.metadata.purlin";

/// The table of a workspace.
const WORKSPACE_TABLE: &str = "workspace.metadata.purlin";

/// The profile of `dist` where the metadata name none.
const PROFILE: &str = "dist";

/// What that profile is where the workspace does not define it: the smallest and fastest program, for a longer build.
const PROFILE_SETTINGS: [&str; 4] = [
    "profile.dist.inherits=\"release\"",
    "profile.dist.lto=\"fat\"",
    "profile.dist.codegen-units=1",
    "profile.dist.strip=true",
];

/// A service and what its image says about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Service {
    /// The root folder of the cargo workspace.
    pub workspace: PathBuf,
    /// The Cargo.toml of the package.
    pub manifest: PathBuf,
    /// The folder that cargo builds into.
    pub target: PathBuf,
    /// The cargo package.
    pub package: String,
    /// The executable of the package.
    pub bin: String,
    /// The version of the package.
    pub version: String,
    /// The licence as an SPDX expression.
    pub license: Option<String>,
    /// The description of the package.
    pub description: Option<String>,
    /// The URL of the repository with the sources.
    pub repository: Option<String>,
    /// The cargo profile of the build.
    pub profile: String,
    /// The settings of that profile, as `cargo --config` takes them, where the workspace does not define it.
    pub profile_settings: Vec<String>,
    /// The name of the image, without a tag.
    pub image: String,
    /// TCP ports the image exposes.
    pub ports: Vec<u16>,
    /// What the environment variables of the service begin with, such as `BILLING_`.
    pub variables: String,
    /// Environment variables of the image, as `NAME=value`.
    pub env: Vec<String>,
    /// The command-line arguments that check the health of a running container; none without a health check.
    pub healthcheck: Option<Vec<String>>,
    /// The table `[package.metadata.purlin.deploy]`; null where there is none.
    pub deploy: Value,
    /// The folder of the saved documents.
    pub contract: PathBuf,
    /// Parts of the program that are no crates, each with the name of the crate or part that contains it.
    pub bundled: Vec<(String, Component)>,
    /// The folder the files of `dist` are written to.
    pub output: PathBuf,
}

impl Service {
    /// Describes a package of the workspace in `workspace` that is a program of `purlin-app`: it has the settings, the
    /// operations port and the commands of that crate.
    ///
    /// # Errors
    /// Fails if the workspace has no such package, and with all errors of its metadata.
    pub fn of_package(workspace: impl AsRef<Path>, package: &str) -> Result<Self> {
        Selection::named(workspace, package).service()
    }

    /// Returns the name of the image without its folders, after which its files are named.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.image.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the path of the image that `dist` writes.
    #[must_use]
    pub fn image_file(&self) -> PathBuf {
        self.output.join(format!("{}-image.tar", self.short_name()))
    }

    /// Describes a package, as `cargo metadata` does.
    fn from_cargo(workspace: &Value, package: &Value) -> Result<Self> {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let path = |key: &str| PathBuf::from(workspace[key].as_str().unwrap_or_default());
        let (root, target) = (path("workspace_root"), path("target_directory"));
        let name = text("name").unwrap_or_default();
        let manifest = PathBuf::from(text("manifest_path").unwrap_or_default());
        let metadata: Metadata =
            table::read(&manifest, PACKAGE_TABLE, &package["metadata"]["purlin"])?;

        let profile = metadata.profile.unwrap_or_else(|| PROFILE.to_owned());
        let profile_settings = match profile == PROFILE && !defines_profile(&root)? {
            true => PROFILE_SETTINGS.map(str::to_owned).to_vec(),
            false => Vec::new(),
        };
        let port = metadata.port.map_or(8000, u16::from);
        let variables = variables(metadata.prefix.as_deref().unwrap_or(&name));
        // The operations port has no authentication: it stays on the container's loopback interface, where the health check
        // reaches it, and is not exposed, so that `docker run --publish-all` does not publish it.
        let mut env = BTreeMap::from([
            (format!("{variables}HTTP__BIND"), format!("0.0.0.0:{port}")),
            (format!("{variables}LOG__FORMAT"), "json".to_owned()),
        ]);
        env.extend(metadata.env);
        let healthcheck = metadata.healthcheck;
        let healthcheck = healthcheck.unwrap_or_else(|| vec!["healthcheck".to_owned()]);
        let contract = metadata.contract.unwrap_or_else(|| "contract".into());
        Ok(Self {
            bin: bin(package, metadata.bin.as_deref())?,
            version: text("version").unwrap_or_default(),
            license: text("license"),
            description: text("description"),
            repository: text("repository"),
            profile,
            profile_settings,
            image: image(&name, metadata.image)?,
            ports: vec![port],
            variables,
            env: env
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
            healthcheck: Some(healthcheck).filter(|it| !it.is_empty()),
            deploy: metadata.deploy.map_or(Value::Null, |it| it.0.into()),
            contract: root.join(contract),
            bundled: Vec::new(),
            output: target.join("purlin").join(&name),
            workspace: root,
            manifest,
            target,
            package: name,
        })
    }
}

/// Returns what variables begin with: `BILLING_API_` for the prefix `billing-api`, as purlin-app does.
fn variables(prefix: &str) -> String {
    format!("{}_", prefix.to_uppercase().replace('-', "_"))
}

/// Returns the name of the image: the one in the metadata, or that of the package.
fn image(package: &str, named: Option<String>) -> Result<String> {
    let name = named.unwrap_or_else(|| package.to_owned());
    match is_image_name(&name) {
        true => Ok(name),
        false => Err(Error::unsupported(format!(
            "the name of the package, `{name}`, cannot be the name of an image, which has no upper-case letters: set \
             `image` in [{PACKAGE_TABLE}]"
        ))),
    }
}

/// Returns the executable that is the service.
fn bin(package: &Value, named: Option<&str>) -> Result<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let targets = package["targets"].as_array().into_iter().flatten();
    let bins = targets.filter(|it| it["kind"][0] == "bin");
    let bins: Vec<_> = bins.filter_map(|it| it["name"].as_str()).collect();
    let has = |wanted: &str| bins.iter().find(|it| **it == wanted).copied();
    let found = match (named, bins.as_slice()) {
        (Some(named), _) => has(named),
        (None, [only]) => Some(*only),
        (None, _) => package["default_run"].as_str().or_else(|| has(name)),
    };
    found.map(str::to_owned).ok_or_else(|| {
        let reason = match (named, bins.is_empty()) {
            (_, true) => "it has no executable: add a src/main.rs, or name another package".to_owned(),
            (Some(named), false) => format!(
                "`bin` in [{PACKAGE_TABLE}] is `{named}`, and the executables are {}",
                bins.join(", ")
            ),
            (None, false) => format!(
                "it has the executables {}: set `bin` in [{PACKAGE_TABLE}] to the one that is the service",
                bins.join(", ")
            ),
        };
        Error::invalid(format!("the package {name}"), reason)
    })
}

/// Whether the workspace defines the profile `dist`.
fn defines_profile(workspace: &Path) -> Result<bool> {
    let path = workspace.join("Cargo.toml");
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(&path)?)
        .map_err(|error| Error::invalid(path.display(), error))?;
    let profiles = manifest.get("profile").and_then(toml::Value::as_table);
    Ok(profiles.is_some_and(|it| it.contains_key(PROFILE)))
}
