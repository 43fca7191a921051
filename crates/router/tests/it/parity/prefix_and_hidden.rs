//! Prefixes, copies, hidden operations, names.

use purlin_router::{Json, Operation, get, openapi::Dialect, reply::NoContent, schema};
use serde_json::Value;

use super::{client, document, done, errors, hello, rebar, swagger};

use crate::support;

#[schema(response)]
struct Secret {
    word: String,
}

async fn secret() -> Json<Secret> {
    let word = "cheese".to_owned();
    Json(Secret { word })
}

/// kept: operations, document and page are under the prefix.
/// corrected: the prefix is a path, written as one; `v1` and `/v1/` are
/// rejected with the remedy.
#[test]
fn prefix_is_a_path() {
    let registry = rebar().operation(Operation::get("/hello", hello));
    let moved = registry.clone().prefix("/v1");
    let client = client(&moved);
    for target in ["/v1/hello", "/v1/swagger", "/v1/swagger/ui"] {
        assert_eq!(client.get(target).send().status(), 200, "{target}");
    }
    for target in ["/hello", "/swagger"] {
        assert_eq!(client.get(target).send().status(), 404, "{target}");
    }
    assert!(document(&moved)["paths"]["/v1/hello"].is_object());
    for wrong in ["v1", "/v1/"] {
        assert!(
            !errors(&registry.clone().prefix(wrong)).is_empty(),
            "{wrong}"
        );
    }
}

/// kept: a registry is a version, with its own document and page, and a handler
/// may be in several.
#[test]
fn each_registry_has_its_own_document() {
    let v1 = rebar()
        .prefix("/v1")
        .operation(Operation::get("/hello", hello));
    let v2 = rebar()
        .prefix("/v2")
        .version("2.0.0")
        .operation(Operation::get("/hello", hello));
    let (v1, v2) = (document(&v1), document(&v2));
    assert_eq!(
        (&v1["info"]["version"], &v2["info"]["version"]),
        (&"1.0.0".into(), &"2.0.0".into())
    );
    assert!(v1["paths"]["/v2/hello"].is_null() && v2["paths"]["/v2/hello"].is_object());
}

/// kept: `clone()`, then another prefix.
/// corrected: a copy is independent: what is added later is not in both.
#[test]
fn copy_is_independent() {
    let v1 = rebar()
        .prefix("/v1")
        .operation(Operation::get("/hello", hello));
    let v2 = v1
        .clone()
        .prefix("/v2")
        .operation(Operation::get("/more", done));
    let count = |registry: &purlin_router::Registry| support::router(registry).operations().count();
    assert_eq!((count(&v1), count(&v2)), (1, 2));
    assert_eq!(client(&v2).get("/v2/hello").send().status(), 200);
}

/// kept: operation ids do not contain the prefix.
/// corrected: a duplicate is rejected.
#[test]
fn operation_ids_are_plain_and_unique() {
    let registry = rebar()
        .prefix("/v1")
        .operation(Operation::get("/hello", hello));
    assert_eq!(
        document(&registry)["paths"]["/v1/hello"]["get"]["operationId"],
        "hello"
    );
    let twice = registry.operation(Operation::get("/more", done).operation_id("hello"));
    assert!(errors(&twice).join("\n").contains("same operation id"));
}

/// kept: the doc comment of a function describes the operation.
/// corrected: its first line is the summary, the rest is the description, and
/// the indentation of the source is not in it.
#[test]
fn doc_comment_is_summary_and_description() {
    /// List guests.
    ///
    /// Newest first,
    /// and never all of them.
    #[get("/guests")]
    async fn guests() -> NoContent {
        NoContent
    }
    let operation = document(&rebar().operation(guests))["paths"]["/guests"]["get"].clone();
    assert_eq!(operation["summary"], "List guests");
    assert_eq!(
        operation["description"],
        "Newest first,\nand never all of them."
    );
}

/// kept: a hidden operation is served, and so is a path of hidden ones alone;
/// the document has neither.
/// corrected: nor has Swagger 2.0, and schemas and security schemes of hidden
/// operations do not leak.
#[test]
fn hidden_operations_are_in_no_document() {
    let registry = rebar()
        .authenticator(
            "key",
            purlin_router::auth::HeaderApiKey::new("X-Key").key("a", "a"),
        )
        .operation(Operation::get("/hello", hello))
        .operation(Operation::post("/hello", done).hidden())
        .operation(
            Operation::get("/secret", secret)
                .hidden()
                .authenticators(["key"]),
        );
    let client = client(&registry);
    assert_eq!(
        client.get("/secret").header("X-Key", "a").send().status(),
        200
    );
    assert_eq!(client.post("/hello").send().status(), 204);
    for document in [document(&registry), swagger(&registry)] {
        assert!(document["paths"]["/secret"].is_null());
        assert!(document["paths"]["/hello"]["post"].is_null());
        let text = document.to_string();
        assert!(
            !text.contains("Secret") && !text.contains("X-Key"),
            "{text}"
        );
    }
}

/// kept: `include_hidden=True`.
/// corrected: in Swagger 2.0 too.
#[test]
fn hidden_operations_are_in_an_internal_document() {
    let registry = rebar()
        .operation(Operation::get("/secret", secret).hidden())
        .include_hidden();
    let (new, old): (Value, Value) = (document(&registry), swagger(&registry));
    assert!(new["paths"]["/secret"].is_object() && old["paths"]["/secret"].is_object());
    assert!(new["components"]["schemas"]["Secret"].is_object());
    assert!(old["definitions"]["Secret"].is_object());
    let api = support::router(&registry);
    assert!(api.document().to_json(Dialect::V3_0).contains("/secret"));
}
