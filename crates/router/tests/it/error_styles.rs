//! Custom errors: another format, another name for the code, additional
//! members, headers, and hooks for unexpected errors.

use std::sync::{Arc, Mutex};

use actix_web::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use purlin_router::{
    Json, Operation, Registry,
    auth::HeaderApiKey,
    error::{
        ErrorFormat, ErrorParts, ErrorStyle,
        http::{NotFound, ServiceUnavailable, Unauthorized},
    },
    extract::Query,
    reply::NoContent,
    schema,
    schemas::{Direction, SchemaWithDefinitions, ValidatorErrors, describe},
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

#[schema(request)]
struct Page {
    limit: u8,
}

async fn list(page: Query<Page>) -> Json<u8> {
    Json(page.limit)
}

async fn gone() -> Result<NoContent, NotFound> {
    Err(NotFound::new("no such todo")
        .with("id", 7)
        .with("message", "replaced"))
}

async fn busy() -> Result<NoContent, ServiceUnavailable> {
    Err(ServiceUnavailable::default().header(RETRY_AFTER, HeaderValue::from_static("5")))
}

async fn rejects() -> Result<NoContent, Unauthorized> {
    Err(Unauthorized::new("not today"))
}

async fn challenges() -> Result<NoContent, Unauthorized> {
    let challenge = HeaderValue::from_static("Custom");
    Err(Unauthorized::new("not today").header(WWW_AUTHENTICATE, challenge))
}

async fn panics() -> NoContent {
    panic!("out of cheese")
}

fn registry(style: ErrorStyle) -> Registry {
    Registry::new("T", "1")
        .error_style(style)
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
        .operation(Operation::get("/list", list))
        .operation(Operation::get("/gone", gone))
        .operation(Operation::get("/busy", busy))
        .operation(Operation::get("/rejects", rejects).authenticators(["key"]))
        .operation(Operation::get("/challenges", challenges).authenticators(["key"]))
        .operation(Operation::get("/panics", panics))
}

fn client(style: ErrorStyle) -> TestClient {
    support::client(&registry(style))
}

/// An error in a custom format.
#[schema(response)]
struct Failure {
    code: String,
    text: String,
    places: Vec<String>,
}

struct CustomFormat;

impl ErrorFormat for CustomFormat {
    fn media_type(&self) -> &'static str {
        "application/vnd.house+json"
    }

    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
        let failure = Failure {
            code: error.code.to_owned(),
            text: format!("{}: {}", error.title(), error.detail),
            places: error.violations.iter().map(|v| v.pointer.clone()).collect(),
        };
        serde_json::to_vec(&failure).unwrap()
    }

    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        describe::<Failure>(Direction::Output)
    }
}

#[test]
fn custom_error_style_is_sent_and_documented() {
    let api = support::router(&registry(ErrorStyle::custom(CustomFormat)));
    let client = TestClient::new(&api);
    let response = client.get("/list?limit=x&y=1").send();
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.header("content-type"),
        Some("application/vnd.house+json")
    );
    assert_eq!(
        response.json::<Value>(),
        json!({
            "code": "validation_failed",
            "text": "Bad Request: the request breaks 2 rules",
            "places": ["/limit", "/y"],
        })
    );
    for (target, status, code) in [
        ("/nope", 404, "not_found"),
        ("/gone", 404, "not_found"),
        ("/rejects", 401, "credential_missing"),
        ("/panics", 500, "internal_server_error"),
    ] {
        let response = client.get(target).send();
        assert_eq!(response.status().as_u16(), status, "{target}");
        assert_eq!(response.json::<Value>()["code"], code, "{target}");
    }
    let document: Value = serde_json::from_str(api.openapi_json()).unwrap();
    let responses = &document["paths"]["/list"]["get"]["responses"];
    assert_eq!(
        responses["400"]["content"],
        json!({"application/vnd.house+json": {
            "example": {
                "code": "validation_failed",
                "places": ["/limit"],
                "text": "Bad Request: the request breaks 1 rule",
            },
            "schema": {"$ref": "#/components/schemas/Failure"},
        }})
    );
    assert!(document["components"]["schemas"]["Problem"].is_null());
}

#[test]
fn code_of_the_rebar_style_may_be_renamed_or_left_out() {
    let document = |style| -> Value { support::document(&registry(style)) };
    let named = ErrorStyle::RebarCode(Some("code".into()));
    let body: Value = client(named.clone()).get("/list").send().json();
    assert_eq!(body["code"], "query_string_validation_failed");
    assert!(body["rebar_error_code"].is_null());
    let properties =
        |style| document(style)["components"]["schemas"]["Error"]["properties"].clone();
    assert!(properties(named)["code"].is_object());

    let none = ErrorStyle::RebarCode(None);
    let body: Value = client(none.clone()).get("/list").send().json();
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["errors", "message"]);
    assert!(properties(none)["rebar_error_code"].is_null());
    assert!(properties(ErrorStyle::Rebar)["rebar_error_code"].is_object());
}

#[test]
fn error_may_add_members_to_its_body() {
    let rebar: Value = client(ErrorStyle::Rebar).get("/gone").send().json();
    assert_eq!(rebar, json!({"id": 7, "message": "replaced"}));
    let problem: Value = client(ErrorStyle::Problem).get("/gone").send().json();
    assert_eq!(
        (&problem["id"], &problem["detail"]),
        (&json!(7), &json!("no such todo"))
    );
    assert_eq!(problem["status"], 404);
}

#[test]
fn error_may_have_headers() {
    let response = client(ErrorStyle::Problem).get("/busy").send();
    assert_eq!(response.header("retry-after"), Some("5"));
}

#[test]
fn every_401_has_a_challenge() {
    let client = client(ErrorStyle::Problem);
    let rejected = client.get("/rejects").header("X-Key", "one").send();
    assert_eq!(rejected.json::<Value>()["detail"], "not today");
    assert_eq!(
        rejected.header("www-authenticate"),
        Some("ApiKey header=\"X-Key\"")
    );
    let own = client.get("/challenges").header("X-Key", "one").send();
    assert_eq!(own.header("www-authenticate"), Some("Custom"));
}

#[test]
fn hooks_are_called_for_unexpected_errors_in_order() {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (Arc::clone(&reported), Arc::clone(&reported));
    let registry = registry(ErrorStyle::Rebar)
        .on_uncaught(move |error| {
            let operation = error.operation.operation_id();
            first
                .lock()
                .unwrap()
                .push(format!("{operation}: {}", error.message));
        })
        .on_uncaught(move |error| {
            second.lock().unwrap().push(error.request.path().to_owned());
        });
    let client = support::client(&registry);
    for expected in ["/gone", "/busy", "/list", "/rejects", "/nope"] {
        assert!(client.get(expected).send().status().as_u16() >= 400);
    }
    assert_eq!(*reported.lock().unwrap(), Vec::<String>::new());
    let response = client.get("/panics").send();
    assert_eq!(
        response.json::<Value>(),
        json!({
            "message": "Sorry, there was an internal error.",
            "rebar_error_code": "internal_server_error",
        })
    );
    assert_eq!(
        *reported.lock().unwrap(),
        ["panics: out of cheese", "/panics"]
    );
}
