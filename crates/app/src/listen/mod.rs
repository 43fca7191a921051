//! Listening sockets: an IP address, a Unix socket, or sockets that systemd has opened.
//!
//! [`Listen::prepare`] reports what is wrong with the settings and their files before anything starts; [`Listen::open`] opens
//! the sockets once everything else is ready.

mod error;
mod listeners;
mod socket_file;
mod systemd;
#[cfg(feature = "tls")]
mod tls;

use std::{
    io::{self, Write},
    mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    os::{fd::OwnedFd, unix::net::UnixListener},
    path::PathBuf,
    sync::Arc,
};

use actix_web::rt::net::TcpSocket;
#[cfg(target_os = "linux")]
use socket2::SockRef;

use crate::{
    logging::AccessLogger,
    settings::{Bind, Settings, SettingsError},
};

pub(crate) use error::{ListenError, cannot_listen};
pub(crate) use listeners::ListenerHandles;
use socket_file::SocketFile;
#[cfg(feature = "tls")]
pub(crate) use tls::{Facts, Handshake};

/// The length of the backlog, which is the default limit of Linux. The standard library uses 128, and a connection beyond that
/// in a burst waits for a second or more until its client tries again.
const BACKLOG: u32 = 4096;

/// Bytes of responses that the system takes per connection before they can be sent. A write waits until they are fewer, so that
/// a client on the slowest of networks is not mistaken for one that receives nothing.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 32 * 1024;

/// Returns when the certificate of the server expires, in seconds since the Unix epoch.
pub(crate) type CertificateExpiry = Arc<dyn Fn() -> Option<u64> + Send + Sync>;

/// A socket with its protocol.
pub(crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(feature = "tls")]
    Tls(TcpListener, Box<Handshake>),
    Unix(UnixListener),
}

/// The address of a socket.
#[derive(Clone, Debug)]
enum SocketAddress {
    Address(SocketAddr),
    /// A Unix socket, which may have no path.
    Path(Option<PathBuf>),
}

/// The sockets to open.
pub(crate) struct Listen {
    bind: Bind,
    mode: u32,
    /// The sockets that systemd has opened.
    inherited: Vec<(Socket, SocketAddress)>,
    #[cfg(feature = "tls")]
    tls: Option<tls::Tls>,
}

/// The open sockets.
pub(crate) struct Listening {
    sockets: Vec<Socket>,
    addresses: Vec<SocketAddress>,
    is_inherited: bool,
    scheme: &'static str,
    /// Removes the file of the Unix socket at the end.
    _file: Option<SocketFile>,
}

impl Listen {
    /// Checks the settings and their files, and takes the sockets of systemd.
    pub(crate) fn prepare(settings: &Settings) -> Result<Self, Vec<SettingsError>> {
        let http = settings.http();
        if let Some(error) = shared_address(settings) {
            return Err(vec![error]);
        }
        let inherited = match http.bind {
            Bind::Systemd => systemd::take()
                .map_err(|error| vec![settings.error_at("http.bind", &error.to_string())])?,
            _ => Vec::new(),
        };
        Ok(Self {
            bind: http.bind.clone(),
            mode: http.socket_mode,
            #[cfg(feature = "tls")]
            tls: tls::Tls::prepare(settings, &inherited)?,
            inherited,
        })
    }

    /// Returns a function that returns when the certificate in use expires; nothing without TLS.
    pub(crate) fn certificate_expiry(&self) -> Option<CertificateExpiry> {
        #[cfg(feature = "tls")]
        let expiry = self.tls.as_ref().map(tls::Tls::expiry);
        #[cfg(not(feature = "tls"))]
        let expiry = None;
        expiry
    }

    /// Opens the sockets. From here on the system establishes connections.
    pub(crate) async fn open(self) -> Result<Listening, ListenError> {
        let is_inherited = self.bind == Bind::Systemd;
        let (opened, file) = match self.bind {
            Bind::Address(address) => (vec![open(address)?], None),
            Bind::Unix(path) => {
                let (socket, file) = socket_file::open(&path, self.mode).await?;
                let address = SocketAddress::Path(Some(path));
                (vec![(Socket::Unix(socket), address)], Some(file))
            }
            Bind::Systemd => {
                for (socket, address) in &self.inherited {
                    if let (Socket::Tcp(socket), SocketAddress::Address(address)) =
                        (socket, address)
                    {
                        limit_unsent(socket)
                            .map_err(|error| ListenError::address(*address, error))?;
                    }
                }
                (self.inherited, None)
            }
        };
        let (sockets, addresses) = opened.into_iter().unzip();
        let listening = Listening {
            sockets,
            addresses,
            is_inherited,
            scheme: "http",
            _file: file,
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            return Ok(listening.encrypted(tls));
        }
        Ok(listening)
    }
}

