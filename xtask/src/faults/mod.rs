//! `cargo xtask faults`: what happens around the built server that no test of a crate can stage, behind nginx and with a
//! clock that jumps. One line a fault; nothing may be lost, and nobody may be answered what is another's.
//!
//! Faults that need nothing installed are in `crates/app/tests/it/faults`.

mod clock;
mod load;
mod nginx;
mod restart;
mod smuggling;

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    ours::GREETINGS_KEY,
    run::{Failure, Outcome, Run, need, need_as, root},
    server::{self, Server},
};

/// What is needed to start a server, and where it may write.
struct Place {
    binary: PathBuf,
    folder: PathBuf,
}

/// What a fault came to, in words.
type Fault = fn(&Place) -> Outcome<String>;

const FAULTS: &[Fault] = &[
    restart::killed,
    restart::stopped,
    smuggling::smuggled,
    clock::stepped,
];

/// Installs what is absent and stages every fault.
pub(crate) fn faults() -> Outcome {
    need_as("nginx", "-v", "nginx-light")?;
    need("faketime", "faketime")?;
    let place = Place {
        binary: server::build("dev")?,
        folder: root().join("target/faults"),
    };
    if place.folder.exists() {
        fs::remove_dir_all(&place.folder).map_err(Failure::file(&place.folder))?;
    }
    fs::create_dir_all(&place.folder).map_err(Failure::file(&place.folder))?;
    eprintln!();
    for fault in FAULTS {
        eprintln!("{}", fault(&place)?);
    }
    Ok(())
}

impl Place {
    /// The greetings with a line of JSON a request in their log, to be given more settings.
    fn greetings(&self) -> Run {
        server::configured(&self.binary, 2)
            .env("PURLIN_GREETINGS__API_KEYS__PARITY", GREETINGS_KEY)
            .env("PURLIN_LOG__FORMAT", "json")
            .env("PURLIN_LOG__LEVEL", "warn,purlin::access=info")
    }

    /// Starts a server that logs to a file of the folder.
    fn start(&self, greetings: Run, log: &Path) -> Outcome<Server> {
        let file = File::create(log).map_err(Failure::file(log))?;
        Server::launch(greetings, "/", Stdio::from(file))
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }
}

/// Where a started server listens.
fn address_of(server: &Server) -> Outcome<SocketAddr> {
    server
        .address()
        .ok_or_else(|| Failure::said("the server told no address"))
}

fn read(log: &Path) -> Outcome<String> {
    fs::read_to_string(log).map_err(Failure::file(log))
}
