//! Debian's nginx with the edge's configuration, in a folder and on ports of its own.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use anyhow::Result;
use cargo_purlin::process::Cmd;
use fs_err as fs;

use super::{Values, Variant, certificate, configuration};
use crate::{
    run::{cmd, log_file, wait_until},
    server::signal,
};

/// How long nginx may take to start and to stop.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A running edge, stopped when dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    pub(crate) folder: PathBuf,
}

impl Nginx {
    /// Starts nginx before one server, with a self-signed certificate for these names.
    pub(crate) fn start(folder: &Path, server: &str, names: &[&str]) -> Result<Self> {
        let [http, https] = free_ports()?;
        let below = |name: &str| folder.join(name).display().to_string();
        let values = Values {
            http: http.to_string(),
            https: https.to_string(),
            server: server.to_owned(),
            tls: below("tls"),
            hosts: below("hosts"),
            acme: below("acme"),
            temp: below("temp"),
            log: below("access.log"),
            rate: "10r/s".to_owned(),
            burst: "40".to_owned(),
            ..Values::default()
        };
        for name in ["tls", "hosts", "acme/.well-known/acme-challenge", "temp"] {
            fs::create_dir_all(folder.join(name))?;
        }
        certificate::self_signed(&folder.join("tls"), names)?;
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration(Variant::Older, &values)?)?;
        nginx(&file).arg("-t").run()?;
        let errors = log_file(&folder.join("error.log"))?;
        let child = nginx(&file).args(["-g", "daemon off;"]).spawn(|command| {
            command.stderr(errors);
        })?;
        let nginx = Self {
            child,
            http,
            https,
            folder: folder.to_owned(),
        };
        wait_until_listening(nginx.https)?;
        Ok(nginx)
    }

    /// Returns the id of the master process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Nginx {
    /// Stops the master with a signal: its workers survive when it is killed.
    fn drop(&mut self) {
        let _ = signal(self.id(), "TERM");
        let _ = wait_until(TIMEOUT, "nginx stops", || {
            Ok(self.child.try_wait()?.is_some())
        });
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nginx(file: &Path) -> Cmd {
    cmd("nginx").args(["-e", "stderr", "-c"]).arg(file)
}

/// Waits until a process listens on an address.
pub(crate) fn wait_until_listening(address: SocketAddr) -> Result<()> {
    wait_until(TIMEOUT, &format!("something listens on {address}"), || {
        Ok(TcpStream::connect(address).is_ok())
    })
}

/// Returns free ports of this machine.
pub(crate) fn free_ports<const N: usize>() -> Result<[SocketAddr; N]> {
    let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); N];
    // All are held until the last is found, so that they differ.
    let mut held = Vec::new();
    for address in &mut addresses {
        let listener = TcpListener::bind(*address)?;
        *address = listener.local_addr()?;
        held.push(listener);
    }
    Ok(addresses)
}
