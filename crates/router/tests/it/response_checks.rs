//! Replies held to what the document says of them.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode};
use purlin_router::{
    Json, Operation, Registry, ResponseChecks,
    reply::{NoContent, Opaque, WithHeaders},
    schema,
};
use serde_json::Value;

use crate::support::client;

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
    expected = "the operation `todo` broke its contract: the body of a 200 breaks its schema: `/title`"
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

#[test]
fn headers_are_held_to_their_schemas() {
    #[schema(response)]
    struct Paging {
        #[serde(rename = "X-Total")]
        total: u32,
        #[serde(rename = "X-Next", skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Says the one and does the other.
    struct Lying(&'static [(&'static str, &'static str)]);

    impl purlin_router::Reply for Lying {
        fn describe(describe: &mut purlin_router::OperationBuilder<'_>) {
            <WithHeaders<NoContent, Paging> as purlin_router::Reply>::describe(describe);
        }

        fn reply(self, context: &purlin_router::Context<'_>) -> HttpResponse {
            self.respond_to(context.request())
        }
    }

    impl Responder for Lying {
        type Body = BoxBody;

        fn respond_to(self, _: &HttpRequest) -> HttpResponse {
            let mut response = HttpResponse::NoContent();
            for header in self.0 {
                response.append_header(*header);
            }
            response.finish()
        }
    }

    for (headers, words) in [
        (&[][..], "`/X-Total` is required"),
        (&[("X-Total", "three")], "`/X-Total` must be an integer"),
        (&[("X-Total", "-1")], "`/X-Total` must be at least 0"),
    ] {
        let operation = Operation::get("/", move || async move { Lying(headers) });
        let registry = Registry::new("T", "1").operation(operation.operation_id("lie"));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            client(&registry).get("/").send()
        }))
        .unwrap_err();
        let told = panic.downcast_ref::<String>().unwrap();
        assert!(
            told.contains("a header of a 204 breaks its schema"),
            "{told}"
        );
        assert!(told.contains(words), "{told}");
        let refusing = registry.check_responses(ResponseChecks::Refuse);
        let answer = client(&refusing).without_checks().get("/").send();
        assert_eq!(answer.status(), 500);
    }
    let told = &[
        ("x-total", "3"),
        ("X-Next", "/todos?page=2"),
        ("X-Other", "1"),
        // Several lines are one value with commas.
        ("X-Next", "/todos?page=3"),
    ];
    let operation = Operation::get("/", move || async move { Lying(told) });
    let registry = Registry::new("T", "1").operation(operation.operation_id("truth"));
    assert_eq!(client(&registry).get("/").send().status(), 204);
}
