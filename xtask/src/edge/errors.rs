//! The edge's own errors: each has the status of the error and a body in the format of the server's errors.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::site::{Site, curl, expect};

/// Longer than a line may be.
const LONG: usize = 20_000;

/// How long the edge may take to close a connection after an error.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends malformed requests over HTTP, and the errors that HTTP/2 has over HTTPS.
pub(super) fn check(site: &Site) -> Result<()> {
    let nginx = &site.nginx;
    let long = "a".repeat(LONG);
    let rest = "Host: edge.test\r\nConnection: close\r\n\r\n";
    for (status, request) in [
        (400, "\u{1} GET\r\n\r\n".to_owned()),
        (
            400,
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        ),
        (
            404,
            format!("GET /.well-known/acme-challenge/none HTTP/1.1\r\n{rest}"),
        ),
        (405, format!("TRACE / HTTP/1.1\r\n{rest}")),
        (
            413,
            format!("POST / HTTP/1.1\r\nContent-Length: 9999999\r\n{rest}"),
        ),
        (414, format!("GET /{long} HTTP/1.1\r\n{rest}")),
        (431, format!("GET / HTTP/1.1\r\nLong: {long}\r\n{rest}")),
        (
            501,
            format!("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n{rest}"),
        ),
        (505, format!("GET / HTTP/9.9\r\n{rest}")),
    ] {
        let response = send(nginx.http, &request)?;
        expect_error(&response, &format!("HTTP/1.1 {status}"))?;
    }
    // HTTP at the port of HTTPS.
    let response = send(nginx.https, &format!("GET / HTTP/1.1\r\n{rest}"))?;
    expect_error(&response, "HTTP/1.1 400")?;

    // Over HTTP/2 a head that is too large ends the connection.
    let response = curl(nginx, "/", &["--request", "TRACE"])?;
    expect_error(&response, "HTTP/2 405")
}

/// Sends bytes and returns everything until the connection ends.
pub(super) fn send(address: SocketAddr, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    let mut part = [0; 4096];
    // A reset after the response ends it, too.
    while let Ok(length @ 1..) = stream.read(&mut part) {
        response.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&response).into_owned())
}

/// Checks a response of the edge itself: status, type, body, and the fields that every response has. Those that may be
/// repeated say so.
pub(super) fn expect_error(response: &str, status: &str) -> Result<()> {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((response, ""));
    let head = head.to_ascii_lowercase();
    expect(response.starts_with(status), status, response)?;
    let retry = if ["429", "503"].iter().any(|it| status.ends_with(it)) {
        1
    } else {
        0
    };
    for (field, times) in [
        ("\r\ncontent-type: application/json\r\n", 1),
        ("\r\nx-content-type-options: nosniff", 1),
        ("\r\ncache-control: no-store", 1),
        ("\r\nx-request-id: ", 1),
        ("\r\nretry-after: 1", retry),
    ] {
        let found = head.matches(field).count();
        expect(
            found == times,
            &format!("{times} times {field:?}"),
            response,
        )?;
    }
    let body: Value =
        serde_json::from_str(body).with_context(|| format!("no JSON in {response}"))?;
    let has_message = body["message"].as_str().is_some_and(|it| it.ends_with('.'));
    expect(has_message, "a message", response)
}
