//! A server on a free port, and a connection that sends raw bytes.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, rt::System, web::ServiceConfig};

/// Starts a server with one worker, which runs until the process ends.
pub(crate) fn serve(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(configure.clone()))
                .workers(1)
                .bind(("127.0.0.1", 0))
                .expect("a free port");
            sender.send(server.addrs()[0]).expect("the test waits");
            server.run().await.expect("the server runs");
        });
    });
    receiver.recv().expect("the server starts")
}

pub(crate) struct RawResponse {
    pub(crate) status: u16,
    /// The status line and the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl RawResponse {
    /// Returns whether the server closes the connection.
    pub(crate) fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        Self(stream)
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> RawResponse {
        self.write(request);
        self.read()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server reads");
    }

    /// Reads a response whose body has a `Content-Length`, or none.
    pub(crate) fn read(&mut self) -> RawResponse {
        let head = self.read_until("\r\n\r\n").to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a whole body");
        let status = head[9..12].parse().expect("a status");
        RawResponse { status, head, body }
    }

    /// Reads to the end of the connection.
    pub(crate) fn read_to_end(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("the connection ends");
        rest
    }

    /// Reads up to and including `end`.
    pub(crate) fn read_until(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("more bytes");
            read.push(byte[0]);
        }
        String::from_utf8(read).expect("text in UTF-8")
    }
}
