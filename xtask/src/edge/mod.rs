//! `cargo xtask edge`: the nginx configuration of `deploy/edge`, held against nginx itself, gixy, and what it promises.
//!
//! Debian's nginx runs it before a built server, without Docker. What takes several servers is `smoke`.

mod behaviour;
pub(crate) mod debian;
mod nginx;
pub(crate) mod placeholder;
mod template;

use std::{path::Path, process::Stdio};

use anyhow::{anyhow, Result};
use fs_err as fs;

use crate::{
    ours::GREETINGS_KEY,
    python,
    run::{cmd, need, need_as, root},
    server::{self, Server},
};

pub(crate) use nginx::{Nginx, free_ports, until_it_listens};
pub(crate) use template::{Place, Variant, configuration};

const REQUIREMENTS: &str = "xtask/edge/requirements.txt";

/// Installs what is absent, and checks everything.
pub(crate) fn edge() -> Result<()> {
    let folder = emptied("edge/run")?;
    gixy()?;
    need_as("nginx", "-v", "nginx-light")?;
    need("curl", "curl")?;
    let log = folder.join("server.log");
    let file = fs::File::create(&log)?;
    let greetings = server::configured(&server::build("dev")?, 1)
        .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
        .env("PURLIN_PROXIES__TRUSTED", "127.0.0.1")
        .env("PURLIN_LOG__FORMAT", "json")
        .env("PURLIN_LOG__LEVEL", "warn,purlin::access=info");
    let server = Server::launch(greetings, "/", Stdio::from(file))?;
    let address = server
        .address()
        .ok_or_else(|| anyhow!("the server told no address"))?;
    let nginx = Nginx::start(&folder, &address.to_string(), &["edge.test", "localhost"])?;
    let site = behaviour::Site { nginx, server, log };
    let kept = behaviour::all(site)?;
    eprintln!("\nthe edge keeps {kept} promises");
    Ok(())
}

/// gixy on both configurations: no finding at all.
fn gixy() -> Result<()> {
    let python = python::environment(&root().join("target/edge"), REQUIREMENTS)?;
    let gixy = python.with_file_name("gixy");
    for variant in [Variant::Recent, Variant::Older] {
        cmd(&gixy).args([variant.file()]).run()?;
    }
    Ok(())
}

/// An empty folder below `target`.
pub(crate) fn emptied(name: &str) -> Result<std::path::PathBuf> {
    let folder = root().join("target").join(Path::new(name));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
