//! Instructions of a whole server, counted by callgrind.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use super::measure::total;
use crate::{
    http::Connection,
    run::{cmd, root, wait_until},
    server::{Server, signal},
};

/// How long a server under callgrind may take to stop.
pub(super) const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes glibc clear and copy with vector instructions. Otherwise it takes `rep stosb` from 2 KB on, which callgrind counts as
/// one instruction for each byte: actix-http clears a list of 3 KB two or three times for each request.
pub(super) const WITHOUT_REP: &str =
    "glibc.cpu.x86_rep_stosb_threshold=1000000:glibc.cpu.x86_rep_movsb_threshold=1000000";

/// Runs a server under callgrind and returns its instructions, from its start to its end. `name` names the file in
/// `target/callgrind` with the profile, for callgrind_annotate. `configure` adds settings; `send` sends requests.
pub(super) fn collected(
    program: &Path,
    name: &str,
    configure: impl FnOnce(Cmd) -> Cmd,
    send: impl FnOnce(&mut Connection) -> Result<()>,
) -> Result<u64> {
    let folder = root().join("target/callgrind");
    fs::create_dir_all(&folder)?;
    let log = folder.join(format!("{name}.log"));
    // The total of an earlier run must not be taken for that of this one.
    fs::write(&log, "")?;
    let valgrind = cmd("valgrind")
        .arg("--tool=callgrind")
        .arg(option("--callgrind-out-file=", &profile(&folder, name)))
        .arg(option("--log-file=", &log))
        .env("GLIBC_TUNABLES", WITHOUT_REP);
    let server = Server::launch(configure(valgrind.arg(program)), "/", Stdio::null())?;
    send(&mut Connection::open(server.address())?)?;
    signal(server.id(), "TERM")?;
    let mut count = None;
    wait_until(STOP_TIMEOUT, "callgrind writes its total", || {
        count = total(&fs::read_to_string(&log)?);
        Ok(count.is_some())
    })?;
    count.context("callgrind wrote no total")
}

/// Sends a request several times, one after the other, and checks the status of each response.
pub(super) fn repeat(
    connection: &mut Connection,
    request: &[u8],
    status: u16,
    times: u64,
) -> Result<()> {
    for _ in 0..times {
        connection.send(request)?;
        let response = connection.response()?.context("the connection ended")?;
        ensure!(
            response.status == status,
            "the status is {}",
            response.status
        );
    }
    Ok(())
}

fn profile(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.out"))
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}
