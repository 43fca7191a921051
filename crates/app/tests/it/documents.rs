//! What the middleware adds to the documents: exactly what the settings switch on, the same wherever the document is shown.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::Command,
};

use serde_json::Value;

use crate::support::{
    Folder, Server,
    contract::{self, Sent},
    listening, observed, output, program, wait_for_metric,
};

const EVERYTHING: &str = r#"
[limits]
body_bytes = 1000

[rate_limit]
per_address = 1000
per_key = 500
key_header = "X-MyApp-ApiKey"

[conditional]
enabled = true

[compression]
enabled = true

[idempotency]
enabled = true

[cors]
origins = ["https://app.example.org"]
"#;

const NOTHING: &str = r"
[limits]
max_in_flight = 0
request_timeout = 0
uri_bytes = 0
header_count = 0
header_bytes = 0
";

fn printed(command: &mut Command) -> Value {
    let (code, out, errors) = output(command.arg("openapi"));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    serde_json::from_str(&out).unwrap()
}

fn document(settings: &str) -> Value {
    printed(&mut program(&Folder::with_settings(settings)))
}

fn responses<'d>(document: &'d Value, path: &str, method: &str) -> &'d Value {
    &document["paths"][path][method]["responses"]
}

fn statuses<'d>(document: &'d Value, path: &str, method: &str) -> Vec<&'d str> {
    let responses = responses(document, path, method).as_object().unwrap();
    responses.keys().map(String::as_str).collect()
}

/// Returns the response of a status, wherever it is, and its headers with whether they are required.
fn response<'d>(
    document: &'d Value,
    path: &str,
    method: &str,
    status: &str,
) -> (&'d Value, Vec<(&'d str, bool)>) {
    let resolved = |value: &'d Value| match value["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => value,
    };
    let response = resolved(&responses(document, path, method)[status]);
    let headers = response["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, header)| {
        let is_required = resolved(header)["required"] == true;
        (name.as_str(), is_required)
    });
    (response, headers.collect())
}

const ID: (&str, bool) = ("X-Request-Id", true);

#[test]
fn default_settings_add_the_limits_and_the_request_id() {
    let document = document("");
    assert_eq!(
        statuses(&document, "/", "get"),
        ["200", "400", "414", "431", "500", "503", "504"]
    );
    assert_eq!(
        statuses(&document, "/send_greeting", "post"),
        [
            "201", "400", "401", "408", "413", "414", "431", "500", "503", "504"
        ]
    );
    for status in ["200", "400", "414", "431", "500", "504"] {
        assert_eq!(response(&document, "/", "get", status).1, [ID], "{status}");
    }
    let (busy, headers) = response(&document, "/", "get", "503");
    assert_eq!(headers, [("Retry-After", true), ID]);
    let content = &busy["content"]["application/json"];
    assert_eq!(
        content["example"]["message"],
        "the server is busy; try again in a moment"
    );
    // The responses that operations have in common are written once.
    let shared = document["components"]["responses"].as_object().unwrap();
    assert!(shared.contains_key("UriTooLong"), "{shared:?}");
    assert!(document["paths"]["/"]["get"].get("parameters").is_none());
}

#[test]
fn what_is_switched_off_is_not_in_the_document() {
    let document = document(NOTHING);
    assert_eq!(statuses(&document, "/", "get"), ["200", "400", "500"]);
    assert_eq!(
        statuses(&document, "/send_greeting", "post"),
        ["201", "400", "401", "413", "500"]
    );
}

#[test]
fn what_is_switched_on_is_in_the_document() {
    let document = document(EVERYTHING);
    assert_eq!(
        statuses(&document, "/", "get"),
        [
            "200", "304", "400", "413", "414", "429", "431", "500", "503", "504"
        ]
    );
    let post = statuses(&document, "/send_greeting", "post");
    assert!(post.contains(&"409") && post.contains(&"422"), "{post:?}");
    assert!(!post.contains(&"304"), "{post:?}");
    let get = &document["paths"]["/"]["get"]["parameters"];
    assert_eq!(get[0]["name"], "If-None-Match");

    let limit = [("RateLimit", false), ("RateLimit-Policy", true)];
    let headers = |status: &str| response(&document, "/", "get", status).1;
    assert_eq!(headers("200"), [("ETag", false), limit[0], limit[1], ID]);
    assert_eq!(headers("304"), [("ETag", true), limit[0], limit[1], ID]);
    assert_eq!(
        headers("429"),
        [
            ("RateLimit", true),
            ("RateLimit-Policy", true),
            ("Retry-After", true),
            ID
        ]
    );
    // Rejected before the rate limit.
    assert_eq!(headers("414"), [ID]);
    let policy = &document["components"]["headers"]["RateLimit-Policy"];
    assert_eq!(
        policy["example"],
        "\"address\";q=1000;w=60, \"key\";q=500;w=60"
    );
    // Only JSON has a tag.
    assert!(!statuses(&document, "/events", "get").contains(&"304"));
}

