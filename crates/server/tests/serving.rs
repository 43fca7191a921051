//! The server from start to end: it says where it is, answers, logs, drains.

mod support;

use std::{io::Write, net::TcpStream, thread, time::Duration};

use support::{Answer, Folder, Server, ask_until_closed, output, program};

fn serve(folder: &Folder) -> Server {
    Server::start(program(folder).args(["--bind", "127.0.0.1:0"]))
}

#[test]
fn it_prints_the_urls_to_open_and_answers_there() {
    let folder = Folder::new();
    let mut server = serve(&folder);
    let base = format!("http://{}", server.address);
    assert_eq!(
        server.greeting,
        format!("Greetings 0.1.0 is served at {base}/\n")
    );
    assert_eq!(server.line(), format!("  documentation  {base}/docs\n"));
    for line in [
        "  OpenAPI 3.1    BASE/openapi.json\n",
        "  OpenAPI 3.0    BASE/openapi-3.0.json\n",
        "  OpenAPI 2.0    BASE/swagger\n",
    ] {
        assert_eq!(server.line(), line.replace("BASE", &base));
    }

    let answer = server.ask("GET / HTTP/1.1");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"{"message":"Hello, Being!"}"#);
    assert_eq!(server.ask("GET /docs HTTP/1.1").status, 200);
    assert_eq!(server.ask("GET /openapi.json HTTP/1.1").status, 200);
    let lost = server.ask("GET /nope HTTP/1.1");
    assert_eq!(lost.status, 404);
    assert!(
        lost.body
            .contains("The requested URL was not found on the server."),
        "{lost:?}"
    );
}

#[test]
fn without_keys_it_makes_one_and_prints_a_command_that_works() {
    let folder = Folder::new();
    let mut server = serve(&folder);
    let command = server.line_with("curl");
    let (_, key) = command.split_once("X-MyApp-ApiKey: ").unwrap();
    let (key, url) = key.split_once("' ").unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(url, format!("http://{}/generic_greeting\n", server.address));

    let path = "GET /generic_greeting HTTP/1.1";
    assert_eq!(server.ask(path).status, 401);
    assert_eq!(
        server.ask(&format!("{path}\nX-MyApp-ApiKey: {key}")).status,
        200
    );
}

#[test]
fn keys_come_from_the_file_and_the_environment() {
    let folder = Folder::with_settings("[greetings.api_keys]\nada = \"from file\"\n");
    let mut command = program(&folder);
    command.args(["--bind", "127.0.0.1:0"]);
    command.env("PURLIN_GREETINGS__API_KEYS__MOBILE", "from environment");
    let server = Server::start(&mut command);
    for (key, status) in [
        ("from file", 200),
        ("from environment", 200),
        ("other", 401),
    ] {
        let answer = server.ask(&format!(
            "GET /generic_greeting HTTP/1.1\nX-MyApp-ApiKey: {key}"
        ));
        assert_eq!(answer.status, status, "{key}");
    }
}

