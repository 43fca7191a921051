//! Sockets that were opened for this process before it began, as systemd does for a socket unit.

use std::{env, io};

use listenfd::ListenFd;
use thiserror::Error;

use super::{Place, Socket};

/// How many sockets are passed; read here to say what is wrong with it.
const COUNT: &str = "LISTEN_FDS";

/// The most sockets that are taken: more are a slip.
const MOST: usize = 64;

/// The first descriptor that is passed.
const FIRST: usize = 3;

/// Why there is nothing to listen on.
#[derive(Debug, Error)]
pub(super) enum InheritError {
    #[error(
        "systemd has passed no socket ({COUNT} is not set); start the service by its socket unit, or set an address"
    )]
    Nothing,
    #[error("{COUNT} is `{0}`; expected how many sockets are passed, 1 to {MOST}")]
    Count(String),
    #[error(
        "the sockets that systemd has passed are not for this process (LISTEN_PID); start the server itself, not \
         something that starts it"
    )]
    Others,
    #[error(
        "descriptor {0} that systemd has passed is no stream socket ({1}); use ListenStream= in the socket unit, and \
         leave Accept= out"
    )]
    Kind(usize, io::Error),
}

/// Takes all the sockets.
pub(super) fn take() -> Result<Vec<(Socket, Place)>, InheritError> {
    let count = env::var(COUNT).map_err(|_| InheritError::Nothing)?;
    match count.parse() {
        Ok(1..=MOST) => {}
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

fn one(passed: &mut ListenFd, index: usize) -> io::Result<(Socket, Place)> {
    if let Ok(Some(socket)) = passed.take_unix_listener(index) {
        let address = socket.local_addr()?;
        let place = Place::Path(address.as_pathname().map(Into::into));
        return Ok((Socket::Unix(socket), place));
    }
    match passed.take_tcp_listener(index)? {
        Some(socket) => {
            let place = Place::Address(socket.local_addr()?);
            Ok((Socket::Tcp(socket), place))
        }
        None => Err(io::ErrorKind::NotFound.into()),
    }
}
