//! The files this process may have open, and how many the limits allow clients to open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{ops, settings::Settings};

/// Files that the process itself has open, and some for handlers.
const OWN: u64 = 128;

/// Files of each worker thread.
const PER_WORKER: u64 = 4;

/// Returns how many files the limits need.
pub(super) fn needed(settings: &Settings) -> u64 {
    let http = settings.http();
    let ops = settings.ops().bind.map_or(0, |_| ops::MAX_CONNECTIONS);
    (http.connections() + ops) as u64 + http.worker_count() as u64 * PER_WORKER + OWN
}

/// Returns how many files this process may have open; nothing if there is no limit.
pub(super) fn allowed() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Raises the limit of this process to what is needed, as far as it may. Returns what is missing then.
pub(super) fn raise(needed: u64) -> Option<String> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current.filter(|current| *current < needed)?;
    let wanted = maximum.map_or(needed, |maximum| maximum.min(needed));
    let raised = Rlimit {
        current: Some(wanted),
        maximum,
    };
    let allowed = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => current,
    };
    (allowed < needed).then(|| {
        format!(
            "the limits let clients and the server open {needed} files, and this process may open {allowed}: then no \
             connection is accepted until one is closed; lower http.max_connections, or raise the limit (ulimit -n, \
             LimitNOFILE of systemd, nofile of a container)"
        )
    })
}
