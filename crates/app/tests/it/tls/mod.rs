//! HTTPS: which clients are accepted, and how certificates are renewed.

pub mod client;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use crate::support::{Folder, Server, listening, output, program, wait_for_metric, wait_until};
use client::{Authority, Client, Pair, ask_again, ask_in_frames};
use rustls::{
    ProtocolVersion,
    version::{TLS12, TLS13},
};

const BODY: &str = r#"{"message":"Hello, Being!"}"#;

fn command(folder: &Folder) -> Command {
    let mut command = listening(folder);
    command
        .env("PURLIN_TLS__CERTIFICATE", "certificate.pem")
        .env("PURLIN_TLS__KEY", "key.pem");
    command
}

/// A server with a certificate of this authority.
fn serve(folder: &Folder, authority: &Authority) -> (Server, Pair) {
    let pair = authority.sign();
    pair.write(folder.path());
    (Server::start(&mut command(folder)), pair)
}

/// The certificate that new connections are shown.
fn shown(client: &Client, server: &Server) -> Vec<u8> {
    let stream = client.connect(server.address).unwrap();
    stream.conn.peer_certificates().unwrap()[0].to_vec()
}

#[test]
fn http_1_and_2_are_served_over_tls_1_2_and_1_3() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    authority.sign().write(folder.path());
    let server = Server::start(command(&folder).env("PURLIN_TLS__HTTP2", "true"));
    assert!(server.banner.contains("is served at https://127.0.0.1:"));
    for (version, name) in [
        (&TLS12, ProtocolVersion::TLSv1_2),
        (&TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let mut client = Client::of(&authority);
        client.versions = vec![version];
        let response = client.ask(server.address, "/").unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.ends_with(BODY), "{response}");

        client.protocols = vec!["h2", "http/1.1"];
        let mut stream = client.connect(server.address).unwrap();
        assert_eq!(stream.conn.protocol_version(), Some(name));
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
        // `:status: 200` is number 8 of the static table.
        assert_eq!(ask_in_frames(&mut stream), (0x88, BODY.to_owned()));
    }
}

#[test]
fn http_2_is_off_unless_it_is_set() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let (server, _) = serve(&folder, &authority);
    let mut client = Client::of(&authority);
    client.protocols = vec!["h2", "http/1.1"];
    let mut stream = client.connect(server.address).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(ask_again(&mut stream).ends_with(BODY));
    // RFC 7301 section 3.2: without a common protocol there is no connection.
    client.protocols = vec!["h2"];
    assert!(client.ask(server.address, "/").is_err());
}

#[test]
fn other_protocols_are_rejected_without_effect_on_clients() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let (server, _) = serve(&folder, &authority);

    // TLS 1.1, with a cipher of its time.
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0, 2, 0xc0, 0x13, 1, 0]);
    let mut stream = server.connect();
    stream.write(&hello).unwrap();
    let response = stream.read_to_end();
    // A fatal alert (2): the protocol's version (70) or no common cipher (40), and nothing else.
    assert_eq!((response[0], response[5]), (0x15, 2), "{response:?}");
    assert!([40, 70].contains(&response[6]), "{response:?}");
    assert_eq!(response.len(), 7);

    let mut plain = server.connect();
    plain
        .write(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    let response = plain.read_to_end();
    assert!(!response.starts_with(b"HTTP"), "{response:?}");

    // A client that trusts another authority does not connect.
    let untrusted = Client::of(&Authority::new("Other"));
    assert!(untrusted.ask(server.address, "/").is_err());
    assert!(Client::of(&authority).ask(server.address, "/").is_ok());
}

#[test]
fn slow_handshake_times_out() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    authority.sign().write(folder.path());
    let server = Server::start(command(&folder).env("PURLIN_TLS__HANDSHAKE_TIMEOUT", "1"));
    let start = Instant::now();
    assert!(server.connect().read_to_end().is_empty());
    let waited = start.elapsed();
    assert!(waited > Duration::from_millis(900), "{waited:?}");
    assert!(waited < Duration::from_secs(4), "{waited:?}");
}

#[test]
fn renewed_certificate_is_used_for_new_connections() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let (server, first) = serve(&folder, &authority);
    let client = Client::of(&authority);
    let mut open = client.connect(server.address).unwrap();
    assert!(ask_again(&mut open).ends_with(BODY));
    assert_eq!(shown(&client, &server), first.der().to_vec());

    let second = authority.sign();
    second.write(folder.path());
    // No connection is lost meanwhile: each of these is one.
    wait_until("the certificate is renewed", || {
        shown(&client, &server) == second.der().to_vec()
    });
    assert!(ask_again(&mut open).ends_with(BODY));
    let log = server.stop();
    assert!(
        log.contains(
            "new connections use the certificate in certificate.pem, for localhost, 127.0.0.1"
        ),
        "{log}"
    );
}

