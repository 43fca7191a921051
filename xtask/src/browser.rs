//! `cargo xtask browser`: the documents page of the built server, opened in a real browser.
//!
//! What is looked at in the page is written in `xtask/browser/docs_page.mjs`; this file gets a browser, the script's
//! one npm package and a running server together.

use crate::{
    run::{Failure, Outcome, Run, need, root},
    server::{self, Server},
};

/// Installs what is absent, starts the server, runs the script, stops the server.
pub(crate) fn browser() -> Outcome {
    need("chromium", "chromium")?;
    need("npm", "npm")?;
    install_packages()?;
    let binary = server::build("dev")?;
    let server = Server::start(&binary, 1)?;
    Run::new("node")
        .args(["xtask/browser/docs_page.mjs", &server.base_url()])
        .run()
}

/// The script's packages, in the versions its lock file names, unless they are there already.
fn install_packages() -> Outcome {
    let folder = root().join("xtask/browser");
    if folder.join("node_modules/playwright-core").is_dir() {
        return Ok(());
    }
    let command = if folder.join("package-lock.json").is_file() {
        "ci"
    } else {
        "install"
    };
    let npm = Run::new("npm")
        .args([command, "--no-audit", "--no-fund"])
        .within(&folder);
    npm.run().map_err(|failure| {
        Failure::said(format!(
            "the browser check needs npm's playwright-core: {failure}"
        ))
    })
}
