//! Clients for an API, written by the generators that each language's users know; `docs/clients.md` compares them.

use std::path::Path;

use crate::{Result, process::Cmd};

/// Writes the TypeScript types of an OpenAPI 3.1 document to the file `output`, with `openapi-typescript` from the npm
/// packages in `packages`. The client of these types is `openapi-fetch`.
pub fn typescript(packages: &Path, document: &Path, output: &Path) -> Result {
    Cmd::new(packages.join("node_modules/.bin/openapi-typescript"))
        .arg(document)
        // A property with a default may be left out of a request.
        .args(["--default-non-nullable", "false", "--output"])
        .arg(output)
        .current_dir(packages)
        .run()
}

/// Writes a Python package for an OpenAPI 3.0 document to the folder `output`, with `openapi-python-client` from the
/// virtual environment of the interpreter `python`. Anything that the generator would leave out is an error.
pub fn python(python: &Path, config: &Path, document: &Path, output: &Path) -> Result {
    let flags = ["--meta=none", "--overwrite", "--fail-on-warning"];
    Cmd::new(python.with_file_name("openapi-python-client"))
        .arg("generate")
        .args(flags)
        .args([
            "--config".as_ref(),
            config.as_os_str(),
            "--path".as_ref(),
            document.as_os_str(),
        ])
        .args(["--output-path".as_ref(), output.as_os_str()])
        .run()
}
