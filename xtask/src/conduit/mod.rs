//! Conduit, the example service with a database, on each of its databases; and requests to it.

pub(crate) mod content;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;
use serde_json::Value;

use crate::{
    http::{self, Response},
    postgres::Postgres,
    run::{cargo, executable, install},
    server::Server,
};

/// The path of an operation that needs no user.
pub(crate) const PUBLIC: &str = "/api/tags";

/// A database that Conduit works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// All of them.
pub(crate) const DATABASES: [Database; 2] = [Database::Sqlite, Database::Postgres];

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// An empty database, deleted when dropped.
pub(crate) struct Empty {
    url: String,
    _postgres: Option<Postgres>,
}

impl Database {
    /// Creates an empty database; that of SQLite is a file in `folder`. PostgreSQL is installed if it is missing.
    pub(crate) fn create(self, folder: &Path) -> Result<Empty> {
        if self == Self::Sqlite {
            let file = folder.join("conduit.db");
            ensure!(!fs::exists(&file)?, "{} exists", file.display());
            return Ok(Empty {
                url: format!("sqlite:{}", file.display()),
                _postgres: None,
            });
        }
        let server = postgres()?;
        Ok(Empty {
            url: server.url(&server.create_database()?),
            _postgres: Some(server),
        })
    }
}

impl Empty {
    /// Returns the URL of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Starts a PostgreSQL server of its own.
fn postgres() -> Result<Postgres> {
    need_postgres()?;
    Postgres::private()?.context("PostgreSQL is not installed")
}

/// Installs PostgreSQL if it is missing.
pub(crate) fn need_postgres() -> Result<()> {
    if Postgres::installed().is_some() {
        return Ok(());
    }
    install("postgresql")
}

/// Runs the tests of Conduit, on all databases.
pub(crate) fn tested() -> Result<()> {
    need_postgres()?;
    let test = cargo().args(["test", "--quiet", "--package", "purlin-conduit"]);
    // With this variable a missing database is a failure.
    Ok(test.env("CI", "true").run()?)
}

/// The secret that signs tokens.
pub(crate) const SECRET: &str = "a secret of the checks, not of a service";

/// Builds Conduit and returns its path.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    let build = cargo().args(["build", "--package", "purlin-conduit", "--profile", profile]);
    executable(build, "purlin-conduit")
}

/// Configures Conduit, with a database, to listen on a free port.
pub(crate) fn configured(program: Cmd, database: &str, workers: usize) -> Cmd {
    program
        .env("CONDUIT_HTTP__BIND", "127.0.0.1:0")
        .env("CONDUIT_HTTP__WORKERS", workers.to_string())
        .env("CONDUIT_OPS__BIND", "off")
        .env("CONDUIT_LOG__LEVEL", "warn")
        .env("CONDUIT_DATABASE__URL", database)
        .env("CONDUIT_TOKENS__SECRET", SECRET)
}

/// Starts Conduit and waits until it responds.
pub(crate) fn start(program: Cmd) -> Result<Server> {
    Server::launch(program, PUBLIC, Stdio::inherit())
}

/// Sends a request with a JSON body, unless it is `null`, and returns the JSON of the response, which must be a success.
pub(crate) fn call(
    server: SocketAddr,
    request: (&str, &str),
    token: Option<&str>,
    body: &Value,
) -> Result<Value> {
    let (method, path) = request;
    let response = send(server, request, token, body)?;
    let text = String::from_utf8_lossy(&response.body);
    let status = response.status;
    ensure!(
        (200..300).contains(&status),
        "{method} {path} returns {status}: {text}"
    );
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("{method} {path} returns {text}"))
}

fn send(
    server: SocketAddr,
    (method, path): (&str, &str),
    token: Option<&str>,
    body: &Value,
) -> Result<Response> {
    let token = token.map_or(String::new(), |token| {
        format!("Authorization: Token {token}\r\n")
    });
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let media_type = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/json\r\n"
    };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n{token}{media_type}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    Ok(http::exchange(server, request.as_bytes())?)
}
