//! The service that is built and packaged.

mod selection;

use std::path::PathBuf;

use serde_json::Value;

pub use self::selection::Selection;
use crate::{Result, sbom::component::Component};

/// A service and what its image says about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Service {
    /// The root folder of the cargo workspace.
    pub workspace: PathBuf,
    /// The cargo package, which is also the name of its executable and of the image.
    pub package: String,
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
    /// TCP ports the image exposes.
    pub ports: Vec<u16>,
    /// Environment variables of the image, as `NAME=value`.
    pub env: Vec<String>,
    /// The command-line arguments that check the health of a running container; none without a health check.
    pub healthcheck: Option<Vec<String>>,
    /// The command-line arguments that print a document, by the name of the file it is written to.
    pub documents: Vec<(String, Vec<String>)>,
    /// Parts of the program that are no crates, each with the name of the crate or part that contains it.
    pub bundled: Vec<(String, Component)>,
    /// The folder the files are written to.
    pub output: PathBuf,
    /// The executable of the package.
    pub bin: String,
    /// The name of the image.
    pub image: String,
    /// What the environment variables of the service begin with, such as `BILLING_`.
    pub variables: String,
    /// The table `[package.metadata.purlin.deploy]` of the Cargo.toml.
    pub deploy: Value,
}

impl Service {
    /// Describes a package of the workspace in `workspace` that is a program of `purlin-app`: it has the settings, the
    /// operations port and the commands of that crate.
    pub fn of_package(workspace: impl Into<PathBuf>, package: &str) -> Result<Self> {
        Selection::named(workspace.into(), package).service()
    }

    /// Returns the path of the image that `dist` writes.
    #[must_use]
    pub fn image_file(&self) -> PathBuf {
        self.output.join(format!("{}-image.tar", self.package))
    }

    /// Describes a package, as `cargo metadata` does.
    fn from_cargo(metadata: &Value, package: &Value) -> Result<Self> {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let workspace = metadata["workspace_root"].as_str().unwrap_or_default();
        let workspace = PathBuf::from(workspace);
        let documents = [
            ("3.1", "openapi-3.1"),
            ("3.0", "openapi-3.0"),
            ("2.0", "swagger-2.0"),
        ];
        let documents = documents.iter().flat_map(|(dialect, file)| {
            ["json", "yaml"].map(|format| {
                // An empty settings file: a purlin.toml in the working directory must not change the document.
                let args = ["--config", "/dev/null", "openapi", "--dialect", dialect];
                let args = args.into_iter().chain(["--format", format]);
                (
                    format!("{file}.{format}"),
                    args.map(str::to_owned).collect(),
                )
            })
        });
        Ok(Self {
            package: text("name").unwrap_or_default(),
            version: text("version").unwrap_or_default(),
            license: text("license"),
            description: text("description"),
            repository: text("repository"),
            profile: "dist".to_owned(),
            // The operations port has no authentication: it stays on the container's loopback interface, where the health
            // check reaches it, and is not exposed, so that `docker run --publish-all` does not publish it.
            ports: vec![
                package["metadata"]["purlin"]["port"]
                    .as_u64()
                    .and_then(|it| it.try_into().ok())
                    .unwrap_or(8000),
            ],
            env: vec![
                "PURLIN_HTTP__BIND=0.0.0.0:8000".to_owned(),
                "PURLIN_LOG__FORMAT=json".to_owned(),
            ],
            healthcheck: Some(vec!["healthcheck".to_owned()]),
            documents: documents.collect(),
            bundled: Vec::new(),
            output: workspace.join("target/artifacts"),
            bin: text("name").unwrap_or_default(),
            image: text("name").unwrap_or_default(),
            variables: format!(
                "{}_",
                package["metadata"]["purlin"]["prefix"]
                    .as_str()
                    .unwrap_or_default()
                    .to_uppercase()
            ),
            deploy: package["metadata"]["purlin"]["deploy"].clone(),
            workspace,
        })
    }
}
