//! pebble, an authority for tests, and the names it looks up: all of them are this machine.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use serde_json::json;

use super::write;
use crate::{
    edge::placeholder,
    run::{cmd},
};

const PATIENCE: Duration = Duration::from_secs(15);

/// A running authority, killed when dropped.
pub(super) struct Authority {
    children: Vec<Child>,
    folder: PathBuf,
    acme: SocketAddr,
    management: SocketAddr,
}

impl Authority {
    /// Starts one that asks for challenges at this port.
    pub(super) fn start(folder: &Path, http: u16) -> Result<Self> {
        let folder = folder.join("authority");
        placeholder::certificate(&folder, &["localhost"])?;
        let [acme, management, names, names_management] = free_ports()?;
        let pem = |name: &str| folder.join(name).display().to_string();
        let settings = json!({"pebble": {
            "listenAddress": acme.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": pem("fullchain.pem"),
            "privateKey": pem("privkey.pem"),
            "httpPort": http,
            "tlsPort": http,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "retryAfter": {"authz": 1, "order": 1},
        }});
        let file = write(&folder, "pebble.json", &settings.to_string())?;
        let mut authority = Self {
            children: Vec::new(),
            folder,
            acme,
            management,
        };
        let off = [
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-defaultIPv6",
            "",
        ];
        let lookup = cmd("pebble-challtestsrv").args(off);
        let lookup = lookup.args(["-dns01", &names.to_string(), "-defaultIPv4", "127.0.0.1"]);
        authority.spawn(
            lookup.args(["-management", &names_management.to_string()]),
            "names",
        )?;
        let pebble = cmd("pebble").args(["-strict", "-dnsserver", &names.to_string()]);
        let pebble = pebble.args(["-config"]).args([file]);
        let pebble = pebble
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0");
        authority.spawn(pebble, "pebble")?;

        let begin = Instant::now();
        while !authority.ask(&authority.directory()).succeeds() {
            if begin.elapsed() > PATIENCE {
                let words = "pebble does not answer, see target/acme/authority/pebble.log";
                return Err(anyhow!(words));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(authority)
    }

    fn spawn(&mut self, run: Cmd, name: &str) -> Result<()> {
        let log = self.folder.join(format!("{name}.log"));
        let log = File::create(&log)?;
        let errors = log.try_clone()?;
        let child = run.start(|command| {
            command.stdout(log).stderr(errors);
        })?;
        self.children.push(child);
        Ok(())
    }

    /// Where ACME is spoken.
    pub(super) fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.acme.port())
    }

    /// What its own address is to be trusted by.
    pub(super) fn certificate(&self) -> String {
        self.folder.join("fullchain.pem").display().to_string()
    }

    /// The certificate all of its own are below.
    pub(super) fn root(&self) -> Result<PathBuf> {
        let url = format!("https://localhost:{}/roots/0", self.management.port());
        let (pem, _) = self.ask(&url).output()?;
        write(&self.folder, "root.pem", &pem)
    }

    fn ask(&self, url: &str) -> Cmd {
        let curl = cmd("curl").args(["--silent", "--fail", "--cacert", &self.certificate()]);
        curl.args([url])
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ports that were free a moment ago.
fn free_ports<const N: usize>() -> Result<[SocketAddr; N]> {
    let said = |error| anyhow!("no port is free: {error}");
    let mut addresses = [SocketAddr::from(([127, 0, 0, 1], 0)); N];
    let mut held = Vec::new();
    for address in &mut addresses {
        let listener = TcpListener::bind(*address).map_err(said)?;
        *address = listener.local_addr().map_err(said)?;
        held.push(listener);
    }
    Ok(addresses)
}
