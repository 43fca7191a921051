//! Hostile and malformed requests over a real connection: each is rejected with a
//! 4xx in the error style of the registry that locates the violation, and the
//! connection stays usable unless the body was chunked.

mod api;
mod cases;
mod unread_body;

use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{Headers, Path, Query},
};
use serde_json::Value;

use api::{Client, Filter, Guest, serve};
use cases::{get, table};

use crate::support::{self, server::Connection};

#[test]
fn bad_requests_are_rejected_as_problems_and_the_connection_stays_usable() {
    let address = serve(ErrorStyle::Problem);
    let mut connection = Connection::new(address);
    for case in table() {
        let response = connection.send(&case.request);
        let body = String::from_utf8_lossy(&response.body);
        let what = case.what;
        assert_eq!(response.status, case.status, "{what}: {body}");
        assert!(
            response
                .head
                .contains("content-type: application/problem+json"),
            "{what}: {}",
            response.head
        );
        let problem: Value = serde_json::from_slice(&response.body).expect(what);
        assert_eq!(problem["status"], case.status, "{what}");
        let violations = problem["violations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let named =
            problem["code"] == case.code || violations.iter().any(|v| v["code"] == case.code);
        assert!(named, "{what}: {body}");
        if !case.location.is_empty() {
            let there = violations.iter().any(|violation| {
                let location = format!(
                    "{} {}",
                    violation["location"].as_str().unwrap_or_default(),
                    violation["pointer"].as_str().unwrap_or_default()
                );
                location == case.location
            });
            assert!(
                there,
                "{what}: no violation at {:?} in {body}",
                case.location
            );
        }
        assert_eq!(response.closes(), what.contains("chunked"), "{what}");
        if response.closes() {
            connection = Connection::new(address);
        }
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!(
            (again.status, again.body.as_slice()),
            (200, b"3".as_slice()),
            "after {what}"
        );
    }
}

/// Requests that Flask accepts in some way, so that its clients may rely on them.
const ACCEPTED_BY_FLASK: &[&str] = &["a query that is not UTF-8"];

#[test]
fn bad_requests_are_rejected_in_the_rebar_envelope() {
    let address = serve(ErrorStyle::Rebar);
    let mut connection = Connection::new(address);
    for case in table() {
        let what = case.what;
        let response = connection.send(&case.request);
        if ACCEPTED_BY_FLASK.contains(&what) {
            assert!(response.status < 300, "{what}: {}", response.status);
            continue;
        }
        assert!(
            (400..500).contains(&response.status),
            "{what}: {}",
            response.status
        );
        let body: Value = serde_json::from_slice(&response.body).expect(what);
        assert!(body["message"].is_string(), "{what}: {body}");
        if response.closes() {
            connection = Connection::new(address);
        }
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!(again.status, 200, "after {what}");
    }
}

#[test]
fn actix_rejects_long_targets_itself() {
    let address = serve(ErrorStyle::Problem);
    let target = |length| format!("/names/{}", "x".repeat(length - "/names/".len()));
    let longest = Connection::new(address).send(&get(&target(65_535 - 1), b""));
    assert_eq!(longest.status, 200);
    let longer = Connection::new(address).send(&get(&target(65_536), b""));
    assert_eq!((longer.status, longer.body.len()), (400, 0));
    assert!(!longer.head.contains("content-type"), "{}", longer.head);
}

#[test]
fn violations_of_every_section_are_in_one_response() {
    async fn everything(
        _: Path<u32>,
        _: Query<Filter>,
        _: Headers<Client>,
        _: Json<Guest>,
    ) -> Json<u32> {
        Json(0)
    }
    let api = Registry::new("T", "1").operation(Operation::post("/{id}", everything));
    let response = support::client(&api)
        .post("/x?limit=-1&nope=1")
        .header("content-type", "application/json")
        .body(r#"{"name":7,"extra":true}"#)
        .send();
    assert_eq!(response.status(), 400);
    let problem: Value = response.json();
    let found: Vec<String> = problem["violations"]
        .as_array()
        .expect("violations")
        .iter()
        .map(|v| format!("{} {} {}", v["location"], v["pointer"], v["code"]).replace('"', ""))
        .collect();
    for expected in [
        "path /id type",
        "query /limit minimum",
        "query /nope unknown_field",
        "body /name type",
        "body /age required",
        "body /extra unknown_field",
    ] {
        assert!(found.iter().any(|f| f == expected), "{expected}: {found:?}");
    }
}
