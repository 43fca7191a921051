//! The document for client generators.

use purlin_openapi::{
    Dialect, Document, Info, Link, MediaType, Method, Operation, Parameter, ParameterLocation,
    ParameterStyle, Response, Schema,
};
use serde_json::{Value, json};

/// Returns the responses of an operation with these statuses and media types,
/// each with a schema of that title.
fn written(responses: &[(&str, &[&str])], dialect: Dialect) -> Value {
    let mut operation = Operation::new("get_index");
    for (status, media_types) in responses {
        let mut response = Response::new("A response.");
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

/// Returns the media types of a single response.
fn content(media_types: &[&str], dialect: Dialect) -> Value {
    written(&[("200", media_types)], dialect)["200"]["content"].take()
}

fn body(title: &str) -> Value {
    json!({"schema": {"title": title}})
}

#[track_caller]
fn are_kept(responses: &[(&str, &[&str])], statuses: &[&str]) {
    let said = written(responses, Dialect::V3_0);
    let known: Vec<_> = said.as_object().into_iter().flatten().collect();
    let known: Vec<_> = known.iter().map(|(status, _)| status.as_str()).collect();
    assert_eq!(known, statuses, "of {responses:?}");
}

const NOTHING: &[&str] = &[];
const JSON: &[&str] = &["application/json"];
const PROBLEM: &[&str] = &["application/problem+json"];
const TEXT: &[&str] = &["text/plain"];

#[test]
fn media_types_based_on_json_get_application_json() {
    let problem = "application/problem+json";
    for dialect in [Dialect::V3_0, Dialect::V3_1] {
        assert_eq!(
            content(&[problem], dialect),
            json!({"application/json": body(problem), problem: body(problem)})
        );
    }
}

#[test]
fn other_media_types_and_several_bodies_are_unchanged() {
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
fn only_the_first_of_different_bodies_is_kept() {
    are_kept(
        &[("200", JSON), ("204", NOTHING), ("400", PROBLEM)],
        &["200", "400"],
    );
    are_kept(
        &[("200", NOTHING), ("201", JSON), ("202", JSON)],
        &["201", "202"],
    );
    are_kept(&[("200", TEXT), ("201", JSON)], &["200"]);
    are_kept(
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
fn responses_with_the_same_body_are_kept() {
    are_kept(
        &[("200", JSON), ("304", NOTHING), ("400", PROBLEM)],
        &["200", "304", "400"],
    );
    are_kept(&[("200", NOTHING), ("204", NOTHING)], &["200", "204"]);
    are_kept(&[("400", PROBLEM), ("4XX", PROBLEM)], &["400", "4XX"]);
    are_kept(&[("default", PROBLEM)], &["default"]);
}

#[test]
fn ranges_and_default_do_not_describe_removed_statuses() {
    are_kept(
        &[("400", PROBLEM), ("404", NOTHING), ("4XX", PROBLEM)],
        &["400"],
    );
    are_kept(&[("200", JSON), ("default", PROBLEM)], &["200"]);
    are_kept(
        &[("4XX", PROBLEM), ("5XX", NOTHING), ("default", NOTHING)],
        &["4XX"],
    );
}

#[test]
fn parameters_that_a_generator_cannot_write_are_omitted() {
    let query = ParameterLocation::Query;
    let parameter = |name: &str, location, style, explode| {
        let mut parameter = Parameter::new(name, location, Schema(json!({"type": "object"})));
        (parameter.style, parameter.explode) = (style, explode);
        parameter
    };
    let form = Some(ParameterStyle::Form);
    let deep = parameter("deep", query, Some(ParameterStyle::DeepObject), Some(true));
    let mut all = Operation::new("all");
    all.parameters = vec![
        parameter("plain", query, None, None),
        parameter("commas", query, None, Some(false)),
        parameter(
            "pipes",
            query,
            Some(ParameterStyle::PipeDelimited),
            Some(false),
        ),
        deep.clone(),
        parameter("others", query, form, Some(true)),
        parameter("header", ParameterLocation::Header, None, None),
        parameter("cookie", ParameterLocation::Cookie, None, None),
    ];
    all.parameters[6].required = true;
    let response = Response::new("Done").link("deep", Link::new("needs_deep"));
    all.responses.insert("200".to_owned(), response);
    let mut needs_deep = Operation::new("needs_deep");
    needs_deep.parameters.push(deep);
    needs_deep.parameters[0].required = true;

    let mut document = Document::new(Info::new("T", "1"));
    document.operation("/all", Method::Get, all);
    document.operation("/deep", Method::Get, needs_deep);
    let written = document.for_clients().to_value(Dialect::V3_1);
    assert_eq!(written["paths"].get("/deep"), None);
    let all = &written["paths"]["/all"]["get"];
    let names: Vec<_> = all["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["plain", "others", "header"]);
    assert_eq!(all["responses"]["200"].get("links"), None);
}
