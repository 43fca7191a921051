//! The edge with a server behind it, and requests to it over HTTPS.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Result, bail};

use super::Nginx;
use crate::{run::cmd, server::Server};

/// The edge and the server behind it.
pub(super) struct Site {
    pub(super) nginx: Nginx,
    pub(super) server: Server,
    pub(super) log: PathBuf,
}

/// Returns head and body of a response over HTTPS.
pub(super) fn curl(nginx: &Nginx, path: &str, options: &[&str]) -> Result<String> {
    curl_at(nginx, nginx.https, path, options)
}

/// Returns head and body of a response over HTTPS, from one of the edge's addresses.
pub(super) fn curl_at(
    nginx: &Nginx,
    address: SocketAddr,
    path: &str,
    options: &[&str],
) -> Result<String> {
    let (ip, port) = (address.ip(), address.port());
    let (out, _) = cmd("curl")
        .args(["--silent", "--show-error", "--include", "--cacert"])
        .arg(nginx.folder.join("tls/fullchain.pem"))
        .args(["--resolve", &format!("edge.test:{port}:{ip}")])
        .args(options)
        .arg(format!("https://edge.test:{port}{path}"))
        .output()?;
    Ok(out)
}

pub(super) fn expect(holds: bool, expected: &str, response: &str) -> Result<()> {
    if holds {
        return Ok(());
    }
    let response: String = response.chars().take(2000).collect();
    bail!("expected {expected}, got:\n{response}")
}
