//! `[package.metadata.purlin]`, the table in a Cargo.toml that describes a service, and the errors in it.

use std::{collections::BTreeMap, num::NonZeroU16, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::table::{self, Table};

/// What a Cargo.toml says about its service. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Metadata {
    /// The executable of the package that is the service.
    #[schemars(
        example = &"shop-server",
        extend("x-default" = "the only executable, `default-run`, or the one with the name of the package")
    )]
    pub bin: Option<String>,
    /// The folder of the documents that `contract bless` saves, relative to the root of the workspace.
    #[schemars(example = &"docs/contract", extend("x-default" = "`\"contract\"`"))]
    pub contract: Option<PathBuf>,
    /// How the service is deployed: [the keys](deploy.md).
    #[schemars(example = Deploy::example(), extend("x-default" = "none"))]
    pub deploy: Option<Deploy>,
    /// Environment variables of the image, such as settings.
    #[schemars(example = BTreeMap::from([("SHOP_LOG__LEVEL", "warn")]), extend("x-default" = "none"))]
    pub env: BTreeMap<String, String>,
    /// The arguments of the program with which the image checks its health; an empty list for no check.
    #[schemars(example = ["healthcheck", "--url", "http://127.0.0.1:8000/"], extend("x-default" = "`[\"healthcheck\"]`"))]
    pub healthcheck: Option<Vec<String>>,
    /// The name of the image, possibly with folders.
    #[schemars(example = &"acme/shop", extend("x-default" = "the name of the package"))]
    pub image: Option<String>,
    /// The TCP port on which the image serves requests.
    #[schemars(example = 8080, extend("x-default" = "`8000`"))]
    pub port: Option<NonZeroU16>,
    /// What the names of environment variables begin with, in any case: the prefix of the `Program` in `main`. `dist` asks the
    /// program whether it is.
    #[schemars(example = &"shop", extend("x-default" = "the name of the package, as in `program!()`"))]
    pub prefix: Option<String>,
    /// The cargo profile of `dist`. Where the workspace has no profile `dist`, it is `release` with LTO and without symbols.
    #[schemars(example = &"release", extend("x-default" = "`\"dist\"`"))]
    pub profile: Option<String>,
}

/// `[package.metadata.purlin.deploy]`, which the commands that deploy read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Deploy(pub Map<String, Value>);

impl Deploy {
    fn example() -> Value {
        serde_json::json!({"replicas": 2})
    }
}

/// `[workspace.metadata.purlin]`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WorkspaceMetadata {
    /// The package of the service, for commands without `--package`.
    #[schemars(example = &"shop", extend("x-default" = "the only package that depends on purlin-app"))]
    pub(super) package: Option<String>,
}

impl Table for Metadata {
    fn errors(&self) -> Vec<(String, String)> {
        let mut errors = Vec::new();
        let mut check = |key: &str, value: Option<&str>, is_valid: fn(&str) -> bool, rule: &str| {
            if let Some(value) = value.filter(|it| !is_valid(it)) {
                errors.push((key.to_owned(), format!("`{value}` {rule}")));
            }
        };
        check(
            "image",
            self.image.as_deref(),
            table::is_image_name,
            "is not a valid image name: use lower-case letters and digits, with . _ - between them and / between parts",
        );
        check(
            "prefix",
            self.prefix.as_deref(),
            is_prefix,
            "cannot begin the name of a variable: use letters, digits, - and _",
        );
        for name in self.env.keys() {
            check(
                "env",
                Some(name),
                is_variable,
                "cannot be the name of a variable: use letters, digits and _",
            );
        }
        let contract = self.contract.as_deref().and_then(|it| it.to_str());
        check(
            "contract",
            contract,
            |it| !it.is_empty(),
            "names no folder: write `.` for the root of the workspace",
        );
        errors
    }
}

impl Table for WorkspaceMetadata {}

fn is_prefix(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(allowed)
}

fn is_variable(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty() && name.chars().all(allowed)
}

/// Returns a table in Markdown of all keys, as docs/cargo-purlin.md has it.
pub fn metadata_table() -> String {
    table::markdown::<Metadata>()
}
