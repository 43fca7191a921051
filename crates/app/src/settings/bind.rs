//! The setting `http.bind`: an address and port, a Unix socket, or the sockets that systemd has opened.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

const UNIX: &str = "unix:";
const SYSTEMD: &str = "systemd";

/// The longest path of a Unix socket in bytes: systems allow 104 to 108, and the socket is first created under a name that
/// is four bytes longer.
const LONGEST_PATH: usize = 99;

/// Where the server listens: the value of `http.bind`.
///
/// ```
/// use purlin_app::Bind;
///
/// assert_eq!("[::1]:80".parse(), Ok(Bind::Address(([0, 0, 0, 0, 0, 0, 0, 1], 80).into())));
/// assert_eq!("unix:/run/api.sock".parse(), Ok(Bind::Unix("/run/api.sock".into())));
/// assert_eq!("systemd".parse(), Ok(Bind::Systemd));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bind {
    /// An IP address and port.
    Address(SocketAddr),
    /// The path of a Unix socket.
    Unix(PathBuf),
    /// The sockets that systemd, or another service manager with its protocol, has opened for this process.
    Systemd,
}

impl Bind {
    /// Returns the IP address and port, unless it is a Unix socket or systemd.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Address(address) => Some(*address),
            _ => None,
        }
    }
}

impl Default for Bind {
    fn default() -> Self {
        Self::Address(SocketAddr::from((Ipv4Addr::LOCALHOST, 8000)))
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
            Self::Systemd => f.write_str(SYSTEMD),
        }
    }
}

impl FromStr for Bind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == SYSTEMD {
            return Ok(Self::Systemd);
        }
        if let Some(path) = text.strip_prefix(UNIX) {
            return unix(path).map(|path| Self::Unix(path.into()));
        }
        text.parse().map(Self::Address).map_err(|_| {
            format!(
                "expected an IP address and port such as 127.0.0.1:8000 or [::]:8000, unix:/path/of/a.sock or systemd, \
                 found `{}`",
                text.escape_debug()
            )
        })
    }
}

fn unix(path: &str) -> Result<&str, String> {
    if path.is_empty() || path.ends_with('/') || path.contains('\0') {
        return Err(format!(
            "expected the path of a socket after unix:, as in unix:/run/purlin.sock, found `{}`",
            path.escape_debug()
        ));
    }
    if path.len() > LONGEST_PATH {
        return Err(format!(
            "the path of a Unix socket may have {LONGEST_PATH} bytes, this one has {}; choose a shorter one",
            path.len()
        ));
    }
    Ok(path)
}

impl Serialize for Bind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Reads and writes permissions of a Unix socket in octal digits, as `chmod` takes them.
pub(super) mod mode {
    use super::{Deserialize, Deserializer, Error, Serializer};

    pub(in crate::settings) fn serialize<S: Serializer>(
        mode: &u32,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{mode:04o}"))
    }

    pub(in crate::settings) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        match u32::from_str_radix(&text, 8) {
            Ok(mode) if mode <= 0o777 && (3..=4).contains(&text.len()) => Ok(mode),
            _ => Err(D::Error::custom(format!(
                "expected permissions in octal digits such as \"0660\", found `{}`",
                text.escape_debug()
            ))),
        }
    }
}
