//! Hostile and broken requests over a real connection: each is answered with a
//! 4xx in the registry's style that names the place, and the connection goes on.

mod cases;
mod server;
mod unread;

use purlin_router::{
    Json, Operation, Registry,
    error::ErrorStyle,
    extract::{Headers, Path, Query},
};
use serde_json::Value;

use cases::{get, table};
use server::{Client, Connection, Filter, Guest, serve};

use crate::support;

#[test]
fn each_is_answered_in_the_registrys_style_and_the_connection_goes_on() {
    let address = serve(ErrorStyle::Problem);
    let mut connection = Connection::new(address);
    for case in table() {
        let answer = connection.send(&case.request);
        let body = String::from_utf8_lossy(&answer.body);
        let what = case.what;
        assert_eq!(answer.status, case.status, "{what}: {body}");
        assert!(
            answer
                .head
                .contains("content-type: application/problem+json"),
            "{what}: {}",
            answer.head
        );
        let problem: Value = serde_json::from_slice(&answer.body).expect(what);
        assert_eq!(problem["status"], case.status, "{what}");
        let violations = problem["violations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let named =
            problem["code"] == case.code || violations.iter().any(|v| v["code"] == case.code);
        assert!(named, "{what}: {body}");
        if !case.place.is_empty() {
            let there = violations.iter().any(|violation| {
                let place = format!(
                    "{} {}",
                    violation["location"].as_str().unwrap_or_default(),
                    violation["pointer"].as_str().unwrap_or_default()
                );
                place == case.place
            });
            assert!(there, "{what}: no violation at {:?} in {body}", case.place);
        }
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!(
            (again.status, again.body.as_slice()),
            (200, b"3".as_slice()),
            "after {what}"
        );
    }
}

/// What Flask reads in some way, and its clients may rely on.
const TAKEN_BY_FLASK: &[&str] = &["a query that is not UTF-8"];

#[test]
fn rebar_answers_the_same_requests_in_its_envelope() {
    let address = serve(ErrorStyle::Rebar);
    let mut connection = Connection::new(address);
    for case in table() {
        let what = case.what;
        let answer = connection.send(&case.request);
        if TAKEN_BY_FLASK.contains(&what) {
            assert!(answer.status < 300, "{what}: {}", answer.status);
            continue;
        }
        assert!(
            (400..500).contains(&answer.status),
            "{what}: {}",
            answer.status
        );
        let body: Value = serde_json::from_slice(&answer.body).expect(what);
        assert!(body["message"].is_string(), "{what}: {body}");
        let again = connection.send(&get("/guests?limit=3", b""));
        assert_eq!(again.status, 200, "after {what}");
    }
}

#[test]
fn actix_refuses_long_targets_by_itself() {
    let address = serve(ErrorStyle::Problem);
    let target = |length| format!("/names/{}", "x".repeat(length - "/names/".len()));
    let longest = Connection::new(address).send(&get(&target(65_535 - 1), b""));
    assert_eq!(longest.status, 200);
    let longer = Connection::new(address).send(&get(&target(65_536), b""));
    assert_eq!((longer.status, longer.body.len()), (400, 0));
    assert!(!longer.head.contains("content-type"), "{}", longer.head);
}

#[test]
fn every_section_is_reported_in_one_answer() {
    async fn everything(
        _: Path<u32>,
        _: Query<Filter>,
        _: Headers<Client>,
        _: Json<Guest>,
    ) -> Json<u32> {
        Json(0)
    }
    let api = Registry::new("T", "1").operation(Operation::post("/{id}", everything));
    let answer = support::client(&api)
        .post("/x?limit=-1&nope=1")
        .header("content-type", "application/json")
        .body(r#"{"name":7,"extra":true}"#)
        .send();
    assert_eq!(answer.status(), 400);
    let problem: Value = answer.json();
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
