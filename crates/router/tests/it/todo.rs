//! Flask-Rebar's todo example, with identical responses: what its own tests
//! request, and further requests of clients. `cargo xtask parity` compares it
//! with the original; these tests need no Python.

#[path = "../../examples/todo.rs"]
mod example;

use actix_web::http::Method;
use purlin_router::testing::{Coverage, TestClient, TestResponse};
use serde_json::{Value, json};

use crate::support;

const KEY: &str = "my-api-key";
const NOT_FOUND: &str = "The requested URL was not found on the server. If you entered the URL \
                         manually please check your spelling and try again.";
const NOT_ALLOWED: &str = "The method is not allowed for the requested URL.";

/// A client of an API with an empty store.
struct Todos(TestClient);

impl Todos {
    fn new() -> Self {
        Self(support::client(&example::registry()))
    }

    fn get(&self, target: &str) -> TestResponse {
        self.0.get(target).header("X-MyApp-Key", KEY).send()
    }

    fn post(&self, todo: Value) -> TestResponse {
        let call = self.0.post("/todos").header("X-MyApp-Key", KEY);
        call.json(&todo).send()
    }

    fn patch(&self, target: &str, change: Value) -> TestResponse {
        let call = self.0.patch(target).header("X-MyApp-Key", KEY);
        call.json(&change).send()
    }

    /// Returns a client of an API with a todo of each type, the first of them done.
    fn with_two() -> Self {
        let todos = Self::new();
        for todo in [
            json!({"complete": true, "description": "greet"}),
            json!({"complete": false, "description": "meet", "type": "group"}),
        ] {
            assert_eq!(todos.post(todo).status(), 201);
        }
        todos
    }
}

fn greet() -> Value {
    json!({"id": 1, "complete": true, "description": "greet", "type": "user"})
}

fn meet() -> Value {
    json!({"id": 2, "complete": false, "description": "meet", "type": "group"})
}

#[track_caller]
fn assert_response(response: &TestResponse, status: u16, body: Value) {
    assert_eq!(
        (response.status().as_u16(), response.json::<Value>()),
        (status, body)
    );
    assert_eq!(response.header("content-type"), Some("application/json"));
}

#[test]
fn every_operation_requires_the_key() {
    let todos = Todos::new();
    let missing = json!({
        "message": "No auth token provided.", "rebar_error_code": "missing_auth_token",
    });
    assert_response(&todos.0.get("/todos").send(), 401, missing.clone());
    assert_response(&todos.0.get("/todos/user").send(), 401, missing.clone());
    assert_response(&todos.0.post("/todos").send(), 401, missing.clone());
    assert_response(&todos.0.patch("/todos/1").send(), 401, missing);
    let wrong = todos.0.get("/todos").header("X-MyApp-Key", "wrong").send();
    let invalid = json!({
        "message": "Invalid authentication.", "rebar_error_code": "invalid_auth_token",
    });
    assert_response(&wrong, 401, invalid);
}

#[test]
fn todo_is_added_updated_and_listed() {
    let todos = Todos::new();
    assert_response(&todos.get("/todos"), 200, json!({"data": []}));
    let added = json!({
        "data": {"id": 1, "complete": false, "description": "Find product market fit", "type": "user"},
    });
    let new = json!({"complete": false, "description": "Find product market fit"});
    assert_response(&todos.post(new), 201, added);
    let done = json!({
        "data": {"id": 1, "complete": true, "description": "Find product market fit", "type": "user"},
    });
    let change = json!({"complete": true});
    assert_response(&todos.patch("/todos/1", change), 200, done.clone());
    assert_response(&todos.patch("/todos/1", json!({})), 200, done.clone());
    assert_response(&todos.get("/todos"), 200, json!({"data": [done["data"]]}));
}

#[test]
fn todos_are_filtered_by_type_and_completion() {
    let todos = Todos::with_two();
    for (target, listed) in [
        ("/todos", json!([greet(), meet()])),
        ("/todos?complete=true", json!([greet()])),
        ("/todos?complete=false", json!([meet()])),
        ("/todos/user", json!([greet()])),
        ("/todos/group", json!([meet()])),
        ("/todos/group?complete=true", json!([])),
    ] {
        assert_response(&todos.get(target), 200, json!({"data": listed}));
    }
}

#[test]
fn invalid_query_is_rejected() {
    let todos = Todos::new();
    let rejected = json!({
        "errors": {"complete": "Not a valid boolean.", "x": "Unknown field."},
        "message": "Query string parameters are invalid.",
        "rebar_error_code": "query_string_validation_failed",
    });
    for path in ["/todos", "/todos/user"] {
        let response = todos.get(&format!("{path}?complete=maybe&x=1"));
        assert_response(&response, 400, rejected.clone());
    }
}

