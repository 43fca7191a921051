//! The API that is called, and a connection that writes bytes as they are.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, rt::System};
use purlin_router::{
    Json, Operation, Registry,
    auth::HeaderApiKey,
    error::ErrorStyle,
    extract::{Headers, Path, Query},
    schema,
    schemas::CommaSeparated,
};

/// Somebody to be greeted.
#[schema]
pub(crate) struct Guest {
    #[garde(length(min = 1, max = 80))]
    name: String,
    age: u8,
    height: Option<f64>,
    friends: Option<Vec<Guest>>,
}

#[schema(request)]
pub(crate) struct Filter {
    limit: Option<u32>,
    tag: Option<Vec<String>>,
    ids: Option<CommaSeparated<u32>>,
}

#[schema(request)]
pub(crate) struct Client {
    #[serde(rename = "X-Client")]
    client: Option<String>,
}

pub(crate) async fn post_guest(guest: Json<Guest>) -> Json<Guest> {
    guest
}

pub(crate) async fn list(filter: Query<Filter>, client: Headers<Client>) -> Json<u32> {
    let seen = filter.tag.as_ref().map_or(0, Vec::len)
        + filter.ids.as_ref().map_or(0, |ids| ids.0.len())
        + usize::from(client.client.is_some());
    Json(filter.limit.unwrap_or_default() + u32::try_from(seen).unwrap_or_default())
}

pub(crate) async fn by_name(name: Path<String>) -> Json<String> {
    Json(name.into_inner())
}

pub(crate) async fn by_id(id: Path<u32>) -> Json<u32> {
    Json(id.into_inner())
}

/// Does not read what it is sent.
pub(crate) async fn incurious() -> Json<u32> {
    Json(0)
}

pub(crate) const LIMIT: usize = 64 * 1024;

/// A server on a free port, stopped with the process.
pub(crate) fn serve(style: ErrorStyle) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let api = Registry::new("Bad input", "1")
            .error_style(style)
            .body_limit(LIMIT)
            .operation(Operation::post("/guests", post_guest))
            .operation(Operation::get("/guests", list))
            .operation(Operation::get("/names/{name}", by_name))
            .operation(Operation::get("/ids/{id}", by_id))
            .operation(Operation::post("/incurious", incurious))
            .operation(
                Operation::post("/keyed", post_guest)
                    .operation_id("keyed")
                    .authenticators(["key"]),
            )
            .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "s3cret"))
            .build()
            .expect("a valid registry");
        System::new().block_on(async move {
            let server = HttpServer::new(move || {
                App::new()
                    .service(api.clone())
                    .default_service(api.not_found())
            })
            .workers(1)
            .bind(("127.0.0.1", 0))
            .expect("a free port");
            tell.send(server.addrs()[0]).expect("the test waits");
            server.run().await.expect("the server runs");
        });
    });
    told.recv().expect("the server starts")
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
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

    pub(crate) fn send(&mut self, request: &[u8]) -> Answer {
        self.write(request);
        self.read()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server reads");
    }

    pub(crate) fn read(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).expect("a whole head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head)
            .expect("a head in ASCII")
            .to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.trim().parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a whole body");
        let status = head[9..12].parse().expect("a status");
        Answer { status, head, body }
    }
}
