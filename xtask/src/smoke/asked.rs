//! What is asked through the edge over HTTPS, and what the containers are not allowed.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, Result};

use crate::{
    compose::{self, Edge, Project},
    http,
    ours::GUEST,
    run::{cmd},
};

/// An edge, and who may ask it.
pub(super) struct Site {
    pub(super) edge: Edge,
    pub(super) key: String,
    pub(super) folder: PathBuf,
}

/// Method and path, whether with the key, the status, and a part of the answer.
type Asked = (&'static str, &'static str, bool, u16, &'static str);

const ASKED: &[Asked] = &[
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

/// Every answer has each of these once.
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
            key: compose::key(private)?,
            folder: private.parent().unwrap_or(private).to_owned(),
        })
    }

    /// Asks for everything; how many answers there were.
    pub(super) fn all(&self) -> Result<usize> {
        for (number, asked) in ASKED.iter().enumerate() {
            self.one(number, asked)?;
        }
        let answer = http::get(self.edge.http, "/")
            .map_err(|error| anyhow!("over HTTP: {error}"))?;
        // The name is no host of ours, and a refusal is right; a redirect would be open to anybody.
        if answer.status != 421 {
            return Err(anyhow!("over HTTP, by address: {answer:?}"));
        }
        Ok(ASKED.len() + 1)
    }

    fn one(&self, number: usize, asked: &Asked) -> Result<()> {
        let (method, path, with_key, status, part) = asked;
        let port = self.edge.https.port();
        let chain = self.folder.join("private/tls/fullchain.pem");
        let curl = cmd("curl").args(["--silent", "--show-error", "--include", "--cacert"]);
        let curl = curl.args([chain]).args(["--request", method]);
        let curl = curl.args(["--resolve", &format!("edge.test:{port}:127.0.0.1")]);
        let mut curl = curl.args(["--header", &format!("X-Request-Id: smoke-{number}")]);
        if *with_key {
            curl = curl.args(["--header", &format!("X-MyApp-ApiKey: {}", self.key)]);
        }
        if *method == "POST" {
            let json = [
                "--header",
                "Content-Type: application/json",
                "--data",
                GUEST,
            ];
            curl = curl.args(json);
        }
        let (answer, _) = curl
            .args([format!("https://edge.test:{port}{path}")])
            .output()?;
        let mut wrong = Vec::new();
        if !answer.starts_with(&format!("HTTP/2 {status} ")) || !answer.contains(part) {
            wrong.push(format!("not {status} with {part:?}"));
        }
        for header in HEADERS {
            let times = answer
                .lines()
                .filter(|line| line.starts_with(header))
                .count();
            if times != 1 {
                wrong.push(format!("{times} times `{header}`"));
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(anyhow!("{method} {path}: {}:\n{answer}",
                wrong.join(", "))),
        }
    }
}

/// Servers and edge have no rights, and the engine knows.
pub(super) fn hardened(project: &Project) -> Result<()> {
    let format = "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} \
                  {{.HostConfig.SecurityOpt}} {{gt .HostConfig.Memory 0}} {{.HostConfig.Privileged}}";
    for (service, user) in [("server", "65532:65532"), ("edge", "101:101")] {
        let wanted = format!("{user} true [ALL] [no-new-privileges:true] true false");
        for container in project.containers(service)? {
            let told = project
                .docker(&["inspect", "--format", format, &container])
                .read()?;
            if told.trim() != wanted {
                let words = format!("a {service} runs with {told:?}, and not with {wanted:?}");
                return Err(anyhow!(words));
            }
        }
    }
    Ok(())
}