#[test]
fn invalid_body_is_rejected_field_by_field() {
    let todos = Todos::with_two();
    let rejected = |errors: Value| {
        json!({
            "errors": errors,
            "message": "JSON body parameters are invalid.",
            "rebar_error_code": "body_validation_failed",
        })
    };
    let missing = "Missing data for required field.";
    let errors = json!({"complete": missing, "description": missing});
    assert_response(&todos.post(json!({})), 400, rejected(errors));

    let errors = json!({
        "complete": "Not a valid boolean.",
        "description": "Not a valid string.",
        "id": "Unknown field.",
        "type": "Must be one of: user, group.",
    });
    let wrong = json!({"complete": "yes", "description": 1, "type": "unknown", "id": 7});
    assert_response(&todos.post(wrong.clone()), 400, rejected(errors.clone()));
    assert_response(&todos.patch("/todos/2", wrong), 400, rejected(errors));

    let not_null = "Field may not be null.";
    let errors = json!({"complete": not_null, "description": not_null, "type": not_null});
    let nulls = json!({"complete": null, "description": null, "type": null});
    assert_response(&todos.patch("/todos/2", nulls), 400, rejected(errors));
    assert_response(&todos.get("/todos/group"), 200, json!({"data": [meet()]}));
}

#[test]
fn missing_todo_is_404() {
    let todos = Todos::with_two();
    let response = todos.patch("/todos/3", json!({"complete": true}));
    assert_response(&response, 404, json!({"message": "Not Found"}));
}

#[test]
fn path_is_routed_to_the_operations_whose_types_match() {
    let todos = Todos::with_two();
    let not_allowed = json!({"message": NOT_ALLOWED});
    let todo = todos.get("/todos/1");
    assert_response(&todo, 405, not_allowed.clone());
    assert_eq!(todo.header("allow"), Some("PATCH, OPTIONS"));
    let kind = todos.patch("/todos/user", json!({}));
    assert_response(&kind, 405, not_allowed);
    assert_eq!(kind.header("allow"), Some("GET, HEAD, OPTIONS"));
    // OPTIONS returns the methods of the path, as the document does.
    let options = todos.0.request(Method::OPTIONS, "/todos/1").send();
    assert_eq!(options.header("allow"), Some("GET, PATCH, HEAD, OPTIONS"));
    for target in ["/todos/unknown", "/todos/-1", "/todos/1.5", "/todos/%ff"] {
        // No key is required at an unknown path.
        let response = todos.0.get(target).send();
        assert_response(&response, 404, json!({"message": NOT_FOUND}));
        let response = todos.patch(target, json!({}));
        assert_response(&response, 404, json!({"message": NOT_FOUND}));
    }
}

#[test]
fn document_and_page_have_the_paths_of_the_original() {
    let todos = Todos::new();
    let document: Value = todos.0.get("/swagger").send().json();
    for (path, method, id) in [
        ("/todos", "get", "get_todos"),
        ("/todos", "post", "create_todo"),
        ("/todos/{todo}", "get", "get_todos_by_type"),
        ("/todos/{todo}", "patch", "update_todo"),
    ] {
        let operation = &document["paths"][path][method];
        assert_eq!(operation["operationId"], id);
        assert_eq!(operation["security"], json!([{"sharedSecret": []}]));
    }
    assert_eq!(todos.0.get("/swagger/ui").send().status(), 200);
}

#[test]
fn whole_document_is_covered() {
    let api = support::router(&example::registry());
    let coverage = Coverage::of(&api);
    let todos = Todos(TestClient::new(&api).recording(&coverage));
    let milk = json!({"complete": false, "description": "milk"});
    assert_eq!(todos.post(milk.clone()).status(), 201);
    assert_eq!(todos.get("/todos?complete=false").status(), 200);
    assert_eq!(todos.get("/todos/user?complete=false").status(), 200);
    assert_eq!(todos.get("/todos/unknown").status(), 404);
    assert_eq!(
        todos.patch("/todos/1", json!({"complete": true})).status(),
        200
    );
    assert_eq!(todos.patch("/todos/2", json!({})).status(), 404);

    for wrong in [
        json!([]),
        json!({"complete": null, "type": "unknown", "more": 1}),
    ] {
        assert_eq!(todos.post(wrong.clone()).status(), 400);
        assert_eq!(todos.patch("/todos/1", wrong).status(), 400);
    }
    for target in ["/todos", "/todos/user"] {
        let wrong = todos.get(&format!("{target}?complete=yes&more=1"));
        assert_eq!(wrong.status(), 400);
    }
    let long = json!({"complete": false, "description": "a".repeat(1024 * 1024)});
    assert_eq!(todos.post(long.clone()).status(), 413);
    assert_eq!(todos.patch("/todos/1", long).status(), 413);
    for (method, target) in [
        (Method::GET, "/todos"),
        (Method::POST, "/todos"),
        (Method::GET, "/todos/user"),
        (Method::PATCH, "/todos/1"),
    ] {
        assert_eq!(todos.0.request(method, target).send().status(), 401);
    }
    coverage.assert_full();
    assert_eq!(coverage.declared(), 35);
}
