//! TypeScript: openapi-typescript writes the types, openapi-fetch is the client, tsc checks and Node.js runs.

use std::path::Path;

use anyhow::Result;
use cargo_purlin::clients;
use fs_err as fs;

use super::{
    Servers,
    documents::{APIS, Variant, path},
};
use crate::run::{cmd, npm, root};

const FOLDER: &str = "xtask/clients/typescript";

pub(super) fn check(servers: &Servers) -> Result<()> {
    npm(FOLDER)?;
    let folder = root().join(FOLDER);
    for stale in ["generated", "node_modules/.built"] {
        let stale = folder.join(stale);
        if stale.exists() {
            fs::remove_dir_all(&stale)?;
        }
    }
    for api in APIS {
        let output = format!("generated/{api}.ts");
        clients::typescript(&folder, &path(api, Variant::V3_1), Path::new(&output))?;
    }
    let tsc = cmd(folder.join("node_modules/.bin/tsc"));
    tsc.current_dir(&folder).run()?;
    let program = cmd("node").arg(folder.join("node_modules/.built/src/main.js"));
    Ok(servers.pass_to(program).run()?)
}
