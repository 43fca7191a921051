//! Responses of Swagger 2.0: one schema for all media types, no ranges of
//! statuses.

use purlin_openapi::{
    Dialect, Document, Info, Link, MediaType, Method, Operation, Response, Schema,
};
use serde_json::{Value, json};

fn written(responses: Vec<(&str, Response)>) -> Value {
    let mut operation = Operation::new("it");
    let responses = responses.into_iter();
    operation.responses = responses
        .map(|(status, it)| (status.to_owned(), it))
        .collect();
    let mut document = Document::new(Info::new("Responses", "1"));
    document.operation("/a", Method::Get, operation);
    document.to_value(Dialect::V2_0)["paths"]["/a"]["get"].clone()
}

fn response(content: &[(&str, Value)]) -> Response {
    let mut response = Response::new("Ok.");
    for (name, schema) in content {
        let media_type = MediaType::new(Schema(schema.clone()));
        response.content.insert((*name).to_owned(), media_type);
    }
    response
}

#[test]
fn the_schema_is_that_of_json_and_applies_to_all_produced_types() {
    let object = json!({"type": "object"});
    let ok = response(&[
        ("application/hal+json", object.clone()),
        ("application/json", object.clone()),
        ("text/csv", json!({"type": "string"})),
    ]);
    let gone = response(&[("application/problem+json", json!({"type": "integer"}))]);
    let written = written(vec![("200", ok), ("410", gone)]);
    assert_eq!(
        written["produces"],
        json!([
            "application/hal+json",
            "application/json",
            "application/problem+json"
        ])
    );
    assert_eq!(written["responses"]["200"]["schema"], object);
    assert_eq!(
        written["responses"]["410"]["schema"],
        json!({"type": "integer"})
    );
}

#[test]
fn binary_content_is_a_file() {
    let of = |name: &str, schema| {
        let written = written(vec![("200", response(&[(name, schema)]))]);
        written["responses"]["200"]["schema"].clone()
    };
    let file = json!({"type": "file"});
    let bytes = json!({"contentMediaType": "application/octet-stream"});
    assert_eq!(of("application/pdf", bytes), file);
    assert_eq!(of("image/png", json!(true)), file);
    assert_eq!(
        of("text/plain", json!({"type": "string"})),
        json!({"type": "string"})
    );
}

#[test]
fn ranges_of_statuses_become_default() {
    let range = |text: &str| Response::new(text);
    let none = written(vec![
        ("200", response(&[])),
        ("4XX", range("No.")),
        ("5XX", range("Oh.")),
    ]);
    assert_eq!(
        none["responses"],
        json!({"200": {"description": "Ok."}, "default": {"description": "4XX: No.\n\n5XX: Oh."}})
    );
    let some = written(vec![("default", response(&[])), ("5XX", range("Oh."))]);
    assert_eq!(
        some["responses"],
        json!({"default": {"description": "Ok."}})
    );
    // At least one response is required.
    let nothing = written(Vec::new());
    assert_eq!(
        nothing["responses"],
        json!({"default": {"description": "Not described."}})
    );
}

#[test]
fn links_are_omitted_and_examples_are_by_media_type() {
    let mut ok =
        response(&[("text/plain", json!({"type": "string"}))]).link("next", Link::new("it"));
    let text = MediaType::new(Schema(json!({"type": "string"}))).example("hello");
    ok.content.insert("text/plain".to_owned(), text);
    assert_eq!(
        written(vec![("200", ok)])["responses"]["200"],
        json!({"description": "Ok.", "schema": {"type": "string"}, "examples": {"text/plain": "hello"}})
    );
}
