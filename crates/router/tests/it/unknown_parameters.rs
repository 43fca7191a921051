//! Unknown parameters and unknown members: rejected, ignored or collected.

use std::collections::BTreeMap;

use purlin_router::{
    Json, Operation, Registry, UnknownParameters,
    extract::{Form, Query},
    get,
    reply::NoContent,
    schema,
    testing::{Coverage, TestClient},
};
use serde_json::{Value, json};

use crate::support::{self, violations};

#[schema(request)]
struct Redirect {
    code: String,
    state: String,
}

#[get("/redirected", unknown_parameters = UnknownParameters::Ignore)]
async fn redirected(redirect: Query<Redirect>) -> Json<String> {
    Json(format!("{} {}", redirect.code, redirect.state))
}

#[get("/strict")]
async fn strict(redirect: Query<Redirect>) -> Json<String> {
    Json(format!("{} {}", redirect.code, redirect.state))
}

/// What an OAuth provider adds on its own (RFC 6749 section 4.1.2).
const REDIRECT: &str = "code=a&state=b&scope=email&authuser=0&prompt=none";

fn registry() -> Registry {
    Registry::new("T", "1")
        .operation(redirected)
        .operation(strict)
}

#[test]
fn operation_ignores_unknown_parameters_by_its_policy() {
    let client = support::client(&registry());
    let response = client.get(&format!("/redirected?{REDIRECT}&x=%zz")).send();
    assert_eq!(response.json::<String>(), "a b");
    let response = client.get("/redirected?code=a&code=b&x=1").send();
    assert_eq!(
        violations(&response),
        ["/code duplicate_parameter", "/state required"]
    );
    let response = client.get(&format!("/strict?{REDIRECT}")).send();
    assert_eq!(
        violations(&response),
        [
            "/authuser unknown_field",
            "/prompt unknown_field",
            "/scope unknown_field"
        ]
    );
}

#[test]
fn registry_has_the_policy_of_operations_without_their_own() {
    let registry = Registry::new("T", "1")
        .unknown_parameters(UnknownParameters::Ignore)
        .operation(strict)
        .operation(
            Operation::get("/strictest", |_: Query<Redirect>| async { NoContent })
                .operation_id("strictest")
                .unknown_parameters(UnknownParameters::Reject),
        );
    let client = support::client(&registry);
    assert_eq!(
        client.get(&format!("/strict?{REDIRECT}")).send().status(),
        200
    );
    assert_eq!(
        client
            .get(&format!("/strictest?{REDIRECT}"))
            .send()
            .status(),
        400
    );
}

#[test]
fn several_arguments_may_read_a_query_whose_unknown_parameters_are_ignored() {
    #[schema(request)]
    struct Page {
        limit: Option<u8>,
    }
    async fn list(redirect: Query<Redirect>, page: Query<Page>) -> Json<(String, Option<u8>)> {
        Json((redirect.into_inner().code, page.limit))
    }
    let operation = Operation::get("/", list).unknown_parameters(UnknownParameters::Ignore);
    let client = support::client(&Registry::new("T", "1").operation(operation));
    let response = client.get("/?code=a&state=b&limit=3&x=1").send();
    assert_eq!(response.json::<Value>(), json!(["a", 3]));
}

#[test]
fn coverage_expects_no_violation_that_cannot_occur() {
    let api = support::router(&Registry::new("T", "1").operation(redirected));
    let coverage = Coverage::of(&api);
    let client = TestClient::new(&api).recording(&coverage);
    let _ = client.get(&format!("/redirected?{REDIRECT}")).send();
    let _ = client.get("/redirected").send();
    coverage.assert_full();
}

#[test]
fn type_ignores_unknown_members_of_queries_forms_and_json() {
    #[schema(request, unknown_fields = "ignore")]
    struct Hook {
        id: u8,
    }
    async fn by_query(hook: Query<Hook>) -> Json<u8> {
        Json(hook.id)
    }
    async fn by_form(hook: Form<Hook>) -> Json<u8> {
        Json(hook.id)
    }
    async fn by_json(hook: Json<Hook>) -> Json<u8> {
        Json(hook.id)
    }
    let registry = Registry::new("T", "1")
        .operation(Operation::get("/query", by_query))
        .operation(Operation::post("/form", by_form))
        .operation(Operation::post("/json", by_json));
    let client = support::client(&registry);
    let sent = client.get("/query?id=3&utm_source=x&utm_source=y").send();
    assert_eq!(sent.json::<u8>(), 3);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let sent = client
        .post("/form")
        .header(form.0, form.1)
        .body("id=3&x=1")
        .send();
    assert_eq!(sent.json::<u8>(), 3);
    let sent = client.post("/json").json(&json!({"id": 3, "x": {}})).send();
    assert_eq!(sent.json::<u8>(), 3);
    let document = support::document(&registry);
    let schema = &document["components"]["schemas"]["Hook"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema.get("additionalProperties"), None);
}

#[test]
fn flattened_map_collects_unknown_parameters() {
    #[schema(request)]
    struct Open {
        code: String,
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
    async fn open(open: Query<Open>) -> Json<String> {
        Json(format!("{} {:?}", open.code, open.rest))
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", open));
    let client = support::client(&registry);
    let response = client.get("/?code=a&b=1&c=").send();
    assert_eq!(response.json::<String>(), r#"a {"b": "1", "c": ""}"#);
    let response = client.get("/?b=1&b=2").send();
    assert_eq!(
        violations(&response),
        ["/b duplicate_parameter", "/code required"]
    );
}
