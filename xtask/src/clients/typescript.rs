//! TypeScript: openapi-typescript writes the types, openapi-fetch is the client, tsc checks and Node.js runs.

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
    let tools = root().join("target/clients/typescript");
    for api in APIS {
        let output = folder.join(format!("generated/{api}.ts"));
        clients::typescript(&tools, &path(api, Variant::V3_1), &output)?;
    }
    let tsc = cmd(folder.join("node_modules/.bin/tsc"));
    tsc.current_dir(&folder).run()?;
    let program = cmd("node").arg(folder.join("node_modules/.built/src/main.js"));
    Ok(servers.pass_to(program).run()?)
}
