//! A registry that responds with examples instead of calling its handlers.

use actix_web::web;
use purlin_router::{
    Json, Operation, Registry, Reply,
    auth::HeaderApiKey,
    error::{
        ErrorStyle,
        http::{Conflict, NotFound},
    },
    extract::Path,
    media::Png,
    reply::{Binary, Created, EventStream, NoContent, Text, WithHeaders},
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

use crate::support;

/// Something to be done.
#[schema]
struct Todo {
    #[schemars(example = "Buy some milk")]
    title: String,
    #[garde(range(min = 3, max = 9))]
    weight: u8,
    #[garde(pattern("^[A-Z]{2}-[0-9]{3,}$"))]
    code: String,
    tags: Vec<String>,
    next: Option<Box<Todo>>,
}

#[schema(response)]
struct Paging {
    #[serde(rename = "X-Total")]
    total: u32,
}

#[derive(Reply)]
#[allow(dead_code, reason = "its handler is not written yet")]
enum Kept {
    Made(Created<Todo>),
    #[status(204)]
    Known,
}

async fn get(_: Path<u8>) -> Result<Json<Todo>, NotFound> {
    todo!()
}

async fn put(_: Path<u8>, _: Json<Todo>) -> Result<Kept, Conflict> {
    todo!()
}

async fn list() -> WithHeaders<Json<Vec<Todo>>, Paging> {
    todo!()
}

async fn delete(_: Path<u8>) -> NoContent {
    todo!()
}

async fn text() -> Text {
    todo!()
}

async fn logo() -> Binary<Png> {
    todo!()
}

async fn news() -> EventStream<Todo> {
    todo!()
}

fn registry(style: ErrorStyle) -> Registry {
    Registry::new("Todos", "1")
        .error_style(style)
        .authenticator("key", HeaderApiKey::new("X-Key").key("tests", "secret"))
        .operation(Operation::get("/todos", list))
        .operation(Operation::get("/todos/{id}", get))
        .operation(Operation::put("/todos/{id}", put).authenticators(["key"]))
        .operation(Operation::delete("/todos/{id}", delete))
        .operation(Operation::get("/text", text))
        .operation(Operation::get("/logo", logo))
        .operation(Operation::get("/news", news))
}

fn client(registry: Registry) -> TestClient {
    support::client(&registry.mocked())
}

/// The client checks every response against the document.
#[test]
fn every_operation_responds_as_declared() {
    let client = client(registry(ErrorStyle::Problem));
    let todo: Value = client.get("/todos/1").send().json();
    assert_eq!(todo["title"], "Buy some milk");
    assert_eq!(todo["weight"], 3);
    assert_eq!(todo["code"], "AA-000");
    assert_eq!(todo["tags"], json!(["text"]));
    let list = client.get("/todos").send();
    assert_eq!(list.header("x-total"), Some("1"));
    assert_eq!(list.json::<Vec<Value>>()[0]["title"], "Buy some milk");
    assert_eq!(client.delete("/todos/1").send().status(), 204);
    let text = client.get("/text").send();
    assert_eq!(
        (text.status().as_u16(), text.text().as_str()),
        (200, "text")
    );
    assert_eq!(
        client.get("/logo").send().header("content-type"),
        Some("image/png")
    );
    let news = client.get("/news").send().text();
    assert!(
        news.starts_with("data: {") && news.ends_with("}\n\n"),
        "{news}"
    );
    // Examples are deterministic.
    assert_eq!(client.get("/todos/1").send().json::<Value>(), todo);
}

#[test]
fn requests_are_authenticated_and_validated_as_usual() {
    let client = client(registry(ErrorStyle::Problem));
    let todo: Value = client.get("/todos/1").send().json();
    let put = |target: &str, key: &'static str, body: &Value| {
        client
            .put(target)
            .header("X-Key", key)
            .json(body)
            .send()
            .status()
    };
    assert_eq!(put("/todos/1", "secret", &todo), 201);
    assert_eq!(put("/todos/1", "wrong", &todo), 401);
    assert_eq!(put("/todos/1", "secret", &json!({})), 400);
    assert_eq!(client.get("/todos/one").send().status(), 400);
    assert_eq!(client.post("/todos").send().status(), 405);
}

#[test]
fn invalid_bodies_are_rejected_where_the_mock_has_no_data() {
    struct Database;
    async fn post(_: web::Data<Database>, _: Path<u8>, _: Json<Todo>) -> NoContent {
        todo!()
    }
    let operation = Operation::post("/todos/{id}", post);
    // The surrounding `App` would provide it.
    let registry = Registry::new("Todos", "1").external_data::<Database>();
    let client = client(registry.operation(operation));
    let status = |path: &str, body: &'static str| {
        let request = client.post(path).header("content-type", "application/json");
        request.body(body).send().status().as_u16()
    };
    let todo = r#"{"title": "Bread", "weight": 4, "code": "XY-1234", "tags": [], "next": null}"#;
    assert_eq!(status("/todos/1", todo), 204);
    for (path, body) in [
        ("/todos/1", r#"{"title": "#),
        ("/todos/1", ""),
        ("/todos/1", r#"{"title": 1}"#),
        ("/todos/none", todo),
    ] {
        assert_eq!(status(path, body), 400, "{path} {body}");
    }
    let other_type = client.post("/todos/1").header("content-type", "text/plain");
    assert_eq!(other_type.body(todo).send().status(), 415);
}

#[test]
fn request_may_prefer_a_declared_status() {
    for style in [ErrorStyle::Problem, ErrorStyle::Rebar] {
        let client = client(registry(style.clone()));
        let prefer =
            |preference: &'static str| client.put("/todos/1").header("Prefer", preference).send();
        for (preference, status) in [
            ("code=409", 409),
            ("respond-async, code=\"204\"; wait=9", 204),
            ("Code = 201", 201),
            ("code=401", 401),
            ("code=500", 500),
            // A status that is not declared is ignored.
            ("code=418", 401),
            ("code=none", 401),
            ("status=409", 401),
        ] {
            let response = prefer(preference);
            assert_eq!(response.status().as_u16(), status, "{preference}");
        }
        let conflict = prefer("code=409");
        assert_eq!(conflict.header("preference-applied"), Some("code=409"));
        let body: Value = conflict.json();
        let member = if matches!(style, ErrorStyle::Rebar) {
            "message"
        } else {
            "title"
        };
        assert_eq!(body[member], "Conflict", "{body}");
    }
}

#[test]
fn examples_of_the_operation_take_precedence() {
    let example =
        json!({"title": "Bread", "weight": 4, "code": "XY-1234", "tags": [], "next": null});
    let operation =
        Operation::get("/todos/{id}", get).response_example(200, "bread", example.clone());
    let client = client(Registry::new("Todos", "1").operation(operation));
    assert_eq!(client.get("/todos/1").send().json::<Value>(), example);
}

#[test]
fn schema_without_example_is_an_error_of_the_registry() {
    #[schema(response)]
    struct Never {
        #[garde(length(min = 9), pattern("^a{3}$"))]
        code: String,
    }
    async fn never() -> Json<Never> {
        todo!()
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", never));
    assert!(registry.build().is_ok());
    let errors = support::errors(&registry.mocked()).join("\n");
    assert!(errors.contains("there is no example of a 200"), "{errors}");
    assert!(errors.contains("state one as an `example`"), "{errors}");
}
