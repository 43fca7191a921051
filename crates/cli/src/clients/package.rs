//! The packages around generated TypeScript and Python, with generators that are installed where they are missing.

use std::path::Path;

use fs_err as fs;
use serde_json::json;

use super::{
    python::{Packaging, REQUIREMENTS, python as generate_python},
    typescript::{compiler_version, typescript as generate_types},
    write_once,
};
use crate::{Result, process::require, program::Registry, python::environment};

/// The version of the client that the types are used with.
const OPENAPI_FETCH: &str = "0.17.0";

/// Writes an npm package: the types at each run, everything else once.
pub(super) fn typescript(
    tools: &Path,
    registry: &Registry,
    document: &Path,
    output: &Path,
) -> Result {
    let package = json!({
        "name": format!("{}-client", registry.file_name()),
        "version": registry.version,
        "private": true,
        "type": "module",
        "main": "dist/index.js",
        "types": "dist/index.d.ts",
        "files": ["dist"],
        "scripts": {"build": "tsc"},
        "dependencies": {"openapi-fetch": OPENAPI_FETCH},
        "devDependencies": {"typescript": compiler_version()},
    });
    write_once(output, "package.json", &format!("{package:#}\n"))?;
    write_once(
        output,
        "tsconfig.json",
        include_str!("typescript/tsconfig.json"),
    )?;
    write_once(output, "src/index.ts", include_str!("typescript/index.ts"))?;
    write_once(output, ".gitignore", "/dist\n/node_modules\n")?;
    // The generator runs in another folder.
    let output = fs::canonicalize(output)?;
    generate_types(tools, document, &output.join("src/schema.ts"))
}

/// Writes a project that pip installs.
pub(super) fn python(tools: &Path, document: &Path, output: &Path) -> Result {
    require("python3", "--version", "python3")?;
    let requirements = tools.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)?;
    let interpreter = environment(tools, &requirements)?;
    generate_python(&interpreter, document, output, Packaging::Project)
}
