//! Responses are checked against the document.

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

fn responding_with(response: fn() -> HttpResponse, checks: ResponseChecks) -> Registry {
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
fn responses_that_violate_the_contract_are_sent_or_replaced_by_500() {
    fn teapot() -> HttpResponse {
        HttpResponse::new(StatusCode::IM_A_TEAPOT)
    }
    for (checks, opaque, todo) in [
        (ResponseChecks::Off, 418, 200),
        (ResponseChecks::Log, 418, 200),
        (ResponseChecks::Refuse, 500, 500),
    ] {
        let client = client(&responding_with(teapot, checks)).without_checks();
        assert_eq!(
            client.get("/").send().status().as_u16(),
            opaque,
            "{checks:?}"
        );
        let response = client.get("/todo").send();
        assert_eq!(response.status().as_u16(), todo, "{checks:?}");
        if todo == 500 {
            let problem: Value = response.json();
            assert!(
                !problem.to_string().contains("at most"),
                "only the log has the message"
            );
        }
    }
}

#[test]
#[should_panic(
    expected = "the operation `todo` broke its contract: the body of a 200 breaks its schema: `/title`"
)]
fn test_client_always_checks_responses() {
    let client = client(&responding_with(
        || HttpResponse::new(StatusCode::OK),
        ResponseChecks::Off,
    ));
    let _ = client.get("/todo").send();
}

#[test]
#[should_panic(expected = "the status 418 is not declared")]
fn undeclared_status_violates_the_contract() {
    let teapot = || HttpResponse::new(StatusCode::IM_A_TEAPOT);
    let client = client(&responding_with(teapot, ResponseChecks::Off));
    let _ = client.get("/").send();
}

#[test]
fn response_headers_are_checked_against_their_schemas() {
    #[schema(response)]
    struct Paging {
        #[serde(rename = "X-Total")]
        total: u32,
        #[serde(rename = "X-Next", skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Documents typed headers, and sends others.
    struct RawHeaders(&'static [(&'static str, &'static str)]);

    impl purlin_router::Reply for RawHeaders {
        fn describe(describe: &mut purlin_router::OperationBuilder<'_>) {
            <WithHeaders<NoContent, Paging> as purlin_router::Reply>::describe(describe);
        }

        fn reply(self, context: &purlin_router::Context<'_>) -> HttpResponse {
            self.respond_to(context.request())
        }
    }

    impl Responder for RawHeaders {
        type Body = BoxBody;

        fn respond_to(self, _: &HttpRequest) -> HttpResponse {
            let mut response = HttpResponse::NoContent();
            for header in self.0 {
                response.append_header(*header);
            }
            response.finish()
        }
    }

    for (headers, violation) in [
        (&[][..], "`/X-Total` is required"),
        (&[("X-Total", "three")], "`/X-Total` must be an integer"),
        (&[("X-Total", "-1")], "`/X-Total` must be at least 0"),
    ] {
        let operation = Operation::get("/", move || async move { RawHeaders(headers) });
        let registry = Registry::new("T", "1").operation(operation.operation_id("invalid"));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            client(&registry).get("/").send()
        }))
        .unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(
            message.contains("a header of a 204 breaks its schema"),
            "{message}"
        );
        assert!(message.contains(violation), "{message}");
        let refusing = registry.check_responses(ResponseChecks::Refuse);
        let response = client(&refusing).without_checks().get("/").send();
        assert_eq!(response.status(), 500);
    }
    let valid = &[
        ("x-total", "3"),
        ("X-Next", "/todos?page=2"),
        ("X-Other", "1"),
        // Repeated fields are one value, separated by commas.
        ("X-Next", "/todos?page=3"),
    ];
    let operation = Operation::get("/", move || async move { RawHeaders(valid) });
    let registry = Registry::new("T", "1").operation(operation.operation_id("valid"));
    assert_eq!(client(&registry).get("/").send().status(), 204);
}
