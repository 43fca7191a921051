//! Clients that close their connection before they have a whole response.

use std::{
    io::Read,
    net::{Shutdown, TcpStream},
};

use crate::support::{Folder, Server, http::Connection, observed, wait_for_metric};

/// Sends a request on a connection of its own, whose response is not read.
fn begin(server: &Server, head: &str) -> TcpStream {
    let mut connection = Connection::open(server.address);
    connection
        .write(format!("{head}\r\nHost: a\r\nX-Request-Id: gone\r\n\r\n"))
        .unwrap();
    connection.into_inner()
}

fn line_with<'l>(log: &'l str, part: &str) -> &'l str {
    let line = log.lines().find(|line| line.contains(part));
    line.unwrap_or_else(|| panic!("{part} is not in {log}"))
}

#[test]
fn handler_is_cancelled_when_its_client_closes_the_connection() {
    for half in [false, true] {
        let folder = Folder::new();
        let mut server = Server::start(&mut observed(&folder));
        let operations = server.operations();
        // Its handler never ends by itself.
        let stream = begin(&server, "GET /never?secret HTTP/1.1");
        wait_for_metric(operations, "purlin_http_requests_in_flight 1");
        if half {
            stream.shutdown(Shutdown::Write).unwrap();
        } else {
            drop(stream);
        }
        wait_for_metric(operations, "purlin_http_requests_aborted_total 1");
        wait_for_metric(operations, "purlin_http_requests_in_flight 0");
        wait_for_metric(operations, "purlin_http_responses_incomplete_total 0");
        let log = server.stop();
        let line = line_with(&log, "/never");
        assert!(
            line.contains("purlin::access] GET /never 499 0B "),
            "{line}"
        );
        assert!(line.ends_with(" request_id=gone outcome=aborted"), "{line}");
    }
}

#[test]
fn handler_that_the_shutdown_cuts_off_is_logged_as_aborted() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "1");
    command.env("PURLIN_HTTP__DRAIN_DELAY", "0");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    let stream = begin(&server, "GET /never HTTP/1.1");
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    let log = server.stop();
    drop(stream);
    let line = line_with(&log, "/never");
    assert!(line.contains("GET /never 499 0B "), "{line}");
}

#[test]
fn response_that_is_cut_off_is_counted_and_logged() {
    let folder = Folder::new();
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    let mut stream = begin(&server, "GET /export HTTP/1.1");
    let mut first = [0; 4096];
    stream.read_exact(&mut first).unwrap();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    drop(stream);
    wait_for_metric(operations, "purlin_http_responses_incomplete_total 1");
    wait_for_metric(operations, "purlin_http_requests_in_flight 0");
    // It had a response.
    wait_for_metric(operations, "purlin_http_requests_aborted_total 0");

    // One that is sent as a whole, and one that has no end.
    let docs = server.request("GET /docs/swagger-ui-bundle.js HTTP/1.1");
    assert_eq!(docs.status, 200);
    let head = server.request("HEAD /docs/swagger-ui-bundle.js HTTP/1.1");
    assert_eq!(head.status, 200);
    let mut events = begin(&server, "GET /endless HTTP/1.1");
    events.read_exact(&mut first[..64]).unwrap();
    drop(events);
    wait_for_metric(operations, "purlin_http_responses_incomplete_total 1");
    let log = server.stop();
    let lines: Vec<_> = log.lines().filter(|it| it.contains("/export")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("GET /export 200 stream "), "{log}");
    assert!(!lines[0].contains("outcome="), "{log}");
    assert!(lines[1].contains("GET /export 200 "), "{log}");
    assert!(
        lines[1].ends_with("us request_id=gone outcome=incomplete"),
        "{log}"
    );
    assert_eq!(log.matches("outcome=").count(), 1, "{log}");
}

#[test]
fn body_that_ends_early_is_a_bad_request() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("PURLIN_GREETINGS__API_KEYS__TEST", "k");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    let mut connection = Connection::open(server.address);
    connection
        .write("POST /send_greeting HTTP/1.1\r\nHost: a\r\nX-MyApp-ApiKey: k\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
        .unwrap();
    let stream = connection.into_inner();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    drop(stream);
    wait_for_metric(operations, "purlin_http_requests_in_flight 0");
    let log = server.stop();
    let line = line_with(&log, "/send_greeting");
    assert!(line.contains("POST /send_greeting 400 "), "{line}");
    assert!(!line.contains("outcome="), "{line}");
}
