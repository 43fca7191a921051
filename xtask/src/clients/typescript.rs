//! TypeScript: openapi-typescript writes the types, openapi-fetch is the client, tsc checks and Node.js runs.


use anyhow::Result;
use fs_err as fs;
use super::{
    Servers,
    documents::{APIS, Kind, path},
};
use crate::{
    npm,
    run::{cmd, root},
};

const FOLDER: &str = "xtask/clients/typescript";

pub(super) fn check(servers: &Servers) -> Result<()> {
    npm::packages(FOLDER)?;
    let folder = root().join(FOLDER);
    let tool = |name: &str| cmd(folder.join("node_modules/.bin").join(name)).current_dir(&folder);
    for stale in ["generated", "node_modules/.built"] {
        let stale = folder.join(stale);
        if stale.exists() {
            fs::remove_dir_all(&stale)?;
        }
    }
    for api in APIS {
        // A member with a default may be left out of a request; by itself the generator asks for it.
        tool("openapi-typescript")
            .args([path(api, Kind::Newest)])
            .args(["--default-non-nullable", "false", "--output"])
            .args([format!("generated/{api}.ts")])
            .run()?;
    }
    tool("tsc").run()?;
    let program = cmd("node").args([folder.join("node_modules/.built/src/main.js")]);
    servers.told(program).run()
}
