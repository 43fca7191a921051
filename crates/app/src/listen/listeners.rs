//! Closes the listening sockets before the server stops: new connections are refused, and none that was established is lost.
//!
//! Closing a listening socket resets the connections in its backlog, and a stopping actix-server drops those that no worker has
//! read from yet. The client then cannot know whether its request was processed, and a proxy does not retry a POST. A refused
//! connection is retried.
//!
//! Between the moment the backlog is found empty and the one in which the socket is closed, another connection can be
//! established, which is reset. So on Linux a packet filter on the socket first drops requests for new connections: their
//! clients repeat them after a second, and are refused then.

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
#[cfg(target_os = "linux")]
use socket2::{Protocol, SockFilter, SockRef};

use crate::logging::AccessLogger;

/// How long to wait for connections in the backlog, which are usually accepted at once.
const BACKLOG_TIMEOUT: Duration = Duration::from_secs(1);

/// How long handshakes that have begun may take to reach the backlog. Those that take longer are reset.
const HANDSHAKES: Duration = Duration::from_millis(20);

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
            ignore_new_connections(socket);
        }
        sleep(HANDSHAKES).await;
        for socket in &self.sockets {
            let begin = Instant::now();
            while has_backlog(socket) && begin.elapsed() < BACKLOG_TIMEOUT {
                sleep(INTERVAL).await;
            }
            // On systems without this call the sockets are closed when the server stops.
            let _ = shutdown(socket, Shutdown::Read);
        }
        sleep(SETTLING).await;
    }
}

/// Makes the system drop requests for new connections (packets with SYN) on a listening TCP socket, but nothing that belongs to
/// a connection. Where that is not supported, such as on Unix sockets, which need no handshake, nothing changes.
#[cfg(target_os = "linux")]
fn ignore_new_connections(socket: &OwnedFd) {
    /// The classic BPF instructions that are used, by their names in `linux/filter.h`.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_ANY: u16 = 0x45;
    const RETURN: u16 = 0x06;
    /// Where the flags are in a TCP header, and the one of new connections (RFC 9293 section 3.1).
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    let filter = [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_ANY, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ];
    let socket = SockRef::from(socket);
    let is_tcp = socket
        .protocol()
        .is_ok_and(|protocol| protocol == Some(Protocol::TCP));
    if is_tcp {
        let _ = socket.attach_filter(&filter);
    }
}

#[cfg(not(target_os = "linux"))]
fn ignore_new_connections(_: &OwnedFd) {}

/// Returns whether connections wait in the backlog; one poll that finds none is enough.
fn has_backlog(socket: &OwnedFd) -> bool {
    const POLLS: usize = 100;
    let is_ready = || -> io::Result<bool> {
        let mut sockets = [PollFd::new(socket, PollFlags::IN)];
        Ok(poll(&mut sockets, Some(&Timespec::default()))? > 0)
    };
    (0..POLLS).all(|_| is_ready().unwrap_or(false))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[test]
    fn no_connection_is_established_while_the_backlog_is_emptied() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let address = listener.local_addr().unwrap();
            let mut waiting = TcpStream::connect(address).unwrap();
            let socket = OwnedFd::from(listener.try_clone().unwrap());

            ignore_new_connections(&socket);

            let late = TcpStream::connect_timeout(&address, Duration::from_millis(200));
            assert_eq!(late.unwrap_err().kind(), io::ErrorKind::TimedOut);
            let (mut accepted, _) = listener.accept().unwrap();
            waiting.write_all(b"request").unwrap();
            let mut request = [0; 7];
            accepted.read_exact(&mut request).unwrap();
            assert_eq!(&request, b"request");
            assert!(!has_backlog(&socket));
        }
    }
}
