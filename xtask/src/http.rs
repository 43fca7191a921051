//! A minimal HTTP client for servers on this machine. It sends the bytes of a request unchanged, which checks with invalid
//! requests need and client libraries do not allow.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The header fields in their order, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Returns the first value of a header field; `name` is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Returns the status code of `GET path`.
pub(crate) fn status(address: SocketAddr, path: &str) -> io::Result<u16> {
    get(address, path).map(|response| response.status)
}

/// Returns the response to `GET path`.
pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<Response> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    exchange(address, request.as_bytes())
}

/// Sends the bytes of a request with `Connection: close` and returns the response.
pub(crate) fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_nodelay(true)?;
    // One write: a server may respond and close the connection after the first packet.
    stream.write_all(request)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the response has no HTTP status line",
        )
    })
}

/// A persistent connection.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Returns the next response, or none at the end of the connection.
    pub(crate) fn response(&mut self) -> io::Result<Option<Response>> {
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if self.0.read_until(b'\n', &mut bytes)? == 0 {
                return if bytes.is_empty() {
                    Ok(None)
                } else {
                    Err(cut())
                };
            }
        }
        let no_http = || io::Error::from(io::ErrorKind::InvalidData);
        let head = parse(&bytes).ok_or_else(no_http)?;
        let length = head.header("content-length");
        let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        bytes.resize(bytes.len() + length, 0);
        let begin = bytes.len() - length;
        self.0
            .read_exact(bytes.get_mut(begin..).unwrap_or_default())?;
        parse(&bytes).ok_or_else(no_http).map(Some)
    }
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = body.get(4..).unwrap_or_default();
    let chunked = headers.contains(&("transfer-encoding".to_owned(), "chunked".to_owned()));
    let body = if chunked {
        dechunked(body)?
    } else {
        body.to_owned()
    };
    Some(Response {
        status,
        headers,
        body,
    })
}

/// Decodes a chunked body (RFC 9112, section 7.1).
fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 2 + size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn status_is_read_from_the_first_line() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let _ = stream.read(&mut request).unwrap();
            stream
                .write_all(b"HTTP/1.1 418 I'm a teapot\r\n\r\n")
                .unwrap();
        });
        assert_eq!(status(address, "/").unwrap(), 418);
        server.join().unwrap();
    }

    #[test]
    fn responses_on_one_connection_are_read_one_by_one() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let responses =
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 404 No\r\n\r\nHTT";
            stream.write_all(responses).unwrap();
        });
        let mut connection = Connection::open(address).unwrap();
        assert_eq!(connection.response().unwrap().unwrap().body, b"ok");
        assert_eq!(connection.response().unwrap().unwrap().status, 404);
        assert!(connection.response().is_err());
        assert!(connection.response().unwrap().is_none());
        server.join().unwrap();
    }

    #[test]
    fn plain_and_chunked_bodies_are_read() {
        let response = parse(b"HTTP/1.1 200 OK\r\nAllow: GET\r\n\r\nbody").unwrap();
        assert_eq!(response.header("allow"), Some("GET"));
        assert_eq!(response.body, b"body");

        let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\n\r\n";
        assert_eq!(parse(chunks).unwrap().body, b"body");
        assert!(parse(b"not HTTP").is_none());
    }
}