#[test]
fn served_document_is_the_printed_one() {
    let folder = Folder::with_settings(EVERYTHING);
    let server = Server::start(&mut listening(&folder));
    let served = server.request("GET /openapi.json HTTP/1.1");
    let served: Value = serde_json::from_str(&served.body).unwrap();
    assert_eq!(served, printed(&mut program(&folder)));
    let swagger = server.request("GET /swagger HTTP/1.1").body;
    assert!(swagger.contains("\"#/responses/TooManyRequests\""));
}

#[test]
fn rejection_by_the_concurrency_limit_has_the_headers_of_the_rate_limit() {
    let folder = Folder::with_settings(
        "[limits]\nmax_in_flight = 1\n[rate_limit]\nper_address = 1000\n[http]\nworkers = 2\n",
    );
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    let mut waiting = server.connect();
    waiting
        .write("GET /never HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    let rejected = server.request("GET / HTTP/1.1");
    assert_eq!(rejected.status, 503);
    assert!(rejected.header("ratelimit").is_some(), "{rejected:?}");
    assert!(rejected.header("ratelimit-policy").is_some());
}

#[test]
fn conditional_responses_and_replayed_ones_are_those_of_the_document() {
    let folder = Folder::with_settings(&format!(
        "{EVERYTHING}\n[greetings.api_keys]\nada = \"key\"\n"
    ));
    let server = Server::start(&mut listening(&folder));
    let first = server.request("GET / HTTP/1.1");
    let tag = first.header("etag").unwrap();
    let again = server.request(format!("GET / HTTP/1.1\nIf-None-Match: {tag}"));
    assert_eq!(again.status, 304);
    let mut connection = server.connect();
    for replayed in [None, Some("true")] {
        let body = r#"{"name":"Ada","age":36}"#;
        let head = format!(
            "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\nIdempotency-Key: 1\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write(head).unwrap();
        let response = connection.read();
        assert_eq!(response.status, 201);
        assert_eq!(response.header("idempotency-replayed"), replayed);
    }
}

#[test]
fn middleware_of_the_application_is_in_the_document() {
    let folder = Folder::new();
    let mut command = listening(&folder);
    let server = Server::start(command.env("TEST_PROGRAM", "composed"));
    let document = printed(program(&folder).env("TEST_PROGRAM", "composed"));
    let (_, headers) = response(&document, "/motd", "get", "200");
    assert_eq!(headers, [ID, ("X-Version", true)]);
    // Outside of what adds the version.
    let (gone, headers) = response(&document, "/motd", "get", "410");
    assert_eq!(headers, [ID]);
    let sent = server.request("GET /motd HTTP/1.1\nX-Late: 1");
    assert_eq!(sent.status, 410);
    assert_eq!(
        gone["content"]["application/problem+json"]["example"],
        serde_json::from_str::<Value>(&sent.body).unwrap()
    );
}

#[test]
fn response_outside_the_document_fails_a_test() {
    let folder = Folder::new();
    let server = Server::start(&mut listening(&folder));
    let mut response = server.request("GET / HTTP/1.1");
    let request = Sent::all_in(b"GET / HTTP/1.1\r\n\r\n").remove(0);
    let mut message_of = |change: &dyn Fn(&mut crate::support::http::Response)| {
        change(&mut response);
        let checked = catch_unwind(AssertUnwindSafe(|| {
            contract::check(server.address, &request, &response);
        }));
        *checked.unwrap_err().downcast::<String>().unwrap()
    };
    let message = message_of(&|response| response.bytes = b"{\"message\":1}".to_vec());
    assert!(message.contains("whose schema it breaks"), "{message}");
    let message =
        message_of(&|response| response.head = response.head.replace("x-request-id", "x"));
    assert!(message.contains("requires `X-Request-Id`"), "{message}");
    let message = message_of(&|response| response.status = 418);
    assert!(message.contains("whose statuses are others"), "{message}");
}