#[test]
fn metrics_have_the_expiry_of_the_certificate_in_use() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let first = authority.sign_for(&["localhost"], 2000..2097);
    first.write(folder.path());
    let mut command = command(&folder);
    command.env("PURLIN_OPS__BIND", "127.0.0.1:0");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    // Midnight of the first of January, UTC.
    let expiry =
        |seconds: &str| format!("purlin_tls_certificate_expiry_timestamp_seconds {seconds}");
    wait_for_metric(operations, &expiry("4007836800"));
    let second = authority.sign_for(&["localhost"], 2000..2098);
    second.write(folder.path());
    wait_for_metric(operations, &expiry("4039372800"));
}

#[test]
fn invalid_renewal_is_logged_and_the_old_certificate_stays_in_use() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let (mut server, first) = serve(&folder, &authority);
    let client = Client::of(&authority);
    let expired = authority.sign_for(&["localhost"], 2000..2001);
    let unfit = Pair {
        certificate: authority.sign().certificate,
        key: authority.sign().key,
    };
    let cut = Pair {
        certificate: first.certificate[..300].to_owned(),
        key: first.key.clone(),
    };
    let keyless = Pair {
        certificate: first.certificate.clone(),
        key: first.certificate.clone(),
    };
    for (pair, message) in [
        (
            &expired,
            "the certificate in certificate.pem expired at 2001-01-01T00:00:00Z",
        ),
        (
            &unfit,
            "the key in key.pem does not belong to the certificate in certificate.pem",
        ),
        (&cut, "certificate.pem is not a PEM file: it ends"),
        (&keyless, "there is no private key in key.pem"),
    ] {
        pair.write(folder.path());
        server.signal("HUP");
        server.log_line_with(&format!("the previous certificate stays in use: {message}"));
        assert_eq!(shown(&client, &server), first.der().to_vec());
    }
    fs::remove_file(folder.path().join("certificate.pem")).unwrap();
    server.signal("HUP");
    server.log_line_with(
        "the previous certificate stays in use: cannot read certificate.pem: No such file",
    );
    assert_eq!(shown(&client, &server), first.der().to_vec());
    let second = authority.sign();
    second.write(folder.path());
    server.signal("HUP");
    server.log_line_with("new connections use the certificate");
    assert_eq!(shown(&client, &server), second.der().to_vec());
}

#[test]
fn open_connections_do_not_delay_shutdown_beyond_its_timeout() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    authority.sign().write(folder.path());
    let start = || {
        let mut command = command(&folder);
        Server::start(
            command
                .env("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "2")
                .env("PURLIN_TLS__HTTP2", "true"),
        )
    };
    let mut client = Client::of(&authority);
    let server = start();
    let mut open = client.connect(server.address).unwrap();
    assert!(ask_again(&mut open).ends_with(BODY));
    let signalled = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
    assert!(signalled.elapsed() < Duration::from_millis(1500));

    // actix-web does not close HTTP/2 connections gracefully: they last until the shutdown timeout.
    client.protocols = vec!["h2"];
    let server = start();
    let mut open = client.connect(server.address).unwrap();
    assert_eq!(ask_in_frames(&mut open).0, 0x88);
    let signalled = Instant::now();
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
    assert!(signalled.elapsed() < Duration::from_secs(5));
}

#[test]
fn client_certificates_are_verified() {
    let (folder, authority) = (Folder::new(), Authority::new("Server"));
    let (inside, outside) = (Authority::new("Inside"), Authority::new("Outside"));
    authority.sign().write(folder.path());
    let file = folder.path().join("clients.pem");
    fs::write(&file, inside.pem()).unwrap();
    let server = |mode: &str| {
        let mut command = command(&folder);
        command
            .env("PURLIN_TLS__CLIENT_CERTIFICATE", mode)
            .env("PURLIN_TLS__CLIENT_AUTHORITIES", "clients.pem");
        Server::start(&mut command)
    };
    let without = Client::of(&authority);
    let good = without.clone().showing(&inside.sign());
    let untrusted = without.clone().showing(&outside.sign());
    let expired = without
        .clone()
        .showing(&inside.sign_for(&["billing"], 2000..2001));

    let mut required = server("required");
    let asked = |client: &Client, server: &Server| client.ask(server.address, "/").is_ok();
    assert!(asked(&good, &required));
    assert!(!asked(&without, &required));
    assert!(!asked(&untrusted, &required));
    assert!(!asked(&expired, &required));

    // Authorities are renewed as the certificate is.
    fs::write(&file, outside.pem()).unwrap();
    required.signal("HUP");
    required.log_line_with("new connections are verified by the authorities in clients.pem");
    assert!(asked(&untrusted, &required));
    assert!(!asked(&good, &required));
    fs::write(&file, inside.pem()).unwrap();

    let optional = server("optional");
    assert!(asked(&good, &optional));
    assert!(asked(&without, &optional));
    assert!(!asked(&untrusted, &optional));
}

