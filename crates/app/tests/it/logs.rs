//! The log of a running server: what a line holds, that clients cannot inject lines, and that logging never blocks requests.

use std::net::SocketAddr;

use crate::support::{
    Folder, Server,
    http::{Connection, get, request},
    in_shell, listening, output, wait_until,
};
use serde_json::Value;

const TRACE: &str = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn access_lines(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| line.contains("purlin::access"))
        .collect()
}

#[test]
fn json_access_line_has_every_field() {
    let folder = Folder::new();
    let server = Server::start(listening(&folder).env("PURLIN_LOG__FORMAT", "json"));
    server.request(format!(
        "GET /?secret=1 HTTP/1.1\nX-Request-Id: abc-123\nUser-Agent: tests 1.0\n{TRACE}"
    ));
    server.request("GET /nope HTTP/1.1\ntraceparent: 00-1-2-3");
    let log = server.stop();
    assert!(!log.contains("secret"), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .filter(|line: &Value| line["target"] == "purlin::access")
        .collect();
    let [first, second] = lines.as_slice() else {
        panic!("{log}")
    };
    let mut first = first.as_object().unwrap().clone();
    let time = first.remove("time").unwrap();
    let time = time.as_str().unwrap();
    assert_eq!(time.len(), "2026-01-31T12:00:00.123Z".len(), "{time}");
    assert!(first.remove("us").unwrap().is_u64());
    assert!(
        first
            .remove("message")
            .unwrap()
            .as_str()
            .unwrap()
            .starts_with("GET / 200 27B ")
    );
    assert_eq!(
        Value::from(first),
        serde_json::json!({
            "level": "INFO", "target": "purlin::access", "method": "GET", "path": "/",
            "status": 200, "bytes": 27, "operation": "get_index", "template": "/",
            "client": "127.0.0.1", "user_agent": "tests 1.0", "request_id": "abc-123",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
        })
    );
    assert_eq!(second["status"], 404);
    for absent in ["operation", "template", "trace_id", "user_agent"] {
        assert_eq!(second[absent], Value::Null, "{absent}");
    }
}

#[test]
fn text_access_line_has_the_same_fields() {
    let folder = Folder::new();
    let server = Server::start(&mut listening(&folder));
    server.request(format!(
        "GET / HTTP/1.1\nX-Request-Id: abc-123\nUser-Agent: tests \"1.0\"\n{TRACE}"
    ));
    let log = server.stop();
    let [line] = access_lines(&log)[..] else {
        panic!("{log}")
    };
    assert!(
        line.contains(" INFO  purlin::access] GET / 200 27B "),
        "{line}"
    );
    assert!(
        line.ends_with(
            "us operation=get_index template=/ client=127.0.0.1 user_agent=\"tests \\\"1.0\\\"\" \
             trace_id=0af7651916cd43dd8448eb211c80319c request_id=abc-123"
        ),
        "{line}"
    );
}

#[test]
fn clients_cannot_inject_lines_or_control_characters() {
    for format in ["text", "json"] {
        let folder = Folder::new();
        let server = Server::start(listening(&folder).env("PURLIN_LOG__FORMAT", format));
        // As much as HTTP lets through: separators of lines in UTF-8, C1 controls, bytes that are no text, tabs.
        let evil: &[&[u8]] = &[
            b"GET /%0d%0a%00%1b[31m%E2%80%A8 HTTP/1.1",
            b"GET / HTTP/1.1\nUser-Agent: a\xe2\x80\xa8b\xc2\x85c\tD\xff\xe2\x80\xaee",
            b"GET / HTTP/1.1\nX-Request-Id: a\xe2\x80\xa8b",
            b"GET / HTTP/1.1\nX-Request-Id: a\tb",
            b"GET / HTTP/1.1\ntraceparent: 00-\xe2\x80\xa8",
        ];
        for head in evil {
            assert!(matches!(request(server.address, head).status, 200 | 404));
        }
        // What is no HTTP does not come as far as the log.
        for head in [
            &b"GET / HTTP/1.1\nUser-Agent: a\x1bb"[..],
            b"GET /\x00 HTTP/1.1",
        ] {
            server.request_unchecked("actix-web rejects what is no HTTP, without a body", head);
        }
        let log = server.stop();
        assert!(access_lines(&log).len() >= evil.len(), "{log}");
        for line in log.split('\n') {
            let is_evil = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}');
            assert!(!line.contains(is_evil), "{line:?}");
            assert!(
                format == "text" || line.is_empty() || line.starts_with('{'),
                "{line}"
            );
        }
    }
}

/// Sends requests on one connection, and fails where a response is missing.
fn request_often(address: SocketAddr, times: usize) {
    let mut connection = Connection::open(address);
    for _ in 0..times {
        assert_eq!(connection.get("/").unwrap().status, 200);
    }
}

fn dropped(operations: SocketAddr) -> u64 {
    let metrics = get(operations, "/metrics").body;
    let mut lines = metrics.lines();
    let count = lines.find_map(|line| line.strip_prefix("purlin_log_lines_dropped_total "));
    count.unwrap().parse().unwrap()
}

#[test]
fn unread_standard_error_does_not_block_requests() {
    let folder = Folder::new();
    let mut server = Server::start(
        listening(&folder)
            .env("PURLIN_LOG__QUEUE", "16")
            .env("PURLIN_OPS__BIND", "127.0.0.1:0"),
    );
    let operations = server.operations();
    // A pipe takes 64 KiB; this is far more.
    request_often(server.address, 3000);
    assert!(dropped(operations) > 1000);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(access_lines(&log).len() > 100);
}

#[test]
fn dropped_lines_are_counted_in_the_log() {
    let folder = Folder::new();
    let mut server = Server::start(listening(&folder).env("PURLIN_LOG__QUEUE", "16"));
    request_often(server.address, 3000);
    let mut lost = 0;
    while lost < 1000 {
        let line = server.log_line_with("lines were lost");
        assert!(line.contains("WARN  purlin::log]"), "{line}");
        let (_, count) = line.split_once("lost=").unwrap();
        lost += count.parse::<u64>().unwrap();
    }
}

#[test]
fn closed_or_full_standard_error_does_not_stop_the_server() {
    for (redirection, loses) in [("2>&-", false), ("2>/dev/full", true)] {
        let folder = Folder::new();
        let mut command = listening(&folder);
        command.env("PURLIN_OPS__BIND", "127.0.0.1:0");
        let script = format!("exec \"$0\" \"$@\" {redirection}");
        let mut server = Server::start(&mut in_shell(&script, &command));
        let operations = server.operations();
        request_often(server.address, 50);
        wait_until(redirection, || !loses || dropped(operations) >= 50);
        server.signal("TERM");
        assert_eq!(server.wait().0.code(), Some(0), "{redirection}");
    }
}

#[test]
fn log_is_flushed_at_shutdown() {
    let folder = Folder::new();
    let server = Server::start(&mut listening(&folder));
    request_often(server.address, 100);
    assert_eq!(access_lines(&server.stop()).len(), 100);
}

#[test]
fn invalid_log_settings_are_rejected() {
    let folder = Folder::with_settings("[log]\nformat = \"xml\"\nqueue = 0\n");
    let (code, _, errors) = output(&mut listening(&folder));
    assert_eq!(code, Some(2));
    for line in [
        "purlin.toml:2:1: log.format: expected one of `text`, `json`, found `xml`",
        "purlin.toml:3:1: log.queue: expected a whole number from 1 to 1000000, found `0`",
    ] {
        assert!(errors.contains(line), "{errors}");
    }
}
