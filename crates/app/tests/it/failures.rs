//! Panics, failures, a slow start and failing checks: what is logged, and what the operations port shows.

use std::{fs, process::Command};

use serde_json::Value;

use crate::support::{
    Folder, Server,
    http::{Response, get},
    observed, wait_for_metric, wait_until,
};

fn in_mode(folder: &Folder, mode: &str) -> Command {
    let mut command = observed(folder);
    command.env("TEST_PROGRAM", mode);
    command
}

/// Sends one request to a server with this log format, and returns the response and the log.
fn request_and_log(path: &str, format: &str) -> (Response, String) {
    let folder = Folder::new();
    let server = Server::start(observed(&folder).env("PURLIN_LOG__FORMAT", format));
    let response = server.request(format!("GET {path} HTTP/1.1\nX-Request-Id: abc-123"));
    (response, server.stop())
}

/// Counts the log lines of a target about the request; no line holds a control character.
fn count_lines(log: &str, target: &str, format: &str) -> usize {
    for line in log.split('\n').filter(|line| !line.is_empty()) {
        let is_evil = |c: char| c.is_control() || c == '\u{2028}';
        assert!(!line.contains(is_evil), "{line:?}");
        let begins = if format == "json" {
            "{\"time\":"
        } else {
            "[20"
        };
        assert!(line.starts_with(begins), "{line}");
    }
    let lines = log.lines().filter(|line| match format {
        "json" => {
            let line: Value = serde_json::from_str(line).unwrap();
            line["target"] == target && line["request_id"] == "abc-123"
        }
        _ => line.contains(&format!(" {target}] ")) && line.ends_with(" request_id=abc-123"),
    });
    lines.count()
}

#[test]
fn panic_is_logged_with_the_request_id() {
    for format in ["text", "json"] {
        let (response, log) = request_and_log("/panic", format);
        assert_eq!(response.status, 500);
        assert!(!response.body.contains("[31m"), "{response:?}");
        assert_eq!(count_lines(&log, "purlin::panic", format), 2, "{log}");
        assert!(log.contains("program.rs:"), "{log}");
    }
}

#[test]
fn cause_of_a_500_is_logged_with_the_request_id() {
    for format in ["text", "json"] {
        let (response, log) = request_and_log("/fail", format);
        assert_eq!(response.status, 500);
        assert!(!response.body.contains("full"), "{response:?}");
        assert_eq!(count_lines(&log, "purlin::error", format), 1, "{log}");
        assert!(log.contains("the disk is full"), "{log}");
    }
}

#[test]
fn panic_at_startup_is_printed() {
    let folder = Folder::new();
    for level in ["info", "off"] {
        let mut command = in_mode(&folder, "no start");
        let output = command.env("PURLIN_LOG__LEVEL", level).output().unwrap();
        assert_eq!(output.status.code(), Some(101));
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(
            log.contains("thread") && log.contains("program.rs:"),
            "{log}"
        );
        assert!(level == "off" || log.lines().count() == 1, "{log}");
    }
}

#[test]
fn failing_or_slow_check_makes_the_server_unready() {
    let folder = Folder::new();
    let mut server = Server::start(&mut in_mode(&folder, "checks"));
    let operations = server.operations();
    let response = get(operations, "/readyz");
    assert_eq!(response.status, 503);
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!(body["status"], "failing");
    for (name, outcome) in [("cache", "ok"), ("database", "failed"), ("mail", "timeout")] {
        let check = &body["checks"][name];
        assert_eq!(check["outcome"], outcome, "{body}");
        assert!(check["us"].is_u64(), "{body}");
    }
    assert!(
        body["checks"]["mail"]["us"].as_u64() >= Some(50_000),
        "{body}"
    );
    assert_eq!(get(operations, "/livez").status, 200);
    assert!(!response.body.contains("gone"), "{response:?}");
    let log = server.stop();
    assert!(
        log.contains("the readiness check `database` failed: gone away"),
        "{log}"
    );
    assert!(
        log.contains("the readiness check `mail` failed: it took longer than 50 ms"),
        "{log}"
    );
}

#[test]
fn starting_server_is_live_and_not_ready() {
    let folder = Folder::new();
    // The port has to be known before the server prints it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let operations = free.local_addr().unwrap();
    drop(free);
    let mut command = in_mode(&folder, "slow start");
    command.env("PURLIN_OPS__BIND", operations.to_string());
    let mut server = Server::spawn(&mut command);
    wait_until("the operations port is open", || {
        std::net::TcpStream::connect(operations).is_ok()
    });
    for (path, status) in [("/livez", 200), ("/startupz", 503), ("/readyz", 503)] {
        assert_eq!(get(operations, path).status, status, "{path}");
    }
    fs::write(folder.path().join("go-on"), "").unwrap();
    server.read_address();
    for path in ["/startupz", "/readyz"] {
        wait_until(path, || get(operations, path).status == 200);
    }
}

#[test]
fn rejected_in_flight_and_failed_requests_are_counted() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    let mut server = Server::start(command.env("PURLIN_LIMITS__REQUEST_TIMEOUT", "2"));
    let operations = server.operations();
    let mut connection = server.connect();
    connection
        .write("GET /never HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    drop(connection);
    wait_for_metric(operations, "purlin_http_requests_in_flight 0");
    wait_for_metric(
        operations,
        "purlin_http_requests_rejected_total{reason=\"tests\"} 1",
    );
    server.request("GET /fail HTTP/1.1");
    wait_for_metric(
        operations,
        "purlin_http_requests_total{operation=\"fails\",template=\"/fail\",method=\"GET\",status=\"500\"} 1",
    );
}
