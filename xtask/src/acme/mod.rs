//! `cargo xtask acme`: a certificate from an authority on this machine for the edge, with the script that the profile `tls` of
//! `deploy/compose.yaml` runs: issued, used, renewed, used.
//!
//! Debian's pebble is the authority, Debian's certbot the client, Debian's nginx the edge.

mod pebble;

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::{
    edge::Nginx,
    run::{cmd, empty_folder, need, need_with, wait_until},
};
use pebble::Pebble;

const NAMES: [&str; 2] = ["edge.test", "www.edge.test"];

/// The script under test.
const SCRIPT: &str = "deploy/edge/certbot.sh";

/// The user and group of certbot.
const USER: &str = "65532:65532";

/// How long nginx may take to use a new certificate.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Installs what is missing, and issues, uses and renews a certificate.
pub(crate) fn acme() -> Result<()> {
    need_with("nginx", "-v", "nginx-light")?;
    need_with("openssl", "version", "openssl")?;
    need("curl", "curl")?;
    need("certbot", "certbot")?;
    need_with("pebble", "-h", "pebble")?;
    let folder = empty_folder("acme")?;
    let begin = Instant::now();
    // Nothing listens on the server's address: the edge serves challenges itself.
    let nginx = Nginx::start(&folder, "127.0.0.1:9", &NAMES)?;
    let authority = Pebble::start(&folder, nginx.http.port())?;
    let site = Site {
        folder,
        nginx,
        authority,
    };

    let self_signed = site.serial()?;
    let script = unprivileged("sh", &site.folder)?
        .arg(SCRIPT)
        .env("EDGE_NAMES", NAMES.join(" "))
        .env("EDGE_ONCE", "1")
        .env("EDGE_MAIL", "operations@edge.test")
        .env("CERTBOT_OPTIONS", site.options());
    site.configure(script).run()?;
    let root = site.authority.root()?;
    let issued = site.other_serial(&self_signed)?;
    site.check_trust(&root)?;
    let first = begin.elapsed();

    let renew = unprivileged("certbot", &site.folder)?
        .args(["renew", "--force-renewal", "--non-interactive"])
        .arg("--no-random-sleep-on-renew")
        .args(site.options().split(' '));
    site.configure(renew).run()?;
    let renewed = site.other_serial(&issued)?;
    site.check_trust(&root)?;
    // nginx would start with the certificate it uses.
    let file = site.folder.join("tls/fullchain.pem");
    let file = cmd("openssl")
        .args(["x509", "-noout", "-serial", "-in"])
        .arg(file);
    let saved = serial(&file.read()?);
    ensure!(
        saved == renewed,
        "nginx uses {renewed}, and {saved} is saved"
    );
    eprintln!(
        "\nissued and used after {:.1} s, renewed and used after {:.1} s more",
        first.as_secs_f64(),
        (begin.elapsed() - first).as_secs_f64()
    );
    Ok(())
}

/// Returns a program that runs as the container of certbot does: as a user who owns the folders that it writes to, without
/// privileges.
fn unprivileged(program: &str, folder: &Path) -> Result<Cmd> {
    if fs::metadata(folder)?.uid() != 0 {
        return Ok(cmd(program));
    }
    let folders = ["tls", "acme", "certbot"].map(|name| folder.join(name));
    fs::create_dir_all(folder.join("certbot"))?;
    cmd("chown").args(["-R", USER]).args(folders).run()?;
    let (user, group) = USER.split_once(':').unwrap_or((USER, USER));
    let user = ["--reuid", user, "--regid", group, "--clear-groups"];
    let none = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"];
    Ok(cmd("setpriv").args(user).args(none).arg(program))
}

struct Site {
    folder: PathBuf,
    nginx: Nginx,
    authority: Pebble,
}

impl Site {
    /// Points certbot and the script to the authority and the edge.
    fn configure(&self, program: Cmd) -> Cmd {
        program
            .env("REQUESTS_CA_BUNDLE", self.authority.certificate())
            .env("EDGE_TLS", self.folder.join("tls"))
            .env("EDGE_ACME", self.folder.join("acme"))
    }

    fn options(&self) -> String {
        let folder = self.folder.join("certbot").display().to_string();
        let server = self.authority.directory();
        format!(
            "--server {server} --config-dir {folder}/etc --work-dir {folder}/var --logs-dir {folder}/log"
        )
    }

    /// Returns the serial number of the certificate that nginx uses.
    fn serial(&self) -> Result<String> {
        let (address, name) = (self.nginx.https, NAMES[0]);
        let script = format!(
            "openssl s_client -connect {address} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -serial"
        );
        Ok(serial(&cmd("sh").args(["-c", &script]).read()?))
    }

    /// Waits until nginx uses another certificate and returns its serial number.
    fn other_serial(&self, before: &str) -> Result<String> {
        let mut found = before.to_owned();
        wait_until(TIMEOUT, "nginx uses another certificate", || {
            found = self.serial()?;
            Ok(found != before)
        })?;
        Ok(found)
    }

    /// Checks that a client which trusts only the authority accepts chain and name.
    fn check_trust(&self, root: &Path) -> Result<()> {
        let port = self.nginx.https.port();
        for name in NAMES {
            cmd("curl")
                .args([
                    "--silent",
                    "--show-error",
                    "--output",
                    "/dev/null",
                    "--cacert",
                ])
                .arg(root)
                .args(["--resolve", &format!("{name}:{port}:127.0.0.1")])
                .arg(format!("https://{name}:{port}/"))
                .output()?;
        }
        Ok(())
    }
}

fn serial(output: &str) -> String {
    output.trim().trim_start_matches("serial=").to_owned()
}
