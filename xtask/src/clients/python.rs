//! Python: openapi-python-client writes the packages, mypy checks them with the program that uses them.

use anyhow::Result;
use cargo_purlin::clients::{self, Packaging};

use super::{
    Servers,
    documents::{APIS, Variant, path},
};
use crate::run::{cmd, python, root};

const FOLDER: &str = "xtask/clients/python";

pub(super) fn check(servers: &Servers) -> Result<()> {
    let python = python("clients/python", &format!("{FOLDER}/requirements.txt"))?;
    let (sources, folder) = (root().join(FOLDER), root().join("target/clients/python"));
    for api in APIS {
        let (document, output) = (path(api, Variant::V3_0), folder.join(api));
        clients::python(&python, &document, &output, Packaging::Modules)?;
    }
    let program = sources.join("main.py");
    cmd(python.with_file_name("mypy"))
        .env("MYPYPATH", &folder)
        .arg(format!("--config-file={FOLDER}/mypy.ini"))
        .arg(format!("--cache-dir={}", folder.join("mypy").display()))
        .arg(&program)
        .args(APIS.map(|api| folder.join(api)))
        .run()?;
    let program = cmd(&python)
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(&program);
    Ok(servers.pass_to(program).run()?)
}