/// Reports an API and an operations port with the same address. Port 0 takes another port for each.
fn shared_address(settings: &Settings) -> Option<SettingsError> {
    let address = settings.http().bind.address()?;
    let is_shared = settings.ops().bind == Some(address) && address.port() != 0;
    is_shared.then(|| {
        let message = format!(
            "the setting ops.bind has the same address, {address}; choose another one for either of them, or set ops.bind \
             to off"
        );
        settings.error_at("http.bind", &message)
    })
}

fn open(address: SocketAddr) -> Result<(Socket, SocketAddress), ListenError> {
    let listen_error = |error| ListenError::address(address, error);
    let socket = listen(address).map_err(listen_error)?;
    let address = socket.local_addr().map_err(listen_error)?;
    Ok((Socket::Tcp(socket), SocketAddress::Address(address)))
}

/// Listens on an address.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // As the standard library does: connections to a previous server in TIME_WAIT do not prevent listening.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let socket = socket.listen(BACKLOG)?.into_std()?;
    limit_unsent(&socket)?;
    Ok(socket)
}

/// Limits what the system holds of a response that its client does not receive, on every connection that is accepted from here
/// on: the part that cannot be sent yet stays in the process, which holds a piece of it at a time (`TCP_NOTSENT_LOWAT`).
#[cfg(target_os = "linux")]
fn limit_unsent(socket: &TcpListener) -> io::Result<()> {
    SockRef::from(socket).set_tcp_notsent_lowat(UNSENT)
}

#[cfg(not(target_os = "linux"))]
fn limit_unsent(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

impl Socket {
    /// Duplicates the handle of the socket.
    fn duplicate(&self) -> io::Result<OwnedFd> {
        match self {
            Self::Tcp(socket) => socket.try_clone().map(OwnedFd::from),
            #[cfg(feature = "tls")]
            Self::Tls(socket, _) => socket.try_clone().map(OwnedFd::from),
            Self::Unix(socket) => socket.try_clone().map(OwnedFd::from),
        }
    }
}

impl Listening {
    /// Returns handles to the sockets that are closed before the server stops. Those of systemd are not: it keeps listening.
    pub(crate) fn handles(&self, log: &AccessLogger) -> io::Result<ListenerHandles> {
        let ours = self.sockets.iter().filter(|_| !self.is_inherited);
        Ok(ListenerHandles {
            sockets: ours.map(Socket::duplicate).collect::<io::Result<_>>()?,
            log: log.clone(),
        })
    }

    /// Takes the sockets, for the server to accept connections on.
    pub(crate) fn take_sockets(&mut self) -> Vec<Socket> {
        mem::take(&mut self.sockets)
    }

    /// Adds TLS, whose certificates are renewed from here on.
    #[cfg(feature = "tls")]
    fn encrypted(mut self, tls: tls::Tls) -> Self {
        let encrypt = |socket| match socket {
            Socket::Tcp(socket) => Socket::Tls(socket, Box::new(tls.handshake())),
            other => other,
        };
        self.sockets = self.sockets.into_iter().map(encrypt).collect();
        self.scheme = "https";
        tls.renew();
        self
    }

    /// Returns the URL of the server, without a final slash.
    pub(crate) fn base_url(&self) -> String {
        match self.addresses.first() {
            Some(SocketAddress::Address(address)) => base_url(self.scheme, *address),
            _ => "http://localhost".to_owned(),
        }
    }

    /// Prints the addresses of sockets that the URLs do not show.
    pub(crate) fn greet(&self, out: &mut impl Write) -> io::Result<()> {
        for address in &self.addresses {
            match address {
                SocketAddress::Address(address) if self.is_inherited => {
                    writeln!(out, "Listening on {address}, opened by systemd")?;
                }
                SocketAddress::Address(_) => {}
                SocketAddress::Path(path) => {
                    let path = path.as_deref().map(|path| path.display().to_string());
                    let path = path.as_deref().unwrap_or("an unnamed socket");
                    let by = if self.is_inherited {
                        ", opened by systemd"
                    } else {
                        ""
                    };
                    let curl = "curl --unix-socket";
                    writeln!(
                        out,
                        "Listening on unix:{path}{by}: {curl} {path} {}/",
                        self.base_url()
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// Returns a URL that can be opened on this machine; the unspecified address is replaced by the loopback address.
pub(crate) fn base_url(scheme: &str, mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let host = match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    match (scheme, address.port()) {
        ("http", 80) | ("https", 443) => format!("{scheme}://{host}"),
        (_, port) => format!("{scheme}://{host}:{port}"),
    }
}
