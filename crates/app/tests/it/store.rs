//! The store that replicas share, by the setting `store.url`: two processes and a real Redis.

#[path = "../../../conduit/tests/it/support/postgres.rs"]
#[allow(dead_code, reason = "the tests of purlin-store use the rest")]
mod postgres;
#[path = "../../../store/tests/it/support/redis.rs"]
#[allow(dead_code, reason = "the tests of purlin-store use the rest")]
mod redis;

use std::{env, io::Write as _};

use self::redis::Redis;

use crate::support::{
    Folder, Server, http, listening, observed, output, program, wait_for_metric, wait_until,
};

const GUEST: &str = r#"{"name":"Ada","age":36}"#;

/// Returns a server of Redis for one test; none where it is not installed, unless it has to be.
fn start() -> Option<Redis> {
    if !Redis::is_installed() && env::var_os("PURLIN_TESTS_NEED_REDIS").is_none() {
        let missing = "skipped: a test of the store: Redis is not installed";
        let mut past_capture = std::io::stderr();
        writeln!(past_capture, "{missing}").unwrap();
        return None;
    }
    Redis::private(&[])
}

fn folder(redis: &Redis, settings: &str) -> Folder {
    let url = redis.url();
    Folder::with_settings(&format!(
        "[idempotency]\nenabled = true\n[greetings.api_keys]\nada = \"key\"\n[replicas]\ncount = 2\n\
         [store]\nurl = \"{url}\"\nidempotency_timeout = 5000\nrate_limit_timeout = 5000\n{settings}"
    ))
}

fn post(server: &Server, key: &str) -> http::Response {
    let length = GUEST.len();
    let mut stream = server.connect();
    stream
        .write(format!(
            "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n{key}\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{GUEST}"
        ))
        .unwrap();
    stream.read()
}

#[test]
fn replicas_execute_a_request_with_a_key_once_and_count_requests_together() {
    let Some(redis) = start() else { return };
    let folder = folder(&redis, "[rate_limit]\nper_address = 3\nwindow = 3600\n");
    let mut one = Server::start(&mut observed(&folder));
    let operations = one.operations();
    let other = Server::start(&mut listening(&folder));
    let key = "Idempotency-Key: one\r\n";
    let first = post(&one, key);
    assert_eq!(first.status, 201, "{first:?}");
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(first.header("ratelimit"), Some("\"address\";r=2;t=1200"));
    let again = post(&other, key);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(post(&one, "").status, 201);
    let rejected = post(&other, "");
    assert_eq!(rejected.status, 429, "{rejected:?}");
    for line in [
        r#"purlin_store_calls_total{purpose="idempotency",outcome="ok"} 2"#,
        r#"purlin_store_calls_total{purpose="rate_limit",outcome="ok"} 2"#,
        r#"purlin_store_calls_total{purpose="rate_limit",outcome="skipped"} 0"#,
        r#"purlin_store_paused{purpose="rate_limit"} 0"#,
    ] {
        wait_for_metric(operations, line);
    }
    // There is nothing to warn of.
    let log = one.stop() + &other.stop();
    assert!(
        !log.contains("in its own memory") && !log.contains("counts for itself"),
        "{log}"
    );
}

#[test]
fn without_the_store_keys_are_rejected_and_requests_are_not_limited() {
    let Some(mut redis) = start() else { return };
    let settings = "[rate_limit]\nper_address = 1\nwindow = 3600\n";
    let folder = folder(&redis, settings);
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    let ready = || http::get(operations, "/readyz");
    wait_until("ready", || ready().status == 200);
    redis.kill();
    for _ in 0..8 {
        let response = post(&server, "");
        assert_eq!((response.status, response.header("ratelimit")), (201, None));
    }
    let response = post(&server, "Idempotency-Key: one\r\n");
    assert_eq!(
        (response.status, response.header("retry-after")),
        (503, Some("1"))
    );
    wait_until("not ready", || ready().status == 503);
    assert!(ready().body.contains("\"store\":{\"outcome\":\"failed\""));
    wait_for_metric(operations, r#"purlin_store_paused{purpose="rate_limit"} 1"#);
    redis.start();
    wait_until("limited again", || post(&server, "").status == 429);
    wait_until("keys again", || {
        let response = post(&server, "Idempotency-Key: two\r\n");
        matches!(response.status, 201 | 429)
    });
    wait_until("ready", || ready().status == 200);
    let log = server.stop();
    let failures = log.matches("rate_limit: the store failed").count();
    assert_eq!(failures, 1, "{log}");
    assert!(
        log.contains("rate_limit: the store responds again"),
        "{log}"
    );
}

#[test]
fn requests_that_cannot_be_counted_are_rejected_if_the_settings_say_so() {
    let Some(mut redis) = start() else { return };
    let settings =
        "readiness = false\n[rate_limit]\nper_address = 9\non_store_failure = \"closed\"\n";
    let folder = folder(&redis, settings);
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    redis.kill();
    let response = post(&server, "");
    assert_eq!(
        (response.status, response.header("retry-after")),
        (503, Some("1"))
    );
    // The process is ready for what needs no store.
    assert_eq!(http::get(operations, "/readyz").status, 200);
    wait_for_metric(
        operations,
        r#"purlin_http_requests_rejected_total{reason="store_unavailable"} 1"#,
    );
    let log = server.stop();
    assert!(log.contains("the store failed"), "{log}");
}

#[test]
fn a_store_that_cannot_be_opened_ends_the_startup() {
    let folder = Folder::with_settings("[store]\nurl = \"redis+unix:///missing/socket\"\n");
    let (code, _, errors) = output(&mut listening(&folder));
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("cannot open the resource `store`"),
        "{errors}"
    );
    // What only prints does not need it.
    let (code, text, _) = output(program(&folder).arg("openapi"));
    assert_eq!(code, Some(0));
    assert!(text.contains("openapi"));
}

#[test]
fn a_url_of_a_store_is_checked_with_the_settings() {
    for (settings, expected) in [
        (
            "url = \"mysql://sesame@localhost\"",
            "store.url: expected a URL that begins with",
        ),
        ("url = \"redis://:sesame@localhost:port\"", "store.url: "),
        (
            "url = \"redis://:sesame@localhost\"\nprefix = \"A B\"",
            "store.url: a prefix has",
        ),
    ] {
        let folder = Folder::with_settings(&format!("[store]\n{settings}\n"));
        let (code, _, errors) = output(&mut listening(&folder));
        assert_eq!(code, Some(2));
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains("sesame"), "{errors}");
        let (_, text, _) = output(program(&folder).args(["config"]));
        assert!(!text.contains("sesame"), "{text}");
    }
}
