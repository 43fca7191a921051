//! Requests through the edge over HTTPS, and the restrictions of the containers.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use cargo_purlin::deploy::{Edge, Project, secret};
use fs_err as fs;

use crate::{compose::docker, http, programs::GREETING, run::cmd};

/// A running edge and the API key of the servers.
pub(super) struct Site {
    pub(super) edge: Edge,
    pub(super) key: String,
    pub(super) folder: PathBuf,
}

/// A method and path, whether to send the API key, the expected status, and a part of the response.
type Request = (&'static str, &'static str, bool, u16, &'static str);

const REQUESTS: &[Request] = &[
    ("GET", "/", false, 200, "Hello"),
    ("GET", "/generic_greeting", true, 200, "message"),
    ("GET", "/generic_greeting", false, 401, "message"),
    (
        "GET",
        "/personalised_greeting?name=Ada",
        true,
        200,
        "Hello, Ada",
    ),
    (
        "GET",
        "/personalised_greeting?name=Ada",
        false,
        401,
        "message",
    ),
    ("POST", "/send_greeting", true, 201, "Ada"),
    ("POST", "/send_greeting", false, 401, "message"),
    ("GET", "/nowhere", false, 404, "message"),
];

/// The header fields that every response has once.
const HEADERS: &[&str] = &[
    "strict-transport-security: max-age=31536000",
    "x-content-type-options: nosniff",
    "cache-control: no-store",
    "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    "x-request-id: smoke-",
];

impl Site {
    pub(super) fn new(edge: Edge, private: &Path) -> Result<Self> {
        Ok(Self {
            edge,
            key: secret(private, "parity")?,
            folder: private.parent().unwrap_or(private).to_owned(),
        })
    }

    /// Sends every request and returns their number.
    pub(super) fn check(&self) -> Result<usize> {
        for (number, request) in REQUESTS.iter().enumerate() {
            self.send(number, request)?;
        }
        // The address is not a served host; a redirect to it would be an open redirect.
        let response = http::get(self.edge.http, "/")?;
        ensure!(
            response.status == 421,
            "over HTTP, by address: {response:?}"
        );
        // Errors of the edge itself, with each variant of nginx.
        let large = self.folder.join("large");
        fs::write(&large, vec![b' '; 3 << 20])?;
        let large = format!("@{}", large.display());
        self.rejected(405, &["--request", "TRACE"])?;
        self.rejected(413, &["--header", "Expect:", "--data-binary", &large])?;
        Ok(REQUESTS.len() + 3)
    }

    /// Sends a request that the edge itself rejects, in JSON.
    fn rejected(&self, status: u16, options: &[&str]) -> Result<()> {
        let address = self.edge.https;
        let curl = cmd("curl").args(["--silent", "--include", "--insecure"]);
        let curl = curl.args(["--header", "Host: edge.test"]).args(options);
        let (response, _) = curl.arg(format!("https://{address}/")).output()?;
        let is_json = response.contains("content-type: application/json\r\n");
        ensure!(
            response.starts_with(&format!("HTTP/2 {status}")) && is_json,
            "not {status} in JSON:\n{response}"
        );
        Ok(())
    }

    fn send(&self, number: usize, request: &Request) -> Result<()> {
        let (method, path, with_key, status, part) = request;
        let port = self.edge.https.port();
        let key = format!("X-MyApp-ApiKey: {}", self.key);
        let mut curl = cmd("curl")
            .args(["--silent", "--show-error", "--include", "--cacert"])
            .arg(self.folder.join("private/tls/fullchain.pem"))
            .args(["--request", method])
            .args(["--resolve", &format!("edge.test:{port}:127.0.0.1")])
            .args(["--header", &format!("X-Request-Id: smoke-{number}")]);
        if *with_key {
            curl = curl.args(["--header", &key]);
        }
        if *method == "POST" {
            curl = curl.args(["--json", GREETING]);
        }
        let url = format!("https://edge.test:{port}{path}");
        let (response, _) = curl.arg(url).output()?;
        let mut wrong = Vec::new();
        if !response.starts_with(&format!("HTTP/2 {status} ")) || !response.contains(part) {
            wrong.push(format!("not {status} with {part:?}"));
        }
        for header in HEADERS {
            let lines = response.lines();
            let count = lines.filter(|line| line.starts_with(header)).count();
            if count != 1 {
                wrong.push(format!("{count} times `{header}`"));
            }
        }
        if !wrong.is_empty() {
            bail!("{method} {path}: {}:\n{response}", wrong.join(", "));
        }
        Ok(())
    }
}

/// Checks that servers and edge run without privileges.
pub(super) fn check_privileges(project: &Project) -> Result<()> {
    let format = "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} \
                  {{.HostConfig.SecurityOpt}} {{gt .HostConfig.Memory 0}} {{.HostConfig.Privileged}}";
    for (service, user) in [("server", "65532:65532"), ("edge", "101:101")] {
        let expected = format!("{user} true [ALL] [no-new-privileges:true] true false");
        for container in project.containers(service)? {
            let actual = docker(&["inspect", "--format", format, &container]).read()?;
            ensure!(
                actual.trim() == expected,
                "a container of {service} runs with {actual:?}, not with {expected:?}"
            );
        }
    }
    Ok(())
}
