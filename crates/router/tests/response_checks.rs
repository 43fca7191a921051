//! Replies held to what the document says of them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

use actix_web::{HttpResponse, http::StatusCode};
use purlin_router::{
    Json, Opaque, Operation, Registry, ResponseChecks, schema, testing::TestClient,
};
use serde_json::Value;

fn client(registry: &Registry) -> TestClient {
    TestClient::new(&registry.build().unwrap_or_else(|errors| panic!("{errors}")))
}

/// Something to be done.
#[schema]
struct Todo {
    id: u64,
    #[garde(length(max = 5))]
    title: String,
}

fn answering(response: fn() -> HttpResponse, checks: ResponseChecks) -> Registry {
    let handler = move || async move { Opaque(response()) };
    let operation = Operation::get("/", handler).operation_id("opaque");
    let declared = Operation::get("/todo", || async {
        Json(Todo {
            id: 1,
            title: "far too long".to_owned(),
        })
    });
    Registry::new("T", "1")
        .check_responses(checks)
        .operation(operation)
        .operation(declared.operation_id("todo"))
}

#[test]
fn replies_that_break_their_contract_are_let_through_or_refused() {
    fn teapot() -> HttpResponse {
        HttpResponse::new(StatusCode::IM_A_TEAPOT)
    }
    for (checks, opaque, todo) in [
        (ResponseChecks::Off, 418, 200),
        (ResponseChecks::Log, 418, 200),
        (ResponseChecks::Refuse, 500, 500),
    ] {
        let client = client(&answering(teapot, checks)).without_checks();
        assert_eq!(
            client.get("/").send().status().as_u16(),
            opaque,
            "{checks:?}"
        );
        let answer = client.get("/todo").send();
        assert_eq!(answer.status().as_u16(), todo, "{checks:?}");
        if todo == 500 {
            let problem: Value = answer.json();
            assert!(
                !problem.to_string().contains("at most"),
                "the log has the words"
            );
        }
    }
}

#[test]
#[should_panic(
    expected = "the operation `todo` answered against its contract: the body of a 200 breaks its schema: `/title`"
)]
fn a_test_client_always_looks() {
    let client = client(&answering(
        || HttpResponse::new(StatusCode::OK),
        ResponseChecks::Off,
    ));
    let _ = client.get("/todo").send();
}

#[test]
#[should_panic(expected = "the status 418 is not declared")]
fn an_undeclared_status_breaks_the_contract() {
    let teapot = || HttpResponse::new(StatusCode::IM_A_TEAPOT);
    let client = client(&answering(teapot, ResponseChecks::Off));
    let _ = client.get("/").send();
}
