//! A minimal nginx before the servers: no privileges, no files outside of its folder, free ports.

use std::{fmt::Write as _, net::SocketAddr, path::Path, process::Child};

use anyhow::Result;
use fs_err as fs;

use crate::{
    edge::{free_ports, wait_until_listening},
    run::cmd,
};

/// A running nginx, stopped when dropped.
pub(super) struct Nginx {
    child: Child,
    /// Buffers requests before it forwards them, which is the default.
    pub(super) buffered: SocketAddr,
    /// Forwards bodies as they arrive, chunks included.
    pub(super) unbuffered: SocketAddr,
}

impl Nginx {
    /// Starts nginx in a folder, before these servers.
    pub(super) fn start(folder: &Path, servers: &[SocketAddr]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let [buffered, unbuffered] = free_ports()?;
        let text = configuration(servers, buffered, unbuffered);
        fs::write(folder.join("nginx.conf"), text)?;
        let nginx = cmd("nginx").args(["-e", "error.log", "-c", "nginx.conf", "-p"]);
        let child = nginx.arg(folder).current_dir(folder).spawn(|_| {})?;
        let nginx = Self {
            child,
            buffered,
            unbuffered,
        };
        wait_until_listening(unbuffered)?;
        Ok(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the usual configuration of a reverse proxy. `Connection ""` keeps connections to the servers open; the timeout
/// is below the drain delay, after which a server closes them.
fn configuration(servers: &[SocketAddr], buffered: SocketAddr, unbuffered: SocketAddr) -> String {
    let mut upstream = String::new();
    for server in servers {
        let _ = write!(upstream, "server {server} max_fails=1 fail_timeout=1s; ");
    }
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(temporary, "  {kind}_temp_path {kind};");
    }
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
{temporary}
  upstream servers {{ {upstream}keepalive 16; keepalive_timeout 500ms; }}
  proxy_http_version 1.1;
  proxy_set_header Connection \"\";
  server {{
    listen {buffered};
    location / {{ proxy_pass http://servers; }}
  }}
  server {{
    listen {unbuffered};
    proxy_request_buffering off;
    location / {{ proxy_pass http://servers; }}
  }}
}}
"
    )
}
