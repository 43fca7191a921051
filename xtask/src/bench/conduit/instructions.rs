//! Instructions per request outside of the database, counted by callgrind.
//!
//! PostgreSQL is another process, so everything that callgrind counts is outside of it. SQLite runs in threads of the process,
//! which nothing else runs in: callgrind counts each thread, and those in which SQLite ran are left out.

use std::{path::Path, process::Stdio};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::{Endpoint, Run};
use crate::{
    bench::{
        callgrind::{STOP_TIMEOUT, WITHOUT_REP},
        measure::Iterations,
    },
    conduit::PUBLIC,
    http::Connection,
    run::{cmd, empty_folder, wait_until},
    server::{Server, signal},
};

/// The function in which SQLite executes statements.
const DATABASE: &str = "sqlite3VdbeExec";

/// The requests of the shorter and of the longer run.
const REQUESTS: Iterations = Iterations(100, 400);

/// Returns the instructions of one request: the difference of two runs divided by the difference of their requests.
pub(super) fn outside(run: &Run, endpoint: &Endpoint) -> Result<u64> {
    let Iterations(less, more) = REQUESTS;
    let difference = collected(run, endpoint, more)?.checked_sub(collected(run, endpoint, less)?);
    let difference = difference.context("more requests took fewer instructions")?;
    Ok(difference / (more - less))
}

/// Starts a server, sends it requests, stops it, and returns the instructions outside of SQLite.
fn collected(run: &Run, endpoint: &Endpoint, requests: u64) -> Result<u64> {
    let folder = empty_folder("callgrind")?;
    let out = format!("--callgrind-out-file={}/out", folder.display());
    let log = format!("--log-file={}/log", folder.display());
    let valgrind = cmd("valgrind")
        .args(["--tool=callgrind", "--separate-threads=yes", &out, &log])
        .env("GLIBC_TUNABLES", WITHOUT_REP);
    let program = run.configured(valgrind.arg(run.binary), 1);
    let server = Server::launch(program, PUBLIC, Stdio::null())?;
    send(&server, endpoint, requests)?;
    signal(server.id(), "TERM")?;
    wait_until(STOP_TIMEOUT, "callgrind writes its counts", || {
        Ok(fs::read_to_string(folder.join("log"))?.contains("Collected :"))
    })?;
    drop(server);
    count(&folder)
}

/// Sends the same request on one connection, one after the other.
fn send(server: &Server, endpoint: &Endpoint, requests: u64) -> Result<()> {
    let request = endpoint.request();
    let mut connection = Connection::open(server.address())?;
    for _ in 0..requests {
        connection.send(request.as_bytes())?;
        let response = connection.response()?.context("the connection ended")?;
        let status = response.status;
        ensure!(status < 300, "{} returns {status}", endpoint.path);
    }
    Ok(())
}

/// Adds the counts of the threads that did not run SQLite; each has a file.
fn count(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_name() == "log" {
            continue;
        }
        sum += thread(&fs::read_to_string(file.path())?).unwrap_or(0);
    }
    ensure!(sum > 0, "callgrind counted nothing");
    Ok(sum)
}

/// Returns the instructions of a thread, none for one that ran SQLite.
fn thread(file: &str) -> Option<u64> {
    if file.contains(DATABASE) {
        return None;
    }
    let totals = file.lines().find_map(|line| line.strip_prefix("totals:"));
    totals?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_of_sqlite_are_left_out() {
        let file = |function| format!("version: 1\nfn=(1) {function}\n7 12\n\ntotals: 120\n");
        assert_eq!(thread(&file("main")), Some(120));
        assert_eq!(thread(&file("sqlite3VdbeExec")), None);
        assert_eq!(thread("version: 1\n"), None);
    }
}
