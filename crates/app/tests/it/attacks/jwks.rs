//! Tokens with made-up key ids, while the URL of the key set stalls.

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::json;

use crate::support::{Folder, Server, http::Connection, http::request, listening, wait_until};

/// More than the blocking threads of a process.
const ATTACKERS: usize = 600;

/// Requests that may wait for a key set.
const WAITING: usize = 256;

/// The key of the tokens; P-256, in PKCS #8.
const KEY: &[u8] = include_bytes!("../../../../router/tests/it/authentication/keys/ec.key");

fn key() -> EncodingKey {
    EncodingKey::from_ec_pem(KEY).unwrap()
}

fn token(id: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let claims = json!({"sub": "ada", "exp": now.as_secs() + 600});
    // The signature of one whose key is unknown is not looked at, and this one is quickly made.
    let (algorithm, key) = match id {
        "known" => (Algorithm::ES256, key()),
        _ => (Algorithm::HS256, EncodingKey::from_secret(b"made up")),
    };
    let mut header = Header::new(algorithm);
    header.kid = Some(id.to_owned());
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

/// A server of a key set, which can be made to stall.
#[derive(Clone, Default)]
struct KeyServer {
    stalls: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl KeyServer {
    fn start(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = server.clone();
                thread::spawn(move || server.serve(stream.unwrap()));
            }
        });
        address
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while !matches!(line.as_str(), "\r\n") {
            line.clear();
            if reader.read_line(&mut line).unwrap() == 0 {
                return;
            }
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        while self.stalls.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        let jwk = Jwk::from_encoding_key(&key(), Algorithm::ES256).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!("known");
        let body = json!({"keys": [jwk]}).to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}", body.len());
        // The client may have given up.
        let _ = write!(reader.get_mut(), "{head}\r\n\r\n{body}");
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn head(id: &str) -> String {
    format!("GET /token HTTP/1.1\nAuthorization: Bearer {}", token(id))
}

fn status(address: SocketAddr, id: &str) -> u16 {
    request(address, head(id)).status
}

/// Sends a request, and returns its connection without reading the response.
fn begin(address: SocketAddr, id: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = head(id).replace('\n', "\r\n");
    write!(stream, "{head}\r\nHost: test\r\n\r\n").unwrap();
    stream
}

/// Returns whether a response has begun to arrive.
fn has_response(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    match peeked {
        Ok(read) => read > 0,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    }
}

/// Returns how many threads a process has.
fn threads(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/task"))
        .unwrap()
        .count()
}

#[test]
fn key_set_that_stalls_holds_up_neither_threads_nor_tokens_with_a_known_key() {
    let keys = KeyServer::default();
    let url = format!("http://{}/jwks", keys.start());
    let folder = Folder::new();
    let mut command = listening(&folder);
    command.env("TEST_PROGRAM", "tokens");
    command.env("TEST_PROGRAM_KEYS", url);
    let mut server = Server::start(&mut command);
    let warning = server.log_line_with("any_issuer");
    assert!(warning.contains("authenticator `token`"), "{warning}");
    let address = server.address;

    assert_eq!(status(address, "known"), 200);
    for attempt in 0..30 {
        assert_eq!(status(address, &format!("unknown-{attempt}")), 401);
    }
    assert_eq!(
        keys.asked(),
        1,
        "unknown keys do not cause another fetch at once"
    );

    // Up to the end of the cooldown, when an unknown key may cause a fetch again.
    keys.stalls.store(true, Ordering::SeqCst);
    let mut first = None;
    wait_until("the key set is asked for", || {
        if keys.asked() < 2 {
            first = Some(begin(address, "first"));
            thread::sleep(Duration::from_millis(50));
        }
        keys.asked() == 2
    });
    let threads_before = threads(server.id());
    let attackers: Vec<_> = (0..ATTACKERS)
        .map(|attacker| begin(address, &format!("made-up-{attacker}")))
        .collect();
    let rejected = || {
        attackers
            .iter()
            .filter(|stream| has_response(stream))
            .count()
    };
    wait_until("those beyond the limit are rejected", || {
        rejected() + WAITING >= ATTACKERS
    });

    let begun = Instant::now();
    assert_eq!(status(address, "known"), 200);
    assert_eq!(request(address, "GET /blocking HTTP/1.1").status, 204);
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(3), "{elapsed:?}");
    // The one that ran `/blocking`.
    assert!(threads(server.id()) <= threads_before + 1);

    for attacker in attackers {
        let response = Connection::over(attacker).read();
        assert_eq!(response.status, 401);
    }
    assert_eq!(status(address, "known"), 200);
    assert_eq!(keys.asked(), 2, "all of them caused one fetch");
    keys.stalls.store(false, Ordering::SeqCst);
    drop(first);
    server.stop();
}
