//! A minimal HTTP client for servers on this machine: one GET on a connection of its own.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a server may take to respond.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Returns the status of `GET path`. Each of `headers` is a line such as `Authorization: Bearer …`.
pub(crate) fn get(address: SocketAddr, path: &str, headers: &[String]) -> io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    // The status line is at the beginning; the rest is read, so that the server can end the connection.
    stream.take(64 << 20).read_to_end(&mut bytes)?;
    let status = bytes
        .get(9..12)
        .and_then(|it| std::str::from_utf8(it).ok()?.parse().ok());
    match status {
        Some(status) if bytes.starts_with(b"HTTP/1.") => Ok(status),
        _ => Err(io::Error::other("the response has no HTTP status line")),
    }
}

/// Returns the status of `GET path`.
pub(crate) fn status(address: SocketAddr, path: &str) -> io::Result<u16> {
    get(address, path, &[])
}
