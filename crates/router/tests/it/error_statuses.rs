//! A format of the program's own chooses the statuses of requests that are not as declared: in responses, in the document,
//! in mocks and in the coverage of tests.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use purlin_router::{
    Compatibility, Json, Operation, Registry, Router,
    error::{ErrorFormat, ErrorParts, ErrorStyle},
    extract::{Form, Headers, Path, Query},
    reply::NoContent,
    schema,
    schemas::{Direction, Location, SchemaWithDefinitions, ValidatorErrors, describe},
    testing::{Coverage, TestClient},
};
use serde_json::{Value, json};

use crate::support;

/// The error body of the RealWorld specification.
#[schema(response)]
struct RealWorldError {
    /// What is wrong, by field.
    errors: BTreeMap<String, Vec<String>>,
}

struct RealWorld;

impl ErrorFormat for RealWorld {
    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for violation in error.violations.iter() {
            let field = violation.pointer.rsplit('/').next().unwrap_or_default();
            let field = if field.is_empty() { "body" } else { field };
            let messages = errors.entry(field.to_owned()).or_default();
            messages.push(violation.message().to_string());
        }
        if errors.is_empty() {
            errors.insert("body".to_owned(), vec![error.detail.clone()]);
        }
        serde_json::to_vec(&RealWorldError { errors }).unwrap_or_default()
    }

    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        describe::<RealWorldError>(Direction::Output)
    }

    fn violation_status(&self, location: Location) -> StatusCode {
        match location {
            Location::Path => StatusCode::NOT_FOUND,
            Location::Header => StatusCode::PRECONDITION_FAILED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn malformed_body_status(&self) -> StatusCode {
        StatusCode::IM_A_TEAPOT
    }

    fn media_type_status(&self) -> StatusCode {
        StatusCode::NOT_ACCEPTABLE
    }
}

#[schema(request)]
struct Article {
    #[garde(length(min = 1))]
    title: String,
}

#[schema(request)]
struct Page {
    limit: u8,
}

#[schema(request)]
struct Caller {
    #[serde(rename = "X-Caller")]
    caller: u8,
}

async fn json(_: Path<u8>, _: Query<Page>, _: Headers<Caller>, _: Json<Article>) -> NoContent {
    NoContent
}

async fn form(_: Form<Article>) -> NoContent {
    NoContent
}

async fn text(_: String) -> NoContent {
    NoContent
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .error_style(ErrorStyle::custom(RealWorld))
        .operation(Operation::post("/json/{id}", json))
        .operation(Operation::post("/form", form))
        .operation(Operation::post("/text", text))
}

fn json_request(
    client: &TestClient,
    target: &str,
    caller: &str,
    media_type: &str,
    body: &str,
) -> u16 {
    let request = client.post(target).header("X-Caller", caller);
    let request = request.header("Content-Type", media_type);
    request.body(body.to_owned()).send().status().as_u16()
}

const JSON: &str = "application/json";
const VALID: &str = r#"{"title":"t"}"#;

fn check(client: &TestClient) {
    for (target, caller, media_type, body, status) in [
        ("/json/1?limit=1", "1", JSON, VALID, 204),
        ("/json/x?limit=1", "1", JSON, VALID, 404),
        ("/json/1?limit=x", "1", JSON, VALID, 422),
        ("/json/1?limit=1", "x", JSON, VALID, 412),
        ("/json/1?limit=1", "1", JSON, r#"{"title":""}"#, 422),
        ("/json/1?limit=1", "1", JSON, "{", 418),
        ("/json/1?limit=1", "1", JSON, "", 418),
        ("/json/1?limit=1", "1", "text/plain", VALID, 406),
        // The path comes first, then what is wrong with the body as a whole, then the sections in their order.
        ("/json/x?limit=x", "x", JSON, "{", 404),
        ("/json/x?limit=x", "x", "text/plain", "{", 404),
        ("/json/1?limit=x", "x", JSON, "{", 418),
        ("/json/1?limit=x", "x", JSON, "{}", 422),
        ("/json/1?limit=1", "x", JSON, "{}", 412),
    ] {
        let found = json_request(client, target, caller, media_type, body);
        assert_eq!(found, status, "{target} {caller} {media_type} {body}");
    }
    let form = |media_type: &str, body: &'static str| {
        let request = client.post("/form").header("Content-Type", media_type);
        request.body(body).send().status().as_u16()
    };
    assert_eq!(form("application/x-www-form-urlencoded", "title=t"), 204);
    assert_eq!(form("application/x-www-form-urlencoded", "title="), 422);
    assert_eq!(form(JSON, "title=t"), 406);
    let text = client.post("/text").body(b"\xff".as_slice()).send();
    assert_eq!(text.status(), 422);
    let text = client.post("/text").body("text").send();
    assert_eq!(text.status(), 204);
}

#[test]
fn statuses_are_those_of_the_format() {
    let client = support::client(&registry());
    check(&client);
    let response = client
        .post("/json/1?limit=1")
        .header("X-Caller", "1")
        .json(&json!({"title": "", "body": 1}))
        .send();
    assert_eq!(
        response.json::<Value>(),
        json!({"errors": {
            "title": ["must have at least 1 character"],
            "body": ["unknown field"],
        }})
    );
}

#[test]
fn mock_has_the_statuses_of_the_format() {
    check(&support::client(&registry().mocked()));
}

#[test]
fn document_has_the_statuses_of_the_format() {
    let document = support::document(&registry());
    let statuses = |path: &str| -> Vec<String> {
        let responses = document["paths"][path]["post"]["responses"].as_object();
        responses.unwrap().keys().cloned().collect()
    };
    let json = ["204", "404", "406", "412", "413", "418", "422", "500"];
    assert_eq!(statuses("/json/{id}"), json);
    assert_eq!(statuses("/form"), ["204", "406", "413", "422", "500"]);
    assert_eq!(statuses("/text"), ["204", "413", "422", "500"]);
    let responses = &document["paths"]["/json/{id}"]["post"]["responses"];
    assert_eq!(
        responses["404"]["description"],
        "There is nothing at this path."
    );
    assert_eq!(responses["418"]["description"], "The body is not JSON.");
    assert_eq!(
        responses["406"]["description"],
        "The body is not `application/json`."
    );
}

#[test]
fn coverage_counts_the_statuses_of_the_format() {
    let router: Router = support::router(&registry());
    let coverage = Coverage::of(&router);
    let client = TestClient::new(&router).recording(&coverage);
    check(&client);
    let gaps: Vec<String> = coverage.gaps().iter().map(ToString::to_string).collect();
    let of_statuses: Vec<_> = gaps.iter().filter(|gap| gap.contains("status")).collect();
    let expected = ["/json/{id}", "/form", "/text"]
        .map(|path| format!("POST {path}: no response had the status 413"));
    assert_eq!(of_statuses, expected.iter().collect::<Vec<_>>(), "{gaps:?}");
    assert!(
        !gaps.iter().any(|gap| gap.contains("of the path")),
        "{gaps:?}"
    );
}

#[test]
fn compatibility_comes_before_the_format() {
    let compatibility = Compatibility::new().media_type_as_bad_request(true);
    let client = support::client(&registry().compatibility(compatibility));
    let found = json_request(&client, "/json/1?limit=1", "1", "text/plain", VALID);
    assert_eq!(found, 400);
}

#[test]
fn format_with_a_status_that_is_no_client_error_is_rejected() {
    struct Wrong;
    impl ErrorFormat for Wrong {
        fn body(&self, _: &ErrorParts<'_>) -> Vec<u8> {
            Vec::new()
        }

        fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
            describe::<RealWorldError>(Direction::Output)
        }

        fn violation_status(&self, location: Location) -> StatusCode {
            match location {
                Location::Query => StatusCode::OK,
                _ => StatusCode::BAD_REQUEST,
            }
        }

        fn malformed_body_status(&self) -> StatusCode {
            StatusCode::BAD_GATEWAY
        }
    }
    let registry = Registry::new("T", "1").error_style(ErrorStyle::custom(Wrong));
    assert_eq!(
        support::errors(&registry),
        [
            "the error style: it gives violations of the query the status 200; choose one from 400 to 499",
            "the error style: it gives a malformed body the status 502; choose one from 400 to 499",
        ]
    );
}
