//! `cargo xtask browser`: the documents page of the built server, opened in a real browser.
//!
//! The checks are in `xtask/browser/docs_page.mjs`; this file provides browser, npm package and server.

use anyhow::Result;

use crate::{
    run::{cmd, need, npm},
    server::{self, Server},
};

/// Installs what is missing, starts the server and runs the script.
pub(crate) fn browser() -> Result<()> {
    need("chromium", "chromium")?;
    npm("xtask/browser")?;
    let server = Server::start(&server::build("dev")?, 1)?;
    let script = cmd("node").arg("xtask/browser/docs_page.mjs");
    Ok(script.arg(server.base_url()).run()?)
}
