//! An HTTP/1.1 client that sends what it is given byte for byte, over any stream.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
};

use super::{
    DEADLINE,
    contract::{self, Sent},
};

/// A response with its whole body.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub bytes: Vec<u8>,
    /// The body as text; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Response {
    /// Returns the first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A connection that may carry several requests. Responses are compared with the document of the server.
#[derive(Debug)]
pub struct Connection<S: Read + Write = TcpStream> {
    stream: BufReader<S>,
    /// Where the server listens; none if responses are not compared.
    server: Option<SocketAddr>,
    /// The requests that have no response yet.
    sent: VecDeque<Sent>,
}

impl Connection {
    /// Connects to a server.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self::over(stream).to(address)
    }

    /// Returns a second handle of a connection on which no response is being read.
    pub fn try_clone(&self) -> Self {
        Self::over(self.stream.get_ref().try_clone().unwrap())
    }
}

impl<S: Read + Write> Connection<S> {
    /// Returns a connection over a stream. Its responses are not compared with a document, unless it is said whose.
    pub fn over(stream: S) -> Self {
        Self {
            stream: BufReader::new(stream),
            server: None,
            sent: VecDeque::new(),
        }
    }

    /// Compares responses with the document of the process that listens at an address.
    pub fn to(mut self, server: SocketAddr) -> Self {
        self.server = Some(server);
        self
    }

    /// Does not compare responses with a document, for a reason.
    pub fn unchecked(mut self, reason: &str) -> Self {
        assert!(!reason.is_empty());
        self.server = None;
        self
    }

    /// Returns the stream.
    pub fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    /// Sends bytes as they are.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.sent.extend(Sent::all_in(bytes.as_ref()));
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// Sends a GET request that keeps the connection open, and reads the response.
    pub fn get(&mut self, path: &str) -> io::Result<Response> {
        // In one piece: the kernel holds a second one back.
        self.write(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"))?;
        self.read_response()
    }

    /// Reads the response to a request whose method is not HEAD.
    pub fn read(&mut self) -> Response {
        self.read_response().unwrap()
    }

    #[track_caller]
    pub fn read_response(&mut self) -> io::Result<Response> {
        self.read_with_body(true)
    }

    /// Reads a body by its `Content-Length`, else up to the end of the connection.
    #[track_caller]
    fn read_with_body(&mut self, has_body: bool) -> io::Result<Response> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let mut response = Response {
            status: status.unwrap_or_else(|| panic!("no status: {head}")),
            head: head.trim_end().to_owned(),
            bytes: Vec::new(),
            body: String::new(),
        };
        if has_body && !matches!(response.status, 100..200 | 204 | 304) {
            match response.header("content-length") {
                Some(length) => {
                    response.bytes = vec![0; length.parse().unwrap()];
                    self.stream.read_exact(&mut response.bytes)?;
                }
                None => drop(self.stream.read_to_end(&mut response.bytes)?),
            }
        }
        response.body = String::from_utf8_lossy(&response.bytes).into_owned();
        if response.status >= 200
            && let (Some(sent), Some(server)) = (self.sent.pop_front(), self.server)
        {
            contract::check(server, &sent, &response);
        }
        Ok(response)
    }

    /// Reads what comes until the peer ends or resets the connection.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = self.stream.read_to_end(&mut bytes);
        bytes
    }
}

/// Sends one request on a connection of its own and reads the response. The lines of `head` are separated by `\n`; `Host`
/// and `Connection: close` are added.
#[track_caller]
pub fn request(address: SocketAddr, head: impl AsRef<[u8]>) -> Response {
    send(Connection::open(address), head.as_ref())
}

/// Sends a request as [`request`] does. Its response is not compared with the document, for a reason.
pub fn request_unchecked(address: SocketAddr, reason: &str, head: impl AsRef<[u8]>) -> Response {
    send(Connection::open(address).unchecked(reason), head.as_ref())
}

#[track_caller]
fn send(mut connection: Connection, head: &[u8]) -> Response {
    let mut bytes = Vec::new();
    for line in head.split(|byte| *byte == b'\n') {
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"Host: test\r\nConnection: close\r\n\r\n");
    connection.write(&bytes).unwrap();
    connection
        .read_with_body(!head.starts_with(b"HEAD "))
        .unwrap()
}

/// Sends one GET request on a connection of its own and reads the response.
pub fn get(address: SocketAddr, path: &str) -> Response {
    request(address, format!("GET {path} HTTP/1.1"))
}
