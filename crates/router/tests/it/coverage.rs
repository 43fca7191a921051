//! The gaps that a `Coverage` reports.

use std::panic::{AssertUnwindSafe, catch_unwind};

use purlin_router::{
    Json, Operation, Registry, Router,
    extract::{Headers, Path, Query},
    reply::Created,
    schema,
    testing::{Coverage, TestClient},
};
use serde_json::json;

use crate::support;

/// Something to be done.
#[schema]
struct Todo {
    #[garde(length(min = 1, max = 9))]
    title: String,
    #[garde(range(min = 1))]
    weight: u8,
    state: Option<State>,
}

#[schema]
enum State {
    Open,
    Done,
}

#[schema(request)]
struct Filter {
    #[serde(rename = "max-weight")]
    max_weight: Option<u32>,
}

#[schema(request)]
struct Client {
    #[serde(rename = "X-Client")]
    name: Option<String>,
}

async fn list(filter: Query<Filter>, client: Headers<Client>) -> Json<bool> {
    Json(filter.max_weight.is_some() && client.name.is_some())
}

async fn create(_: Path<u8>, todo: Json<Todo>) -> Created<Todo> {
    Created::new(todo.into_inner())
}

fn api() -> Router {
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/todos", list))
        .operation(Operation::post("/todos/{list}", create));
    support::router(&registry)
}

fn gaps(coverage: &Coverage) -> Vec<String> {
    coverage.gaps().iter().map(ToString::to_string).collect()
}

fn message(failure: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(failure)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn violations_that_no_path_can_have_are_no_gaps() {
    #[schema(request)]
    struct Name(#[garde(length(min = 1, max = 3))] String);

    #[schema(request)]
    struct Code(#[garde(length(min = 2))] String);

    async fn get(_: Path<(Name, Code)>) -> Json<bool> {
        Json(true)
    }

    let registry = Registry::new("T", "1").operation(Operation::get("/{name}/{code}", get));
    let api = support::router(&registry);
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    assert_eq!(client.get("/a/bc").send().status(), 200);
    assert_eq!(client.get("/abcd/bc").send().status(), 400);
    // The second parameter may be too short, the first may not be empty.
    let expected = ["GET /{name}/{code}: no `min_length` violation of the path was ever provoked"];
    assert_eq!(gaps(&coverage), expected);
    assert_eq!(client.get("/a/b").send().status(), 400);
    coverage.assert_full();
}

#[test]
fn uncalled_operation_is_one_gap() {
    let coverage = Coverage::of(&api());
    let expected = [
        "GET /todos: was never called",
        "POST /todos/{list}: was never called",
    ];
    assert_eq!(gaps(&coverage), expected);
}

#[test]
fn statuses_parameters_and_violations_are_separate_gaps() {
    let api = api();
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    assert_eq!(client.get("/todos?max%2Dweight=4").send().status(), 200);
    assert_eq!(
        client
            .post("/todos/1")
            .json(&json!({"title": "", "weight": 0}))
            .send()
            .status(),
        400
    );
    let expected = [
        "GET /todos: no response had the status 400",
        "GET /todos: the header parameter `X-Client` was never sent",
        "GET /todos: no `type` violation of the query was ever provoked",
        "GET /todos: no `unknown_field` violation of the query was ever provoked",
        "POST /todos/{list}: no response had the status 201",
        "POST /todos/{list}: no response had the status 413",
        "POST /todos/{list}: no response had the status 415",
        "POST /todos/{list}: no `enum` violation of the body was ever provoked",
        "POST /todos/{list}: no `max_length` violation of the body was ever provoked",
        "POST /todos/{list}: no `null` violation of the body was ever provoked",
        "POST /todos/{list}: no `required` violation of the body was ever provoked",
        "POST /todos/{list}: no `type` violation of the body was ever provoked",
        "POST /todos/{list}: no `unknown_field` violation of the body was ever provoked",
        "POST /todos/{list}: no `type` violation of the path was ever provoked",
    ];
    assert_eq!(gaps(&coverage), expected);
}

#[test]
fn clients_record_into_a_shared_coverage_only_if_configured() {
    let api = api();
    let coverage = Coverage::of(&api);
    let _ = TestClient::new(&api).get("/todos").send();
    assert_eq!(gaps(&coverage).len(), 2);
    let _ = TestClient::new(&api)
        .recording(&coverage)
        .get("/todos")
        .send();
    let _ = TestClient::new(&api)
        .recording(&coverage.clone())
        .get("/todos")
        .header("x-client", "tests")
        .send();
    assert!(!gaps(&coverage).iter().any(|gap| gap.contains("X-Client")));
}

#[test]
fn assertion_fails_for_unexpected_and_for_stale_gaps() {
    let coverage = Coverage::of(&api());
    let all = message(|| coverage.assert_full());
    assert!(
        all.ends_with("GET /todos: was never called\nPOST /todos/{list}: was never called"),
        "{all}"
    );
    coverage.assert_full_except(&[
        "GET /todos: was never called",
        "POST /todos/{list}: was never called",
    ]);
    let left = message(|| coverage.assert_full_except(&["GET /todos: was never called"]));
    assert!(!left.contains("GET /todos:"), "{left}");
    let stale = message(|| {
        coverage.assert_full_except(&[
            "GET /todos: was never called",
            "POST /todos/{list}: was never called",
            "GET /nowhere: was never called",
        ]);
    });
    assert!(stale.contains("remove it: GET /nowhere"), "{stale}");
}
