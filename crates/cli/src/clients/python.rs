//! Python: openapi-python-client writes the package.

use std::path::Path;

use fs_err as fs;

use crate::{Result, process::Cmd};

/// The generator and what it depends on, as a requirements file of pip.
pub const REQUIREMENTS: &str = include_str!("python/requirements.txt");

/// The packages are not formatted after they are written, which would take a formatter in `PATH`.
const CONFIG: &str = "post_hooks: []\n";

/// What surrounds the modules of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Packaging {
    /// Nothing: the folder is the package that is imported.
    Modules,
    /// A project that pip installs.
    Project,
}

/// Writes a client for an OpenAPI 3.0 document to the folder `output`, with `openapi-python-client` from the virtual
/// environment of the interpreter `python`. Anything that the generator would leave out is an error.
///
/// # Errors
/// Fails if the generator does.
pub fn python(python: &Path, document: &Path, output: &Path, packaging: Packaging) -> Result {
    let config = document.with_extension("generator.yaml");
    fs::write(&config, CONFIG)?;
    let meta = match packaging {
        Packaging::Modules => "none",
        Packaging::Project => "pdm",
    };
    Cmd::new(python.with_file_name("openapi-python-client"))
        .args([
            "generate",
            "--meta",
            meta,
            "--overwrite",
            "--fail-on-warning",
        ])
        .args([
            "--config".as_ref(),
            config.as_os_str(),
            "--path".as_ref(),
            document.as_os_str(),
        ])
        .args(["--output-path".as_ref(), output.as_os_str()])
        .run()
}
