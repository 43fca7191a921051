//! Idempotency keys: no response reaches another caller, and no client displaces what is kept for another or fills the memory.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{
    faults::process::resident,
    support::{Folder, Server, http::Connection, listening},
    tls::client::{Authority, Client},
};

const ORDER: &str = r#"{"item":"a secret of Alice"}"#;

/// A POST with a key.
fn post(path: &str, key: &str, fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n\
         {fields}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// Sends a request on a connection of its own; the status, whether it was replayed, and the body.
fn send(server: &Server, request: &str) -> (u16, bool, String) {
    let mut connection = server.connect();
    connection.write(request).unwrap();
    let response = connection.read();
    let is_replayed = response.header("idempotency-replayed").is_some();
    (response.status, is_replayed, response.body)
}

#[test]
fn a_response_is_replayed_to_the_client_certificate_it_was_made_for() {
    let folder = Folder::new();
    let (authority, clients) = (Authority::new("Server"), Authority::new("Clients"));
    authority.sign().write(folder.path());
    fs::write(folder.path().join("clients.pem"), clients.pem()).unwrap();
    let mut command = listening(&folder);
    command
        .env("TEST_PROGRAM", "orders")
        .env("PURLIN_IDEMPOTENCY__ENABLED", "true")
        .env("PURLIN_TLS__CERTIFICATE", "certificate.pem")
        .env("PURLIN_TLS__KEY", "key.pem")
        .env("PURLIN_TLS__CLIENT_CERTIFICATE", "optional")
        .env("PURLIN_TLS__CLIENT_AUTHORITIES", "clients.pem");
    let server = Server::start(&mut command);
    let uncertified = Client::of(&authority);
    let showing = |name: &str| {
        let pair = clients.sign_for(&[name], 2020..2100);
        uncertified.clone().showing(&pair)
    };
    let ask = |client: &Client| {
        let request = post(
            "/orders-cert",
            "order-2026-0001",
            "Connection: close\r\n",
            ORDER,
        );
        let mut stream = client.connect(server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = Vec::new();
        // The server may close the socket without a word in TLS.
        let _ = stream.read_to_end(&mut response);
        let response = String::from_utf8(response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        (
            status,
            head.contains("idempotency-replayed: true"),
            body.to_owned(),
        )
    };
    let alice = showing("alice.example");
    let (status, is_replayed, first) = ask(&alice);
    assert_eq!((status.as_str(), is_replayed), ("201", false));
    assert!(first.contains(r#""owner":"alice.example""#), "{first}");

    let (status, is_replayed, body) = ask(&showing("mallory.example"));
    assert_eq!((status.as_str(), is_replayed), ("201", false));
    assert!(
        body.contains(r#""number":2,"owner":"mallory.example""#),
        "{body}"
    );
    let (status, is_replayed, body) = ask(&uncertified);
    assert_eq!((status.as_str(), is_replayed), ("401", false));
    assert!(!body.contains("alice"), "{body}");

    for alice in [&alice, &showing("alice.example")] {
        assert_eq!(ask(alice), ("201".to_owned(), true, first.clone()));
    }
}

#[test]
fn a_response_is_replayed_to_the_user_of_a_custom_authenticator() {
    let folder = Folder::with_settings("[idempotency]\nenabled = true");
    let server = Server::start(listening(&folder).env("TEST_PROGRAM", "orders"));
    let ask = |fields: &str| send(&server, &post("/orders-user", "order-1", fields, ORDER));
    let (status, is_replayed, first) = ask("X-Forwarded-User: alice\r\n");
    assert_eq!((status, is_replayed), (201, false));
    let (status, is_replayed, other) = ask("X-Forwarded-User: mallory\r\n");
    assert_eq!((status, is_replayed), (201, false));
    assert!(other.contains("mallory"), "{other}");
    assert_eq!(ask("").0, 401);
    assert_eq!(ask("X-Forwarded-User: alice\r\n"), (201, true, first));
}

/// Sends requests on one connection, in batches; all have this status.
fn flood(
    connection: &mut Connection,
    (count, batch): (usize, usize),
    status: u16,
    request: impl Fn(usize) -> String,
) {
    for batch in (0..count).collect::<Vec<_>>().chunks(batch) {
        let requests: String = batch.iter().map(|number| request(*number)).collect();
        connection.write(requests).unwrap();
        for _ in batch {
            assert_eq!(connection.read().status, status);
        }
    }
}

const KEYS: &str = "[greetings.api_keys]\nme = \"s3cret\"\nother = \"0ther\"\n";

#[test]
fn strangers_displace_no_response_that_is_kept_for_a_caller() {
    // Room for 63 records.
    let small =
        "enabled = true\nmax_bytes = 65536\nmax_bytes_per_caller = 65536\nmax_response = 1024";
    let folder = Folder::with_settings(&format!("[idempotency]\n{small}\n{KEYS}"));
    let server = Server::start(&mut listening(&folder));
    let guest = r#"{"name":"Ada","age":36}"#;
    let key = "X-MyApp-ApiKey: s3cret\r\n";
    let ask = || send(&server, &post("/send_greeting", "order-1", key, guest));
    let (status, is_replayed, first) = ask();
    assert_eq!((status, is_replayed), (201, false));

    let mut connection = server.connect();
    flood(&mut connection, (1000, 50), 404, |number| {
        post("/nope", &format!("x{number}"), "", "")
    });
    flood(&mut connection, (1000, 50), 401, |number| {
        post("/send_greeting", &format!("x{number}"), "", guest)
    });
    assert_eq!(ask(), (201, true, first.clone()));
    // What does not pass the checks of the operation is not kept either.
    flood(&mut connection, (500, 50), 400, |number| {
        post("/send_greeting", &format!("x{number}"), key, "{}")
    });
    assert_eq!(ask(), (201, true, first));
}

#[test]
fn what_one_caller_makes_the_process_keep_is_bounded() {
    let small =
        "enabled = true\nmax_bytes = 2000000\nmax_bytes_per_caller = 1000000\nmax_response = 65536";
    let folder = Folder::with_settings(&format!("[idempotency]\n{small}\n{KEYS}"));
    let server = Server::start(&mut listening(&folder));
    let guest = format!(r#"{{"name":"{}","age":36}}"#, "x".repeat(30_000));
    let mine = "X-MyApp-ApiKey: s3cret\r\n";
    let theirs = "X-MyApp-ApiKey: 0ther\r\n";
    let other = post("/send_greeting", "order-1", theirs, &guest);
    assert_eq!(send(&server, &other).0, 201);
    let mut connection = server.connect();
    let mut fill = |from: usize| {
        flood(&mut connection, (300, 1), 201, |number| {
            post(
                "/send_greeting",
                &format!("x{}", from + number),
                mine,
                &guest,
            )
        });
    };
    fill(0);
    let before = resident(server.id());
    // 27 MB of responses, of which one stays.
    for round in 1..4 {
        fill(round * 300);
    }
    let grown = resident(server.id()).saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB");
    assert!(send(&server, &other).1);
}

#[test]
fn bodies_of_strangers_are_not_read() {
    const MIB: usize = 1024 * 1024;
    let folder = Folder::with_settings(&format!("[idempotency]\nenabled = true\n{KEYS}"));
    let server = Server::start(&mut listening(&folder));
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    let before = resident(server.id());
    let body = vec![b' '; MIB - 1];
    let mut connections = Vec::new();
    // 64 MiB of bodies; the buffers of a connection take up to 240 KiB.
    for number in 0..64 {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream
            .set_write_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let head = format!(
            "POST /send_greeting HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {MIB}\r\n\
             Idempotency-Key: k{number}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        // The server may have responded, and closed the connection.
        let _ = stream.write_all(&body);
        connections.push(stream);
    }
    for stream in &mut connections {
        let mut status = [0; 12];
        match stream.read_exact(&mut status) {
            Ok(()) => assert_eq!(&status, b"HTTP/1.1 401"),
            // The response is lost with a connection that is reset.
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
    let grown = resident(server.id()).saturating_sub(before);
    assert!(grown < 24 * 1024, "{grown} KiB");
}
