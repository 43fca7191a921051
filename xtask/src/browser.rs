//! `cargo xtask browser`: the documents page of the built server, opened in a real browser.
//!
//! What is looked at in the page is written in `xtask/browser/docs_page.mjs`; this file gets a browser, the script's
//! one npm package and a running server together.

use anyhow::Result;
use crate::{
    npm,
    run::{cmd, need},
    server::{self, Server},
};

/// Installs what is absent, starts the server, runs the script, stops the server.
pub(crate) fn browser() -> Result<()> {
    need("chromium", "chromium")?;
    npm::packages("xtask/browser")?;
    let binary = server::build("dev")?;
    let server = Server::start(&binary, 1)?;
    cmd("node")
        .args(["xtask/browser/docs_page.mjs", &server.base_url()])
        .run()
}
