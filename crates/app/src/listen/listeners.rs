//! Closes the listening sockets before the server stops: new connections are refused, and none that was established is lost.
//!
//! Closing a listening socket resets the connections in its backlog, and a stopping actix-server drops those that no worker has
//! read from yet. The client then cannot know whether its request was processed, and a proxy does not retry a POST. A refused
//! connection is retried.

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

/// How long to wait for connections in the backlog, which are usually accepted at once.
const BACKLOG_TIMEOUT: Duration = Duration::from_secs(1);

/// The interval at which the backlog is polled.
const INTERVAL: Duration = Duration::from_millis(1);

/// How long workers may take to read from connections that were handed to them.
const SETTLING: Duration = Duration::from_millis(250);

/// Duplicates of the listening sockets.
pub(crate) struct ListenerHandles {
    pub(super) sockets: Vec<OwnedFd>,
    pub(super) log: AccessLogger,
}

impl ListenerHandles {
    /// Makes the system refuse new connections, and waits until established ones have been read from.
    pub(crate) async fn close(self) {
        self.log.connections_are_refused();
        for socket in &self.sockets {
            let begin = Instant::now();
            while has_backlog(socket) && begin.elapsed() < BACKLOG_TIMEOUT {
                sleep(INTERVAL).await;
            }
            // Directly after the poll, so that no connection arrives in between. On systems without this call the sockets
            // are closed when the server stops.
            let _ = shutdown(socket, Shutdown::Read);
        }
        sleep(SETTLING).await;
    }
}

/// Returns whether connections wait in the backlog; one poll that finds none is enough.
fn has_backlog(socket: &OwnedFd) -> bool {
    const POLLS: usize = 100;
    let is_ready = || -> io::Result<bool> {
        let mut sockets = [PollFd::new(socket, PollFlags::IN)];
        Ok(poll(&mut sockets, Some(&Timespec::default()))? > 0)
    };
    (0..POLLS).all(|_| is_ready().unwrap_or(false))
}