#[test]
fn invalid_tls_settings_are_reported_at_startup_with_their_origin() {
    let (folder, authority) = (Folder::new(), Authority::new("Test"));
    let (one, other) = (authority.sign(), authority.sign());
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    one.write(folder.path());
    write("other.pem", &other.key);
    write("notes.pem", "nothing");
    let start = |settings: &str| {
        write("purlin.toml", settings);
        let (code, out, errors) = output(program(&folder).args(["--bind", "127.0.0.1:0"]));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{errors}");
        errors
    };
    for (settings, message) in [
        (
            "certificate = \"certificate.pem\"",
            "tls.certificate: a certificate needs its key; set tls.key",
        ),
        (
            "certificate = \"none.pem\"\nkey = \"key.pem\"",
            "tls.certificate: cannot read none.pem: No such file",
        ),
        (
            "certificate = \"certificate.pem\"\nkey = \"notes.pem\"",
            "tls.key: there is no private key in notes.pem",
        ),
        (
            "certificate = \"notes.pem\"\nkey = \"key.pem\"",
            "tls.certificate: there is no certificate in notes.pem",
        ),
        (
            "certificate = \"certificate.pem\"\nkey = \"other.pem\"",
            "tls.key: the key in other.pem does not belong to the certificate in certificate.pem; use both",
        ),
        (
            "client_certificate = \"required\"",
            "tls.client_certificate: certificates of clients need authorities",
        ),
        (
            "certificate = \"certificate.pem\"\nkey = \"key.pem\"\nclient_authorities = \"notes.pem\"\n\
             client_certificate = \"optional\"",
            "tls.client_authorities: there is no certificate in notes.pem",
        ),
        (
            "certificate = \"certificate.pem\"\nkey = \"key.pem\"\n[http]\nbind = \"unix:a.sock\"",
            "tls.certificate: there is no TLS on a Unix socket",
        ),
    ] {
        let settings = format!("[tls]\n{settings}\n");
        let errors = match settings.contains("unix:") {
            false => start(&settings),
            true => {
                write("purlin.toml", &settings);
                output(&mut program(&folder)).2
            }
        };
        assert!(errors.contains(message), "{message}\nis not in\n{errors}");
    }

    // Both files are reported, each at its setting.
    for (settings, messages) in [
        (
            "certificate = \"notes.pem\"\nkey = \"notes.pem\"",
            [
                "tls.certificate: there is no certificate in notes.pem",
                "tls.key: there is no private key in notes.pem",
            ],
        ),
        (
            "certificate = \"none.pem\"\nkey = \"lost.pem\"",
            [
                "tls.certificate: cannot read none.pem: No such file",
                "tls.key: cannot read lost.pem: No such file",
            ],
        ),
    ] {
        let errors = start(&format!("[tls]\n{settings}\n"));
        for message in messages {
            assert!(errors.contains(message), "{message}\nis not in\n{errors}");
        }
        assert_eq!(errors.lines().count(), 3, "{errors}");
    }

    // The key itself in the place of its path is not printed.
    let errors = start("[tls]\ncertificate = \"certificate.pem\"\nkey_file = \"key.pem\"\n");
    assert!(
        errors.contains("tls.key: expected the path of a PEM file"),
        "{errors}"
    );
    assert!(!errors.contains("PRIVATE KEY"), "{errors}");

    write("purlin.toml", "");
    authority
        .sign_for(&["localhost"], 2000..2001)
        .write(folder.path());
    let log = Server::start(&mut command(&folder)).stop();
    let message = "the certificate in certificate.pem expired at 2001-01-01T00:00:00Z; clients will reject it";
    assert!(log.contains(message), "{log}");
}
