//! Every error response in the document has an example, which is a body that the server sends.

use std::time::Duration;

use actix_web::{http::Method, web::Bytes};
use purlin_router::{
    ApiError, Json, Operation, Registry, Router,
    auth::HeaderApiKey,
    error::{ErrorFormat, ErrorParts, ErrorStyle, http::NotFound},
    extract::{Form, Headers, Multipart, Path, Query},
    idempotency::Idempotency,
    middleware::MiddlewareDescription,
    reply::{NoContent, Text},
    schema,
    schemas::{
        Direction, Location, SchemaWithDefinitions, Validator, ValidatorErrors, describe,
        schemars::json_schema,
    },
    testing::{TestClient, TestResponse},
};
use serde_json::Value;

use crate::support;

#[schema(request)]
struct Todo {
    title: String,
}

#[schema(request)]
struct Page {
    limit: Option<u8>,
}

#[schema(request)]
struct Client {
    #[serde(rename = "X-Client")]
    client: String,
}

#[schema(request)]
struct Upload {
    title: String,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    /// The todo is done already.
    #[error("todo {0} is done")]
    #[status(409)]
    Done(u64),
    /// The store is away.
    #[error("the store replied {0}")]
    #[status(503)]
    Store(String),
}

async fn add(_: Json<Todo>, _: Headers<Client>) -> Result<NoContent, TodoError> {
    Err(TodoError::Done(1))
}

async fn get(_: Path<u32>) -> Result<NoContent, NotFound> {
    Err(NotFound::default())
}

async fn list(_: Query<Page>) -> Result<NoContent, TodoError> {
    Err(TodoError::Store("no".to_owned()))
}

async fn form(_: Form<Todo>) -> NoContent {
    NoContent
}

async fn upload(_: Multipart<Upload>) -> NoContent {
    NoContent
}

async fn text(text: String) -> Text {
    Text::new(text)
}

async fn bytes(_: Bytes) -> NoContent {
    NoContent
}

async fn panics() -> NoContent {
    panic!("out of cheese")
}

fn teapot(operation: &mut MiddlewareDescription<'_>) {
    operation.error(&NotFound::new("I am a teapot"), "A teapot.", []);
}

fn registry(style: ErrorStyle) -> Registry {
    let with_key = |operation: Operation| operation.authenticators(["key"]);
    Registry::new("Todos", "1.0.0")
        .error_style(style)
        .time_limit(Duration::from_secs(30))
        .idempotency(Idempotency::default())
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
        .operation(Operation::post("/todos", add))
        .operation(with_key(Operation::get("/todos/{id}", get)))
        .operation(Operation::get("/todos", list))
        .operation(Operation::post("/form", form))
        .operation(Operation::put("/upload", upload))
        .operation(Operation::put("/text", text))
        .operation(Operation::put("/bytes", bytes).body_limit(10))
        .operation(Operation::get("/panics", panics))
        .document_middleware(teapot)
}

/// An error in a custom format.
#[schema(response)]
struct Failure {
    code: String,
    text: String,
}

struct CustomFormat;

impl ErrorFormat for CustomFormat {
    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
        let failure = Failure {
            code: error.code.to_owned(),
            text: error.detail.clone(),
        };
        serde_json::to_vec(&failure).unwrap()
    }

    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        describe::<Failure>(Direction::Output)
    }
}

struct PlainText;

impl ErrorFormat for PlainText {
    fn media_type(&self) -> &'static str {
        "text/plain"
    }

    fn body(&self, error: &ErrorParts<'_>) -> Vec<u8> {
        error.detail.clone().into_bytes()
    }

    fn schema(&self) -> Result<SchemaWithDefinitions, ValidatorErrors> {
        Ok(SchemaWithDefinitions::inline(
            json_schema!({"type": "string"}).to_value(),
        ))
    }
}

fn styles() -> [ErrorStyle; 5] {
    [
        ErrorStyle::Problem,
        ErrorStyle::Rebar,
        ErrorStyle::RebarCode(None),
        ErrorStyle::custom(CustomFormat),
        ErrorStyle::custom(PlainText),
    ]
}

#[test]
fn every_error_has_an_example_that_its_schema_allows() {
    for style in styles() {
        let router = support::router(&registry(style));
        let items = router.document().paths.iter();
        let operations = items.flat_map(|(template, item)| {
            let operations = item.operations.values();
            operations.map(move |operation| (template, operation))
        });
        let mut count = 0;
        for (template, operation) in operations {
            for (status, response) in &operation.responses {
                let what = format!("{:?}: {template} {status}", router.error_style());
                if status.as_str() < "400" {
                    continue;
                }
                let content = response.content.values().next().expect(&what);
                let example = content.example.as_ref().expect(&what);
                let schema = support::inlined(&content.schema.0, &router);
                let validator = Validator::from_schema(&SchemaWithDefinitions::inline(schema));
                let violations = validator.unwrap().validate(Location::Body, example);
                assert!(violations.is_empty(), "{what}: {violations} in {example}");
                count += 1;
            }
        }
        assert!(count >= 40, "{count}");
    }
}

#[track_caller]
fn assert_example(router: &Router, method: &str, template: &str, response: &TestResponse) {
    let status = response.status().as_u16().to_string();
    let operation = support::operation(router, method, template);
    let content = operation.responses[&status].content.values().next();
    let example = content.and_then(|content| content.example.as_ref());
    assert_eq!(
        example,
        Some(&response.json::<Value>()),
        "{method} {template} {status}"
    );
}

#[test]
fn examples_are_what_the_server_sends() {
    for style in [
        ErrorStyle::Problem,
        ErrorStyle::Rebar,
        ErrorStyle::custom(CustomFormat),
    ] {
        let router = support::router(&registry(style));
        let client = TestClient::new(&router);
        let at = |method, path: &str| client.request(method, path);
        let json = ("Content-Type", "application/json");
        let todo = || at(Method::POST, "/todos").header("X-Client", "1");
        for (method, template, call) in [
            (
                "get",
                "/todos/{id}",
                client.get("/todos/1").header("X-Key", "two"),
            ),
            (
                "get",
                "/todos/{id}",
                client.get("/todos/x").header("X-Key", "one"),
            ),
            ("get", "/todos", client.get("/todos?limit=x")),
            ("get", "/todos", client.get("/todos")),
            ("post", "/todos", todo().header(json.0, json.1).body(r"{}")),
            (
                "post",
                "/todos",
                todo()
                    .header(json.0, json.1)
                    .body(vec![b'x'; 1024 * 1024 + 1]),
            ),
            (
                "post",
                "/form",
                at(Method::POST, "/form")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .body(""),
            ),
            (
                "put",
                "/bytes",
                at(Method::PUT, "/bytes").body("a".repeat(11)),
            ),
            ("get", "/panics", client.get("/panics")),
        ] {
            let response = call.send();
            if response.status() == 503 || response.status().is_success() {
                continue;
            }
            assert_example(&router, method, template, &response);
        }
    }
    // The status of another media type is that of a violation in the style of Flask-Rebar.
    let router = support::router(&registry(ErrorStyle::Problem));
    let client = TestClient::new(&router);
    let csv = |path: &str| {
        let call = client.post(path).header("Content-Type", "text/plain");
        call.header("X-Client", "1").body("a").send()
    };
    for path in ["/todos", "/form"] {
        let response = csv(path);
        assert_eq!(response.status(), 415);
        assert_example(&router, "post", path, &response);
    }
}
