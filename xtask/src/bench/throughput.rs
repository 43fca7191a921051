//! Throughput of `GET /`: nginx, the programs by hand, and Purlin, in one run.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::Result;
use fs_err as fs;

use super::{
    figures::Load,
    load::{Candidate, Pressure, Request, in_turns},
    process::PROFILE,
    shapes::Programs,
};
use crate::{
    edge::free_ports,
    run::{cmd, empty_folder, need_with},
    server::{self, Server},
};

/// How often the servers take turns.
pub(super) const TURNS: usize = 3;

/// The load of a turn.
pub(super) const PRESSURE: Pressure = Pressure {
    connections: 64,
    duration: Duration::from_secs(5),
};

const GET: Request = Request {
    method: "GET",
    path: "/",
    body: "",
    fields: &[],
};

/// Measures all servers with one worker; the first is nginx.
pub(super) fn measure(programs: &Programs) -> Result<Vec<Load>> {
    need_with("wrk", "-v", "wrk")?;
    need_with("nginx", "-v", "nginx-light")?;
    let installed = server::build(PROFILE)?;
    let installed = installed.as_path();
    let log = |level: &'static str| {
        move || {
            let program = server::configured(installed, 1).env("PURLIN_LOG__LEVEL", level);
            Server::launch(program, "/", Stdio::null())
        }
    };
    let plain = |program: &Path| Server::launch(cmd(program), "/", Stdio::null());
    let candidates = [
        candidate("nginx, `return 200`", nginx),
        candidate("by hand, axum", || plain(&programs.axum)),
        candidate("by hand, actix-web", || plain(&programs.actix)),
        candidate("Purlin, a plain `App`", || plain(&programs.purlin)),
        candidate("Purlin, as installed", log("info")),
        candidate("the same without the access log", log("off")),
    ];
    in_turns(&candidates, TURNS, PRESSURE, &GET)
}

fn candidate<'a>(what: &'a str, start: impl Fn() -> Result<Server> + 'a) -> Candidate<'a> {
    Candidate {
        what,
        workers: 1,
        start: Box::new(start),
    }
}

/// Starts nginx as one process with a response that is in its configuration.
fn nginx() -> Result<Server> {
    let folder = empty_folder("bench-nginx")?;
    let [address] = free_ports()?;
    let configuration = format!(
        "daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{
    listen {address};
    default_type application/json;
    location / {{ return 200 '{{\"message\":\"Hello, world!\"}}'; }}
  }}
}}
"
    );
    fs::write(folder.join("nginx.conf"), configuration)?;
    // The other servers print their address.
    let script = format!("echo http://{address}/; exec nginx -e error.log -c nginx.conf -p .");
    let nginx = cmd("sh").args(["-c", &script]).current_dir(&folder);
    Server::launch(nginx, "/", Stdio::null())
}
