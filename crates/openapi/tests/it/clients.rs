//! The document for generators of clients.

use purlin_openapi::{Dialect, Document, Info, MediaType, Method, Operation, Response, Schema};
use serde_json::{Value, json};

/// What is said of the responses with these statuses and media types, each with a schema of that title.
fn said(responses: &[(&str, &[&str])], dialect: Dialect) -> Value {
    let mut operation = Operation::new("get_index");
    for (status, media_types) in responses {
        let mut response = Response::new("An answer.");
        for name in *media_types {
            let body = MediaType::new(Schema(json!({"title": name})));
            response.content.insert((*name).to_owned(), body);
        }
        operation.responses.insert((*status).to_owned(), response);
    }
    let mut document = Document::new(Info::new("API", "1.0.0"));
    document.operation("/", Method::Get, operation);
    document.for_clients().to_value(dialect)["paths"]["/"]["get"]["responses"].take()
}

/// The media types of a sole response.
fn content(media_types: &[&str], dialect: Dialect) -> Value {
    said(&[("200", media_types)], dialect)["200"]["content"].take()
}

fn body(title: &str) -> Value {
    json!({"schema": {"title": title}})
}

#[track_caller]
fn stay(responses: &[(&str, &[&str])], statuses: &[&str]) {
    let said = said(responses, Dialect::V3_0);
    let known: Vec<_> = said.as_object().into_iter().flatten().collect();
    let known: Vec<_> = known.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(known, statuses, "of {responses:?}");
}

const NOTHING: &[&str] = &[];
const JSON: &[&str] = &["application/json"];
const PROBLEM: &[&str] = &["application/problem+json"];
const TEXT: &[&str] = &["text/plain"];

#[test]
fn json_under_a_name_of_its_own_may_be_called_json() {
    let problem = "application/problem+json";
    for dialect in [Dialect::V3_0, Dialect::V3_1] {
        assert_eq!(
            content(&[problem], dialect),
            json!({"application/json": body(problem), problem: body(problem)})
        );
    }
}

#[test]
fn what_is_no_json_or_one_of_several_bodies_is_left_alone() {
    for names in [
        &["text/event-stream"][..],
        &["application/json"],
        &["application/json", "application/problem+json"],
        &["application/a+json", "application/b+json"],
    ] {
        let same: serde_json::Map<_, _> = names
            .iter()
            .map(|name| ((*name).to_owned(), body(name)))
            .collect();
        assert_eq!(content(names, Dialect::V3_0), Value::Object(same));
    }
}

#[test]
fn of_different_bodies_the_first_is_told_of() {
    stay(
        &[("200", JSON), ("204", NOTHING), ("400", PROBLEM)],
        &["200", "400"],
    );
    stay(
        &[("200", NOTHING), ("201", JSON), ("202", JSON)],
        &["201", "202"],
    );
    stay(&[("200", TEXT), ("201", JSON)], &["200"]);
    stay(
        &[
            ("200", JSON),
            ("400", PROBLEM),
            ("404", NOTHING),
            ("500", PROBLEM),
        ],
        &["200", "400", "500"],
    );
}

#[test]
fn where_all_have_one_body_all_are_told_of() {
    stay(
        &[("200", JSON), ("304", NOTHING), ("400", PROBLEM)],
        &["200", "304", "400"],
    );
    stay(&[("200", NOTHING), ("204", NOTHING)], &["200", "204"]);
    stay(&[("400", PROBLEM), ("4XX", PROBLEM)], &["400", "4XX"]);
    stay(&[("default", PROBLEM)], &["default"]);
}

#[test]
fn nothing_speaks_for_a_status_that_is_not_told_of() {
    stay(
        &[("400", PROBLEM), ("404", NOTHING), ("4XX", PROBLEM)],
        &["400"],
    );
    stay(&[("200", JSON), ("default", PROBLEM)], &["200"]);
    stay(
        &[("4XX", PROBLEM), ("5XX", NOTHING), ("default", NOTHING)],
        &["4XX"],
    );
}
