//! Idempotency keys in a running server: what its settings do, and what its middleware adds.

use crate::support::{Folder, Server, listening, observed, output, program, wait_for_metric};

const GUEST: &str = r#"{"name":"Ada","age":36}"#;

fn folder(settings: &str) -> Folder {
    let keys = "[greetings.api_keys]\nada = \"key\"\n";
    Folder::with_settings(&format!(
        "[idempotency]\nenabled = true\n{settings}\n{keys}"
    ))
}

/// The head of a POST with a key and a credential.
fn head(key: &str, caller: &str, length: usize) -> String {
    format!(
        "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: {caller}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

#[test]
fn repeated_idempotency_key_replays_the_response() {
    let folder = folder("");
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    let send = |key: &str, caller: &str, body: &str| {
        let mut stream = server.connect();
        stream.write(head(key, caller, body.len()) + body).unwrap();
        stream.read()
    };
    let first = send("\"one\"", "key", GUEST);
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (201, None)
    );
    let again = send("\"one\"", "key", GUEST);
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (201, Some("true"))
    );
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("content-type"), first.header("content-type"));
    // What middleware adds belongs to each response.
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    assert_eq!(again.header("x-content-type-options"), Some("nosniff"));

    let other = send("\"one\"", "key", r#"{"name":"Bob","age":36}"#);
    assert_eq!(other.status, 422);
    assert_eq!(other.header("content-type"), Some("application/json"));
    assert!(
        other.body.contains("was used for another request"),
        "{other:?}"
    );
    let unauthenticated = send("\"one\"", "wrong", GUEST);
    assert_eq!(unauthenticated.status, 401);
    assert_eq!(send(&"k".repeat(256), "key", GUEST).status, 400);
    assert_eq!(send("two parts", "key", GUEST).status, 400);
    // Only what is wrong with a key is counted for it.
    assert_eq!(send("three", "key", "{}").status, 400);
    for line in [
        r#"purlin_http_requests_rejected_total{reason="key_misused"} 3"#,
        r#"purlin_http_requests_rejected_total{reason="key_in_progress"} 0"#,
        r#"purlin_http_requests_rejected_total{reason="store_unavailable"} 0"#,
    ] {
        wait_for_metric(operations, line);
    }
}

#[test]
fn idempotency_key_of_a_failed_request_may_be_reused() {
    let folder = folder("[limits]\nrequest_timeout = 1");
    let server = Server::start(&mut listening(&folder));
    // A body that does not arrive is given up, and its key may be used.
    let head = head("k", "key", GUEST.len());
    let mut slow = server.connect();
    slow.write(format!("{head}{{")).unwrap();
    assert_eq!(slow.read().status, 408);
    let mut whole = server.connect();
    whole.write(format!("{head}{GUEST}")).unwrap();
    let response = whole.read();
    assert_eq!(
        (response.status, response.header("idempotency-replayed")),
        (201, None)
    );
}

#[test]
fn limits_that_contradict_each_other_are_reported() {
    let folder = folder("[limits]");
    let (code, _, log) = output(
        program(&folder)
            .args(["config"])
            .env("PURLIN_IDEMPOTENCY__MAX_BYTES", "100000")
            .env("PURLIN_IDEMPOTENCY__MAX_BYTES_PER_CALLER", "100001")
            .env("PURLIN_IDEMPOTENCY__MAX_RESPONSE", "65536"),
    );
    assert_eq!(code, Some(2), "{log}");
    for key in [
        "idempotency.max_bytes_per_caller",
        "idempotency.max_response",
    ] {
        assert!(log.contains(key), "{log}");
    }
}

#[test]
fn the_document_has_keys_where_they_are_honoured() {
    let (_, document, log) = output(program(&folder("")).args(["openapi"]));
    assert!(document.contains("Idempotency-Key"), "{log}");
    let (_, document, log) = output(program(&Folder::new()).args(["openapi"]));
    assert!(document.contains("/send_greeting"), "{log}");
    assert!(!document.contains("Idempotency-Key"));
}
