//! Debian's nginx with the edge's configuration, in a folder and on ports of its own.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use anyhow::{Result, bail};
use cargo_purlin::{
    deploy::{
        edge::{Values, Variant, configuration},
        self_signed,
    },
    process::Cmd,
};
use fs_err as fs;

use crate::{
    compose,
    run::{cmd, log_file, need_with, wait_until},
    server::signal,
};

/// How long nginx may take to start and to stop.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The command of the container.
const START: &str = "deploy/edge/start.sh";

/// A running edge, stopped when dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
    pub(super) https6: SocketAddr,
    pub(crate) folder: PathBuf,
}

impl Nginx {
    /// Starts nginx before one server, with a self-signed certificate for these names and a low rate limit.
    pub(crate) fn start(folder: &Path, server: &str, names: &[&str]) -> Result<Self> {
        let mut values = values(server)?;
        values.rate = "10r/s".to_owned();
        values.burst = 40;
        Self::configured(folder, values, names, false)
    }

    /// Starts nginx before one server with the limits of the container, and as much space for bodies.
    pub(super) fn contained(folder: &Path, server: &str) -> Result<Self> {
        let mut values = values(server)?;
        values.timeout = 1;
        Self::configured(folder, values, &["edge.test"], true)
    }

    fn configured(folder: &Path, mut values: Values, names: &[&str], small: bool) -> Result<Self> {
        let [http, https] = free_ports()?;
        let [http6, https6] = free_ports_of(Ipv6Addr::LOCALHOST.into())?;
        let below = |name: &str| folder.join(name).display().to_string();
        values.http = http.to_string();
        values.https = https.to_string();
        values.http6 = http6.to_string();
        values.https6 = https6.to_string();
        values.tls = below("tls");
        values.hosts = below("hosts");
        values.acme = below("acme");
        values.temp = below("temp");
        values.log = below("access.log");
        for name in ["tls", "hosts", "acme/.well-known/acme-challenge", "temp"] {
            fs::create_dir_all(folder.join(name))?;
        }
        need_with("openssl", "version", "openssl")?;
        self_signed(&folder.join("tls"), names)?;
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration(Variant::Older, &values)?)?;
        nginx(&file).arg("-t").run()?;
        let errors = log_file(&folder.join("error.log"))?;
        // The command of the container, in a mount namespace of its own if space is limited. The process stays the same.
        let start = match small {
            true => {
                let mount = format!(
                    "mount -t tmpfs -o size={}m,mode=1777 tmpfs \"$0\" && exec sh \"$@\"",
                    values.bounds.space()
                );
                cmd("unshare").args(["--mount", "sh", "-c", &mount, &values.temp])
            }
            false => cmd("sh"),
        };
        let start = start.args([START, "-c"]).arg(&file);
        let start = start.env("EDGE_TLS", &values.tls).env("EDGE_INTERVAL", "1");
        let child = start.spawn(|command| {
            command.stderr(errors);
        })?;
        let nginx = Self {
            child,
            http,
            https,
            https6,
            folder: folder.to_owned(),
        };
        wait_until_listening(nginx.https)?;
        Ok(nginx)
    }

    /// Returns the MiB of its temporary files, which have no names.
    pub(super) fn buffered(&self) -> Result<u64> {
        let temp = self.folder.join("temp");
        // The path as this process sees it, in its mount namespace.
        let temp = temp.strip_prefix("/").unwrap_or(&temp);
        let temp = Path::new("/proc")
            .join(self.id().to_string())
            .join("root")
            .join(temp);
        let stat = ["--file-system", "--format=%S %b %f"];
        let output = cmd("stat").args(stat).arg(temp).read()?;
        let numbers: Vec<u64> = output.split_whitespace().flat_map(str::parse).collect();
        match numbers[..] {
            [size, blocks, free] => Ok((size * (blocks - free)) >> 20),
            _ => bail!("stat printed {output:?}"),
        }
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

/// Returns the values of Purlin's own server, with another address of the server behind the edge.
fn values(server: &str) -> Result<Values> {
    let mut values = Values::of(&compose::server()?.1);
    server.clone_into(&mut values.server);
    Ok(values)
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
    free_ports_of(Ipv4Addr::LOCALHOST.into())
}

fn free_ports_of<const N: usize>(ip: IpAddr) -> Result<[SocketAddr; N]> {
    let mut addresses = [SocketAddr::from((ip, 0)); N];
    // All are held until the last is found, so that they differ.
    let mut held = Vec::new();
    for address in &mut addresses {
        let listener = TcpListener::bind(*address)?;
        *address = listener.local_addr()?;
        held.push(listener);
    }
    Ok(addresses)
}
