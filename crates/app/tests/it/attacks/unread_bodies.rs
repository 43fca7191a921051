//! Request bodies that do not end, or are not read: the connection ends, and the process holds nothing of them.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::{
    faults::process::resident,
    support::{
        Folder, Server,
        http::{get, request},
        observed,
    },
};

/// The longest time after which each connection of these tests is to be closed: twice the time limit of a body and the
/// disconnect timeout, and something for a busy machine.
const LIMIT: Duration = Duration::from_secs(15);

fn start(folder: &Folder) -> (Server, SocketAddr) {
    let mut command = observed(folder);
    command
        .env("PURLIN_GREETINGS__API_KEYS__TESTS", "key")
        .env("PURLIN_HTTP__DISCONNECT_TIMEOUT", "1")
        .env("PURLIN_LIMITS__REQUEST_TIMEOUT", "3")
        .env("PURLIN_LOG__LEVEL", "off");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    (server, operations)
}

/// A request whose body goes on for as long as the server takes it.
struct Endless {
    head: String,
    /// What is sent again and again, and how long after the last time.
    piece: Vec<u8>,
    pause: Duration,
    status: u16,
}

fn endless(head: &str, piece: &[u8], pause: u64, status: u16) -> Endless {
    Endless {
        head: head.to_owned(),
        piece: piece.to_vec(),
        pause: Duration::from_millis(pause),
        status,
    }
}

impl Endless {
    /// Sends the request until the connection ends; the status of the response.
    fn send(&self, address: SocketAddr) -> u16 {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream.write_all(self.head.as_bytes()).unwrap();
        let mut response = Vec::new();
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < LIMIT, "still open: {}", self.head);
            let wait = self.pause.max(Duration::from_millis(1));
            stream.set_read_timeout(Some(wait)).unwrap();
            let mut buffer = [0; 4096];
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => response.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
            if stream.write_all(&self.piece).is_err() {
                break;
            }
        }
        let head = String::from_utf8_lossy(&response);
        assert!(head.contains("\r\nconnection: close\r\n"), "{head}");
        head[9..12].parse().unwrap()
    }
}

#[test]
fn connection_ends_although_the_body_does_not() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let address = server.address;
    let chunked = |path: &str, more: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: a\r\n{more}Transfer-Encoding: chunked\r\n\r\n")
    };
    let sized = |path: &str, more: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: a\r\n{more}Content-Length: 1000000\r\n\r\n")
    };
    let read = "Content-Type: application/json\r\nX-MyApp-ApiKey: key\r\n";
    let greeting = "/send_greeting";
    let bulk = [b"10000\r\n", &*vec![b' '; 0x10000], b"\r\n"].concat();
    let in_trailer = |head: String| head + "0\r\nX: ";
    let expecting = format!("{read}Expect: 100-continue\r\n");
    let cases = [
        // Nothing at all is sent behind the head.
        endless(&chunked("/nope", ""), b"", 20, 404),
        endless(&chunked("/nope", "Connection: close\r\n"), b"", 20, 404),
        endless(&chunked("/", "").replace("POST", "GET"), b"", 20, 200),
        endless(&chunked(greeting, read), b"", 20, 408),
        endless(&sized("/nope", ""), b"", 20, 404),
        endless(&sized(greeting, read), b"", 20, 408),
        // A little, every now and then.
        endless(&chunked("/nope", ""), b"1\r\nx\r\n", 100, 404),
        endless(&chunked("/", ""), b"1\r\nx\r\n", 100, 405),
        endless(&chunked(greeting, ""), b"1\r\nx\r\n", 100, 401),
        endless(
            &chunked(greeting, "Expect: 100-continue\r\n"),
            b"1\r\nx\r\n",
            100,
            401,
        ),
        endless(&chunked(greeting, read), b"1\r\n \r\n", 100, 408),
        endless(&chunked(greeting, &expecting), b"1\r\n \r\n", 100, 408),
        endless(&sized("/nope", ""), b"x", 100, 404),
        endless(&sized(greeting, read), b" ", 100, 408),
        endless(&in_trailer(chunked("/nope", "")), b"x", 100, 404),
        endless(&in_trailer(chunked(greeting, read)), b"x", 100, 408),
        // As much as the server takes.
        endless(&chunked("/nope", ""), &bulk, 0, 404),
        endless(&chunked(greeting, ""), &bulk, 0, 401),
        endless(&chunked(greeting, read), &bulk, 0, 413),
        endless(&in_trailer(chunked("/nope", "")), &[b'x'; 0x10000], 0, 404),
    ];
    let before = resident(server.id());
    let sent: Vec<_> = cases
        .into_iter()
        .map(|case| thread::spawn(move || (case.send(address), case)))
        .collect();
    for case in sent {
        let (status, case) = case.join().unwrap();
        // The first response to one that expects 100 may be that. On a slow machine a body may be late before it is too large.
        let expected = [case.status, 100, if case.status == 413 { 408 } else { 0 }];
        assert!(expected.contains(&status), "{status}: {}", case.head);
    }
    let grown = resident(server.id()).saturating_sub(before);
    println!("{grown} KiB more than {before} KiB before");
    assert!(grown < 16 * 1024, "{grown} KiB");
    let metrics = get(operations, "/metrics").body;
    assert!(metrics.contains("purlin_http_requests_in_flight 0\n"));
    assert_eq!(request(address, "GET / HTTP/1.1").status, 200);
}

#[test]
fn operations_port_responds_while_many_connections_wait_for_nothing() {
    let folder = Folder::new();
    let (_server, operations) = start(&folder);
    let stuck: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(operations).unwrap();
            let head = b"POST /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    assert_eq!(get(operations, "/livez").status, 200);
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    // And none of them stays.
    for mut stream in stuck {
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 405"), "{response}");
        assert!(response.contains("connection: close"), "{response}");
    }
}

#[test]
fn operations_port_holds_no_long_heads() {
    let folder = Folder::new();
    let (_server, operations) = start(&folder);
    let mut stream = TcpStream::connect(operations).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let begin = format!(
        "GET /livez HTTP/1.1\r\nHost: a\r\nX: {}",
        "y".repeat(20_000)
    );
    let _ = stream.write_all(begin.as_bytes());
    let mut response = Vec::new();
    let ended = stream.read_to_end(&mut response);
    let is_reset = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionReset;
    assert!(
        ended.as_ref().is_ok_and(|count| *count == 0) || ended.as_ref().is_err_and(is_reset),
        "{ended:?}"
    );
    assert_eq!(get(operations, "/livez").status, 200);
}
