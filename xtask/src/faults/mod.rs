//! `cargo xtask faults`: faults around the built server that take nginx or another clock, one line each. No request may be
//! lost, and no client may get the response of another.
//!
//! Faults that need nothing installed are in `crates/app/tests/it/faults`.

mod clock;
mod load;
mod nginx;
mod restart;
mod smuggling;

use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_purlin::process::Cmd;

use crate::{
    programs::GREETINGS_KEY,
    run::{empty_folder, log_file, need, need_with},
    server::{self, Server},
};

/// The server and the folder for logs.
struct Setup {
    binary: PathBuf,
    folder: PathBuf,
}

/// Causes a fault and reports what happened.
type Fault = fn(&Setup) -> Result<String>;

const FAULTS: &[Fault] = &[
    restart::killed,
    restart::stopped,
    smuggling::smuggled,
    clock::stepped,
];

/// Installs what is missing and causes every fault.
pub(crate) fn faults() -> Result<()> {
    need_with("nginx", "-v", "nginx-light")?;
    need("faketime", "faketime")?;
    let setup = Setup {
        binary: server::build("dev")?,
        folder: empty_folder("faults")?,
    };
    eprintln!();
    for fault in FAULTS {
        eprintln!("{}", fault(&setup)?);
    }
    Ok(())
}

impl Setup {
    /// Returns the greetings with an access log in JSON, without further settings.
    fn greetings(&self) -> Cmd {
        server::configured(&self.binary, 2)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
            .env("PURLIN_LOG__FORMAT", "json")
            .env("PURLIN_LOG__LEVEL", "warn,purlin::access=info")
    }

    /// Starts a server that logs to a file.
    fn start(&self, greetings: Cmd, log: &Path) -> Result<Server> {
        Server::launch(greetings, "/", log_file(log)?)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }
}