#[test]
fn sigterm_lets_the_request_under_way_end_and_exits_with_0() {
    let folder = Folder::with_settings("[greetings.api_keys]\nada = \"key\"\n");
    let server = serve(&folder);
    let mut busy = server.connect();
    let body = r#"{"name":"Ada","age":36}"#;
    let head = format!(
        "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (begun, rest) = body.split_at(5);
    busy.write_all(head.as_bytes()).unwrap();
    busy.write_all(begun.as_bytes()).unwrap();
    // A second connection that says nothing must not hold the end up.
    let _idle = server.connect();
    assert_eq!(server.ask("GET / HTTP/1.1").status, 200);

    server.signal("TERM");
    let address = server.address;
    while TcpStream::connect(address).is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
    busy.write_all(rest.as_bytes()).unwrap();
    let answer = Answer::read(&mut busy);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body, body);
    assert_eq!(answer.header("connection"), Some("close"));

    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn sigterm_under_load_loses_no_request() {
    let folder = Folder::new();
    let mut command = program(&folder);
    command
        .env("PURLIN_HTTP__DRAIN_DELAY", "1")
        .env("PURLIN_LOG__LEVEL", "warn")
        .args(["--bind", "127.0.0.1:0"]);
    let server = Server::start(&mut command);
    let address = server.address;
    // Clients that keep their connection as long as they may, and come back until nobody is there.
    let clients: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                let (mut answered, mut closed) = (0, false);
                while let Ok(stream) = TcpStream::connect(address) {
                    closed |= ask_until_closed(stream, &mut answered);
                }
                (answered, closed)
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    for client in clients {
        let (answered, closed) = client.join().unwrap();
        assert!(answered > 0, "no request was answered");
        assert!(closed, "no answer said that the connection ends");
    }
    let (status, _) = server.wait();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn sighup_ends_nothing() {
    let folder = Folder::new();
    let server = serve(&folder);
    server.signal("HUP");
    assert_eq!(server.ask("GET / HTTP/1.1").status, 200);
    let log = server.stop();
    assert!(log.contains("SIGHUP") && log.contains("SIGTERM"), "{log}");
}

#[test]
fn a_second_signal_does_not_wait() {
    let folder = Folder::new();
    let mut command = program(&folder);
    command
        .env("PURLIN_HTTP__DRAIN_DELAY", "60")
        .args(["--bind", "127.0.0.1:0"]);
    let server = Server::start(&mut command);
    server.signal("TERM");
    let answer = server.ask("GET / HTTP/1.1");
    assert_eq!(answer.status, 200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("a second signal"), "{log}");
}

#[test]
fn every_request_has_one_line_in_the_log_and_an_id() {
    let folder = Folder::new();
    let server = serve(&folder);
    let own = server.ask("GET /?secret=1 HTTP/1.1\nX-Request-Id: abc-123");
    assert_eq!(own.header("x-request-id"), Some("abc-123"));

    let long = "x".repeat(129);
    let made: Vec<String> = [
        "GET / HTTP/1.1".to_owned(),
        "GET / HTTP/1.1\nX-Request-Id: with space".to_owned(),
        "GET / HTTP/1.1\nX-Request-Id: \u{e9}".to_owned(),
        format!("GET / HTTP/1.1\nX-Request-Id: {long}"),
    ]
    .iter()
    .map(|head| server.ask(head).header("x-request-id").unwrap().to_owned())
    .collect();
    for (index, id) in made.iter().enumerate() {
        assert_eq!(id.len(), 32, "{id}");
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(!made[..index].contains(id), "{id} twice");
    }

    let lost = server.ask("HEAD /no%0Asuch%1b[31m HTTP/1.1");
    let lost = lost.header("x-request-id").unwrap().to_owned();

    let log = server.stop();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("purlin::access"))
        .collect();
    assert_eq!(lines.len(), 6, "{log}");
    assert!(
        lines[0].contains("GET / 200 27B ") && lines[0].ends_with("id=abc-123"),
        "{log}"
    );
    assert!(!log.contains("secret"), "{log}");
    for (line, id) in lines[1..5].iter().zip(&made) {
        assert!(line.ends_with(&format!("id={id}")), "{line}");
    }
    assert!(lines[5].contains("HEAD /no%0Asuch%1b[31m 404 0B "), "{log}");
    assert!(lines[5].ends_with(&format!("id={lost}")), "{log}");
}

#[test]
fn access_lines_can_be_turned_off() {
    let folder = Folder::with_settings("[log]\nlevel = \"warn\"\n");
    let server = serve(&folder);
    let answer = server.ask("GET / HTTP/1.1");
    assert!(answer.header("x-request-id").is_some());
    assert_eq!(server.stop(), "");

    let mut command = program(&folder);
    let server = Server::start(
        command
            .args(["--bind", "127.0.0.1:0"])
            .env("RUST_LOG", "off,purlin::access=info"),
    );
    server.ask("GET / HTTP/1.1");
    assert_eq!(server.stop().lines().count(), 1);
}

#[test]
fn an_address_in_use_is_named_with_what_to_do() {
    let folder = Folder::new();
    let first = serve(&folder);
    let address = first.address.to_string();
    let (code, _, errors) = output(program(&folder).args(["--bind", &address]));
    assert_eq!(code, Some(1));
    assert!(
        errors.contains(&format!("cannot listen on {address}: ")),
        "{errors}"
    );
    assert!(
        errors.contains("choose another port with --bind"),
        "{errors}"
    );
}

#[test]
fn a_mock_answers_with_examples_and_keeps_its_doors() {
    let folder = Folder::new();
    let key = "PURLIN_GREETINGS__API_KEYS__TESTS";
    let mut command = program(&folder);
    command
        .env(key, "secret")
        .args(["mock", "--bind", "127.0.0.1:0"]);
    let server = Server::start(&mut command);
    let answer = server.ask("GET / HTTP/1.1");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"message":"text"}"#)
    );
    let guarded = "GET /generic_greeting HTTP/1.1";
    assert_eq!(server.ask(guarded).status, 401);
    assert_eq!(
        server
            .ask(&format!("{guarded}\nX-MyApp-ApiKey: secret"))
            .status,
        200
    );
    assert_eq!(server.ask("GET / HTTP/1.1\nPrefer: code=500").status, 500);
}
