//! Python: openapi-python-client writes the packages, mypy checks them with the program that uses them.

use std::path::Path;

use anyhow::Result;

use super::{
    Servers,
    documents::{APIS, Kind, path},
};
use crate::{
    python,
    run::{cmd, root},
};

const FOLDER: &str = "xtask/clients/python";

pub(super) fn check(servers: &Servers) -> Result<()> {
    let folder = root().join("target/clients/python");
    let python = python::environment(&folder, &format!("{FOLDER}/requirements.txt"))?;
    let tools = python.parent().unwrap_or(&python);
    for api in APIS {
        generate(tools, api, &folder)?;
    }
    let program = root().join(FOLDER).join("main.py");
    let modules = folder.to_string_lossy();
    cmd(tools.join("mypy"))
        .env("MYPYPATH", &modules)
        .args([format!("--config-file={FOLDER}/mypy.ini")])
        .args([format!("--cache-dir={}", folder.join("mypy").display())])
        .args([&program])
        .args(APIS.map(|api| folder.join(api)))
        .run()?;
    let program = cmd(&python)
        .env("PYTHONPATH", &modules)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args([&program]);
    servers.told(program).run()
}

/// Writes a package. What the generator does not understand it leaves out with a warning, and that is not let through.
fn generate(tools: &Path, api: &str, folder: &Path) -> Result<()> {
    cmd(tools.join("openapi-python-client"))
        .args([
            "generate",
            "--meta=none",
            "--overwrite",
            "--fail-on-warning",
        ])
        .args([format!("--config={FOLDER}/generator.yaml")])
        .args(["--path".as_ref(), path(api, Kind::Older).as_os_str()])
        .args(["--output-path".as_ref(), folder.join(api).as_os_str()])
        .run()
}
