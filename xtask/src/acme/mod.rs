//! `cargo xtask acme`: a certificate from an authority on this machine, for the edge's configuration, with the script the
//! `tls` profile of `deploy/compose.yaml` runs: issued, shown, renewed, shown anew.
//!
//! Debian's pebble is the authority, Debian's certbot asks it, Debian's nginx is the edge.

mod authority;

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{anyhow, Result};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use crate::{
    edge::{Nginx, emptied},
    run::{cmd, need, need_as, root},
};
use authority::Authority;

const NAMES: [&str; 2] = ["edge.test", "www.edge.test"];

/// The script under test, from the workspace's root.
const SCRIPT: &str = "deploy/edge/certbot.sh";

const PATIENCE: Duration = Duration::from_secs(10);

/// Installs what is absent, and gets, shows and renews a certificate.
pub(crate) fn acme() -> Result<()> {
    need_as("nginx", "-v", "nginx-light")?;
    need_as("openssl", "version", "openssl")?;
    need("curl", "curl")?;
    need("certbot", "certbot")?;
    need_as("pebble", "-h", "pebble")?;
    let folder = emptied("acme")?;
    let begin = Instant::now();
    // Nobody answers there, and nobody is asked: the authority asks the edge itself.
    let nginx = Nginx::start(&folder, "127.0.0.1:9", &NAMES)?;
    let authority = Authority::start(&folder, nginx.http.port())?;
    let site = Site {
        folder,
        nginx,
        authority,
    };

    let placeholder = site.shown()?;
    site.script().run()?;
    let root = site.authority.root()?;
    let issued = site.shown_anew(&placeholder)?;
    site.trusted(&root)?;
    let took = begin.elapsed();

    let renew = site.certbot(cmd("certbot").args(["renew", "--force-renewal"]));
    renew
        .args(["--non-interactive", "--no-random-sleep-on-renew"])
        .args(site.options().split(' '))
        .run()?;
    let renewed = site.shown_anew(&issued)?;
    site.trusted(&root)?;
    // What nginx would be started with is what it shows.
    let kept = serial(
        &cmd("openssl")
            .args(["x509", "-noout", "-serial", "-in"])
            .args([site.nginx.folder.join("tls/fullchain.pem")])
            .read()?,
    );
    if kept != renewed {
        return Err(anyhow!("{renewed} is shown, and {kept} is kept"));
    }
    eprintln!(
        "\nissued and shown in {:.1} s, renewed and shown in {:.1} s more",
        took.as_secs_f64(),
        (begin.elapsed() - took).as_secs_f64()
    );
    Ok(())
}

struct Site {
    folder: PathBuf,
    nginx: Nginx,
    authority: Authority,
}

impl Site {
    /// The script, with the edge's folders and process here.
    fn script(&self) -> Cmd {
        let script = cmd("sh").args([root().join(SCRIPT)]);
        let script = script
            .env("EDGE_NAMES", &NAMES.join(" "))
            .env("EDGE_ONCE", "1");
        let script = script.env("EDGE_MAIL", "operations@edge.test");
        self.certbot(script.env("CERTBOT_OPTIONS", &self.options()))
    }

    fn certbot(&self, run: Cmd) -> Cmd {
        let of = |name: &str| self.folder.join(name).display().to_string();
        run.env("REQUESTS_CA_BUNDLE", &self.authority.certificate())
            .env("EDGE_TLS", &of("tls"))
            .env("EDGE_ACME", &of("acme"))
            .env("EDGE_PID", &self.nginx.id().to_string())
    }

    fn options(&self) -> String {
        let folder = self.folder.join("certbot").display().to_string();
        let server = self.authority.directory();
        format!(
            "--server {server} --config-dir {folder}/etc --work-dir {folder}/var --logs-dir {folder}/log"
        )
    }

    /// The serial number of the certificate that is shown.
    fn shown(&self) -> Result<String> {
        let (address, first) = (self.nginx.https, NAMES[0]);
        let line = format!(
            "openssl s_client -connect {address} -servername {first} </dev/null 2>/dev/null | openssl x509 -noout -serial"
        );
        Ok(serial(&cmd("sh").args(["-c", &line]).read()?))
    }

    /// Waits until another is shown.
    fn shown_anew(&self, before: &str) -> Result<String> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let shown = self.shown()?;
            if shown != before {
                return Ok(shown);
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(anyhow!("{before} is still shown, after {PATIENCE:?}"))
    }

    /// A client who knows the authority alone, and checks chain and name, takes what is shown.
    fn trusted(&self, root: &Path) -> Result<()> {
        let port = self.nginx.https.port();
        for name in NAMES {
            let curl = cmd("curl").args(["--silent", "--show-error", "--output", "/dev/null"]);
            let curl = curl.args(["--cacert"]).args([root]);
            let curl = curl.args(["--resolve", &format!("{name}:{port}:127.0.0.1")]);
            curl.args([format!("https://{name}:{port}/")]).output()?;
        }
        Ok(())
    }
}

fn serial(told: &str) -> String {
    told.trim().trim_start_matches("serial=").to_owned()
}

/// Writes a file below a folder.
fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let file = folder.join(name);
    fs::write(&file, text)?;
    Ok(file)
}
