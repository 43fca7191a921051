//! What a rate limit admits that replicas share.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::fleet::Fleet;
use crate::{conduit::PUBLIC, http};

/// The quota: requests in a window of seconds.
pub(super) const REQUESTS: &str = "50";
pub(super) const WINDOW: &str = "5";
const BURST: u64 = 50;
const RESTORED_IN: Duration = Duration::from_secs(5);

/// Clients that send requests without a pause.
const CLIENTS: usize = 4;

/// Requests of the check itself that are admitted besides those of the clients: a replica that starts is asked until it responds.
const STARTS: u64 = 3;

/// Sends requests to all replicas in turn while `change` runs, and compares the number of those that are admitted with what the
/// generic cell rate algorithm admits: the whole quota at once, then one request for each interval.
pub(super) fn admitted_while(
    fleet: &Fleet<'_>,
    change: impl FnOnce() -> Result<()>,
) -> Result<String> {
    // The requests of the start count as well.
    thread::sleep(RESTORED_IN);
    let (admitted, rejected) = (AtomicU64::new(0), AtomicU64::new(0));
    let is_over = AtomicBool::new(false);
    let begin = Instant::now();
    let changed = thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let status = fleet.next().map(|replica| http::status(replica, PUBLIC));
                    match status {
                        Some(Ok(200)) => admitted.fetch_add(1, Ordering::Relaxed),
                        Some(Ok(429)) => rejected.fetch_add(1, Ordering::Relaxed),
                        // A replica that was killed.
                        _ => 0,
                    };
                }
            });
        }
        let changed = change();
        is_over.store(true, Ordering::Relaxed);
        changed
    });
    let seconds = begin.elapsed().as_secs_f64();
    changed?;
    let (admitted, rejected) = (admitted.into_inner(), rejected.into_inner());
    let restored = seconds * BURST as f64 / RESTORED_IN.as_secs_f64();
    let most = BURST as f64 + restored;
    let report = format!(
        "a limit of {REQUESTS} requests in {WINDOW} s admitted {admitted} in {seconds:.1} s, of at most {most:.0}, and rejected {rejected}"
    );
    ensure!(rejected > admitted, "{report}: too few requests were sent");
    ensure!(admitted as f64 <= most, "{report}: too many");
    // A request that a replica had admitted when it was killed has no response.
    let least = most - (STARTS + CLIENTS as u64) as f64;
    ensure!(admitted as f64 >= least, "{report}: too few");
    Ok(report)
}
