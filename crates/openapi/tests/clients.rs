//! The document for generators of clients.

use purlin_openapi::{Dialect, Document, Info, MediaType, Method, Operation, Response, Schema};
use serde_json::{Value, json};

/// What is said of a response with these media types, each with a schema of that title.
fn said(media_types: &[&str], dialect: Dialect) -> Value {
    let mut response = Response::new("An answer.");
    for name in media_types {
        let body = MediaType::new(Schema(json!({"title": name})));
        response.content.insert((*name).to_owned(), body);
    }
    let mut operation = Operation::new("get_index");
    operation.responses.insert("200".to_owned(), response);
    let mut document = Document::new(Info::new("API", "1.0.0"));
    document.operation("/", Method::Get, operation);
    document.for_clients().to_value(dialect)["paths"]["/"]["get"]["responses"]["200"]["content"]
        .take()
}

fn body(title: &str) -> Value {
    json!({"schema": {"title": title}})
}

#[test]
fn json_under_a_name_of_its_own_may_be_called_json() {
    let problem = "application/problem+json";
    for dialect in [Dialect::V3_0, Dialect::V3_1] {
        assert_eq!(
            said(&[problem], dialect),
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
        let content: serde_json::Map<_, _> = names
            .iter()
            .map(|name| ((*name).to_owned(), body(name)))
            .collect();
        assert_eq!(said(names, Dialect::V3_0), Value::Object(content));
    }
}
