//! Bodies that do not end, from one client and from several, while another sends bodies that must be buffered in a file.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use anyhow::{Context as _, Result};
use cargo_purlin::deploy::edge::Values;
use fs_err as fs;

use super::{
    Nginx,
    errors::expect_error,
    site::{curl, expect},
};
use crate::{
    compose,
    run::{cmd, need},
};

/// Sends the bodies: xtask has no TLS.
const PROGRAM: &str = "xtask/edge/fill.py";

/// Clients that send bodies and do not end them, stopped when dropped.
struct Clients(Child);

impl Clients {
    /// Starts as many requests from each of these addresses as the edge may accept, and returns when their bodies are sent but
    /// for some bytes, which follow one by one.
    fn start(nginx: &Nginx, addresses: &str) -> Result<Self> {
        need("python3", "python3")?;
        let program = cmd("python3").arg(PROGRAM);
        let program = program.arg(nginx.https.port().to_string()).arg(addresses);
        let mut child = program.spawn(|command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        })?;
        let output = child.stdout.take().context("no output")?;
        let clients = Self(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        expect(line.starts_with("sent"), "the bodies to be sent", &line)?;
        Ok(clients)
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Checks that one client leaves room for others, and what happens when several leave none.
pub(super) fn check(nginx: &Nginx) -> Result<()> {
    let body = nginx.folder.join("body");
    fs::write(&body, vec![b' '; 100_000])?;
    let body = format!("@{}", body.display());
    let send = || {
        let from = ["--interface", "127.0.0.9", "--header", "Expect:"];
        let data = ["--max-time", "10", "--data-binary", &body];
        curl(nginx, "/send_greeting", &[from, data].concat())
    };
    let passes = |response: &str| {
        // The server rejects it: there is no key.
        expect(
            response.starts_with("HTTP/2 401"),
            "401 of the server",
            response,
        )
    };
    passes(&send()?)?;

    let one = Clients::start(nginx, "127.0.0.1")?;
    let used = nginx.buffered()?;
    let space = Values::of(&compose::server()?.1).bounds.space();
    let holds = (space / 4..=space / 2).contains(&used);
    expect(
        holds,
        "a quarter to a half of the space to be used",
        &format!("{used} MiB"),
    )?;
    for _ in 0..5 {
        passes(&send()?)?;
    }
    eprintln!("one client takes {used} of {space} MiB, and bodies of another pass");

    let more = Clients::start(nginx, "127.0.0.2,127.0.0.3")?;
    let response = send()?;
    expect_error(&response, "HTTP/2 503")?;
    drop((one, more));
    passes(&send()?)?;
    Ok(())
}

/// Checks the response for a request that a server accepts and does not process.
pub(super) fn silent_server(nginx: &Nginx) -> Result<()> {
    expect_error(&curl(nginx, "/", &[])?, "HTTP/2 504")
}
