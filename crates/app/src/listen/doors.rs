//! The end of listening: from one moment on the system refuses connections, and none that it took before is lost.
//!
//! Closing a listening socket resets the connections that wait in it to be taken, and actix-server, told to stop, drops
//! those that a worker has not got to yet. A client behind them may not know whether its request was read, and a proxy
//! sends no POST again then. One whose connection is refused does.

use std::{
    io,
    os::fd::OwnedFd,
    time::{Duration, Instant},
};

use actix_web::rt::time::sleep;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    net::{Shutdown, shutdown},
};

use crate::logging::AccessLogger;

/// How long connections that wait are waited for. They are taken as they come, so it is rarely long.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two looks at them.
const PAUSE: Duration = Duration::from_millis(1);

/// How long workers may take to get to what was handed to them.
const SETTLING: Duration = Duration::from_millis(250);

/// The listening sockets, once more.
pub(crate) struct Doors {
    pub(super) sockets: Vec<OwnedFd>,
    pub(super) log: AccessLogger,
}

impl Doors {
    /// Has new connections refused, and gives those that are there time to be read.
    pub(crate) async fn close(self) {
        self.log.connections_are_refused();
        for door in &self.sockets {
            let begin = Instant::now();
            while somebody_waits(door) && begin.elapsed() < PATIENCE {
                sleep(PAUSE).await;
            }
            // Right behind the look, so that nobody comes in between. Where the system has no such thing, the sockets
            // are closed in the end.
            let _ = shutdown(door, Shutdown::Read);
        }
        sleep(SETTLING).await;
    }
}

/// Whether a connection waits to be taken, whenever one looks; a moment in which none does is enough.
fn somebody_waits(door: &OwnedFd) -> bool {
    const LOOKS: usize = 100;
    let is_ready = || -> io::Result<bool> {
        let mut doors = [PollFd::new(door, PollFlags::IN)];
        Ok(poll(&mut doors, Some(&Timespec::default()))? > 0)
    };
    (0..LOOKS).all(|_| is_ready().unwrap_or(false))
}
