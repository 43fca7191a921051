//! An nginx of our own before the servers: no rights, no files outside of its folder, no ports but free ones.

use std::{fmt::Write as _, net::SocketAddr, path::Path, process::Child};

use anyhow::Result;
use fs_err as fs;

use crate::{
    edge::{free_ports, until_it_listens},
    run::{cmd},
};

/// A running nginx, stopped when dropped.
pub(super) struct Nginx {
    child: Child,
    /// Where requests are read as a whole before they are passed on, as is usual.
    pub(super) address: SocketAddr,
    /// Where bodies are passed on as they come, chunks included.
    pub(super) unbuffered: SocketAddr,
}

impl Nginx {
    /// Starts it in a folder, before these servers.
    pub(super) fn start(folder: &Path, servers: &[SocketAddr]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let (address, unbuffered) = free_ports()?;
        let file = folder.join("nginx.conf");
        let text = configuration(servers, address, unbuffered);
        fs::write(&file, text)?;
        let nginx = cmd("nginx").args(["-e", "error.log", "-c", "nginx.conf", "-p"]);
        let nginx = nginx.args([folder]).current_dir(folder);
        let shown = nginx.to_string();
        let child = nginx.start(|_| {})?;
        let nginx = Self {
            child,
            address,
            unbuffered,
        };
        until_it_listens(unbuffered, &shown)?;
        Ok(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a site of this kind usually has; `Connection ""` keeps connections to the servers open, but not for as long as a
/// server goes on to answer that was told to stop: what then is open still, it closes.
fn configuration(servers: &[SocketAddr], address: SocketAddr, unbuffered: SocketAddr) -> String {
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
    listen {address};
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
