//! `cargo xtask edge`: checks the nginx configurations of `deploy/edge` with gixy, and the behaviour of a real nginx before a
//! built server, without Docker. What takes several servers is in `smoke`.

mod behaviour;
mod errors;
mod networks;
mod nginx;
mod site;
mod space;

use std::net::TcpListener;

use anyhow::Result;
use cargo_purlin::deploy::edge::Variant;

use crate::{
    compose,
    programs::GREETINGS_KEY,
    run::{cmd, empty_folder, log_file, need, need_with, python},
    server::{self, Server},
};

pub(crate) use nginx::{Nginx, free_ports, wait_until_listening};
use site::Site;

/// Installs what is missing and checks everything.
pub(crate) fn edge() -> Result<()> {
    let folder = empty_folder("edge/run")?;
    gixy()?;
    need_with("nginx", "-v", "nginx-light")?;
    need("curl", "curl")?;
    let log = folder.join("server.log");
    let greetings = server::configured(&server::build("dev")?, 1)
        .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
        .env("PURLIN_PROXIES__TRUSTED", "127.0.0.1")
        .env("PURLIN_LOG__FORMAT", "json")
        .env("PURLIN_LOG__LEVEL", "warn,purlin::access=info");
    let server = Server::launch(greetings, "/", log_file(&log)?)?;
    let upstream = server.address().to_string();
    space::check(&Nginx::contained(&folder.join("full"), &upstream)?)?;
    let nginx = Nginx::start(&folder, &upstream, &["edge.test", "localhost"])?;
    let count = 2 + behaviour::check(Site { nginx, server, log })?;
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let upstream = silent.local_addr()?.to_string();
    space::silent_server(&Nginx::contained(&folder.join("silent"), &upstream)?)?;
    eprintln!("\n{count} checks of the edge passed");
    Ok(())
}

/// Runs gixy on both configurations; any finding is an error.
fn gixy() -> Result<()> {
    let gixy = python("edge", "xtask/edge/requirements.txt")?.with_file_name("gixy");
    for variant in Variant::ALL {
        let file = compose::folder().join(variant.file());
        cmd(&gixy).arg(file).run()?;
    }
    Ok(())
}
