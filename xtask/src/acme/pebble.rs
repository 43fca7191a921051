//! pebble, a certificate authority for tests, with a DNS server that resolves every name to this machine.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use anyhow::Result;
use cargo_purlin::{deploy::self_signed, process::Cmd};
use fs_err as fs;
use serde_json::json;

use crate::{
    edge::free_ports,
    run::{cmd, log_file, wait_until},
};

/// How long pebble may take to start.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A running authority, killed when dropped.
pub(super) struct Pebble {
    children: Vec<Child>,
    folder: PathBuf,
    acme: SocketAddr,
    management: SocketAddr,
}

impl Pebble {
    /// Starts an authority that requests challenges from this port.
    pub(super) fn start(folder: &Path, http: u16) -> Result<Self> {
        let folder = folder.join("authority");
        self_signed(&folder, &["localhost"])?;
        let [acme, management, dns, dns_management] = free_ports()?;
        let settings = json!({"pebble": {
            "listenAddress": acme.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": folder.join("fullchain.pem"),
            "privateKey": folder.join("privkey.pem"),
            "httpPort": http,
            "tlsPort": http,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "retryAfter": {"authz": 1, "order": 1},
        }});
        let file = folder.join("pebble.json");
        fs::write(&file, settings.to_string())?;
        let mut pebble = Self {
            children: Vec::new(),
            folder,
            acme,
            management,
        };
        let dns_server = cmd("pebble-challtestsrv")
            .args([
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-defaultIPv6",
                "",
            ])
            .args(["-dns01", &dns.to_string(), "-defaultIPv4", "127.0.0.1"])
            .args(["-management", &dns_management.to_string()]);
        pebble.spawn(dns_server, "dns")?;
        let authority = cmd("pebble")
            .args(["-strict", "-dnsserver", &dns.to_string(), "-config"])
            .arg(file)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0");
        pebble.spawn(authority, "pebble")?;
        wait_until(TIMEOUT, "pebble runs (see target/acme/authority)", || {
            Ok(pebble.get(&pebble.directory()).succeeds())
        })?;
        Ok(pebble)
    }

    fn spawn(&mut self, program: Cmd, name: &str) -> Result<()> {
        let log = self.folder.join(format!("{name}.log"));
        let (output, errors) = (log_file(&log)?, log_file(&log)?);
        self.children.push(program.spawn(|command| {
            command.stdout(output).stderr(errors);
        })?);
        Ok(())
    }

    /// Returns the URL of the ACME directory.
    pub(super) fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.acme.port())
    }

    /// Returns the certificate of the ACME server itself.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("fullchain.pem")
    }

    /// Returns the root certificate of the authority.
    pub(super) fn root(&self) -> Result<PathBuf> {
        let url = format!("https://localhost:{}/roots/0", self.management.port());
        let (pem, _) = self.get(&url).output()?;
        let file = self.folder.join("root.pem");
        fs::write(&file, pem)?;
        Ok(file)
    }

    fn get(&self, url: &str) -> Cmd {
        let curl = cmd("curl").args(["--silent", "--fail", "--cacert"]);
        curl.arg(self.certificate()).arg(url)
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
