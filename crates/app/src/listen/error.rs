//! Why the server cannot listen, and what to do.

use std::{borrow::Cow, io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

/// The settings that select the address.
const SETTING: &str = "--bind or the setting http.bind";

/// Why the server cannot listen.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    #[error("{0}")]
    Address(String),
    #[error("cannot listen on unix:{}: another server responds there; stop it, or choose another path with {SETTING}", .0.display())]
    InUse(PathBuf),
    #[error("cannot listen on unix:{}: there is a file that is not a socket; remove it, or choose another path with {SETTING}", .0.display())]
    NoSocket(PathBuf),
    #[error("cannot listen on unix:{}: another process has locked the folder; start again when it is done", .0.display())]
    Locked(PathBuf),
    #[error("cannot listen on unix:{}: {error}; {}", .path.display(), remedy_for_path(error))]
    Path { path: PathBuf, error: io::Error },
    #[error("cannot accept connections: {0}")]
    Accept(io::Error),
}

impl ListenError {
    pub(super) fn address(address: SocketAddr, error: io::Error) -> Self {
        Self::Address(cannot_listen(address, SETTING, &error))
    }
}

fn remedy_for_path(error: &io::Error) -> Cow<'static, str> {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "the folder of the socket does not exist; create it, as systemd does for RuntimeDirectory=".into()
        }
        io::ErrorKind::PermissionDenied => {
            "allow this user to write to the folder of the socket and to connect to an existing socket".into()
        }
        _ => format!("choose another path with {SETTING}").into(),
    }
}

/// Formats why an address cannot be listened on; `setting` selects the address.
pub(crate) fn cannot_listen(bind: SocketAddr, setting: &str, error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "something else listens there; stop it, or choose another port (0 takes a free one) with {setting}"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("this user may not listen there; choose a port from 1024 up with {setting}")
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; use 0.0.0.0 or [::] to listen on all addresses"
                .to_owned()
        }
        _ => format!("choose another address with {setting}"),
    };
    format!("cannot listen on {bind}: {error}; {remedy}")
}
