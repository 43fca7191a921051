//! Debian's nginx with the edge's configuration, in a folder and on ports of its own.

use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use super::{Place, Variant, configuration, placeholder};
use crate::run::{cmd};

const PATIENCE: Duration = Duration::from_secs(10);

/// A running edge, stopped when dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    pub(crate) folder: PathBuf,
}

impl Nginx {
    /// Starts it before one server, with a placeholder for these names.
    pub(crate) fn start(folder: &Path, server: &str, names: &[&str]) -> Result<Self> {
        let (http, https) = free_ports()?;
        let below = |name: &str| folder.join(name).display().to_string();
        let place = Place {
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
            ..Place::default()
        };
        for name in ["tls", "hosts", "acme/.well-known/acme-challenge", "temp"] {
            let made = folder.join(name);
            fs::create_dir_all(&made)?;
        }
        placeholder::certificate(&folder.join("tls"), names)?;
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration(Variant::Older, &place)?)?;
        command(&file).args(["-t"]).run()?;
        let nginx = command(&file).args(["-g", "daemon off;"]);
        let shown = nginx.to_string();
        let errors = folder.join("error.log");
        let errors = fs::File::create(&errors)?;
        let child = nginx.start(|command| {
            command.stderr(errors);
        })?;
        let nginx = Self {
            child,
            http,
            https,
            folder: folder.to_owned(),
        };
        until_it_listens(nginx.https, &shown)?;
        Ok(nginx)
    }

    /// The id of the process that takes signals.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Nginx {
    /// A master that is killed leaves its workers behind: it is asked first.
    fn drop(&mut self) {
        let id = self.id().to_string();
        let _ = cmd("kill").args(["-s", "TERM", &id]).read();
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(file: &Path) -> Cmd {
    cmd("nginx").args([
        "-e".as_ref(),
        "stderr".as_ref(),
        "-c".as_ref(),
        file.as_os_str(),
    ])
}

/// Waits until somebody listens, which `shown` was started for.
pub(crate) fn until_it_listens(address: SocketAddr, shown: &str) -> Result<()> {
    let begin = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begin.elapsed() > PATIENCE {
            let words = format!("`{shown}` does not listen on {address}");
            return Err(anyhow!(words));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Two ports of this machine that nobody listens on.
pub(crate) fn free_ports() -> Result<(SocketAddr, SocketAddr)> {
    let two = || -> io::Result<_> {
        let one = TcpListener::bind("127.0.0.1:0")?;
        let other = TcpListener::bind("127.0.0.1:0")?;
        Ok((one.local_addr()?, other.local_addr()?))
    };
    two().map_err(|error| anyhow!("no port is free: {error}"))
}
