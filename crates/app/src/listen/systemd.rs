//! Sockets that were opened before this process started, as systemd does for a socket unit.

use std::{env, io};

use listenfd::ListenFd;
use thiserror::Error;

use super::{Socket, SocketAddress};

/// The variable with the number of sockets; read here for a better error message.
const COUNT: &str = "LISTEN_FDS";

/// The largest number of sockets; more are an error.
const MAXIMUM: usize = 64;

/// The first passed descriptor.
const FIRST: usize = 3;

/// Why there are no sockets to listen on.
#[derive(Debug, Error)]
pub(super) enum InheritError {
    #[error(
        "systemd has passed no socket ({COUNT} is not set); start the service by its socket unit, or set an address"
    )]
    Nothing,
    #[error("{COUNT} is `{0}`; expected the number of passed sockets, 1 to {MAXIMUM}")]
    Count(String),
    #[error(
        "the sockets that systemd has passed are not for this process (LISTEN_PID); start the server directly, not by \
         a wrapper"
    )]
    Others,
    #[error(
        "descriptor {0} that systemd has passed is not a stream socket ({1}); use ListenStream= in the socket unit, and \
         remove Accept="
    )]
    Kind(usize, io::Error),
}

/// Takes all sockets.
pub(super) fn take() -> Result<Vec<(Socket, SocketAddress)>, InheritError> {
    let count = env::var(COUNT).map_err(|_| InheritError::Nothing)?;
    match count.parse() {
        Ok(1..=MAXIMUM) => {}
        _ => return Err(InheritError::Count(count.escape_debug().to_string())),
    }
    let mut passed = ListenFd::from_env();
    let taken: Vec<_> = (0..passed.len())
        .map(|index| {
            one(&mut passed, index).map_err(|error| InheritError::Kind(FIRST + index, error))
        })
        .collect::<Result<_, _>>()?;
    match taken.is_empty() {
        true => Err(InheritError::Others),
        false => Ok(taken),
    }
}

fn one(passed: &mut ListenFd, index: usize) -> io::Result<(Socket, SocketAddress)> {
    if let Ok(Some(socket)) = passed.take_unix_listener(index) {
        let address = socket.local_addr()?;
        let address = SocketAddress::Path(address.as_pathname().map(Into::into));
        return Ok((Socket::Unix(socket), address));
    }
    match passed.take_tcp_listener(index)? {
        Some(socket) => {
            let address = SocketAddress::Address(socket.local_addr()?);
            Ok((Socket::Tcp(socket), address))
        }
        None => Err(io::ErrorKind::NotFound.into()),
    }
}
