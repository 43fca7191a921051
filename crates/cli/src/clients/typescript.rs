//! TypeScript: openapi-typescript writes the types, openapi-fetch is the client of these types.

use std::path::Path;

use fs_err as fs;
use serde_json::Value;

use crate::{
    Result, npm,
    process::{Cmd, require},
};

/// The packages of the generator.
const PACKAGE: &str = include_str!("typescript/package.json");
const LOCK: &str = include_str!("typescript/package-lock.json");

/// Writes the types of an OpenAPI 3.1 document to the file `output`, with `openapi-typescript`, which is installed in the
/// folder `tools`.
///
/// # Errors
/// Fails if npm is missing or the generator fails.
pub fn typescript(tools: &Path, document: &Path, output: &Path) -> Result {
    require("npm", "--version", "npm")?;
    fs::create_dir_all(tools)?;
    fs::write(tools.join("package.json"), PACKAGE)?;
    fs::write(tools.join("package-lock.json"), LOCK)?;
    npm::install(tools)?;
    Cmd::new(tools.join("node_modules/.bin/openapi-typescript"))
        .arg(document)
        // A property with a default may be left out of a request.
        .args(["--default-non-nullable", "false", "--output"])
        .arg(output)
        .run()
}

/// Returns the version of the compiler that the generator works with.
pub(super) fn compiler_version() -> Value {
    let package: Value = serde_json::from_str(PACKAGE).unwrap_or_default();
    package["dependencies"]["typescript"].clone()
}
