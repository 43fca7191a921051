//! The header field and the responses are documented exactly where keys are honoured.

use actix_web::web;
use purlin_router::{Operation, Registry, extract::Headers, schema};
use serde_json::json;

use super::{Orders, order, registry};
use crate::support;

#[schema(request)]
struct Key {
    #[serde(rename = "Idempotency-Key")]
    key: String,
}

async fn with_key(key: Headers<Key>) -> purlin_router::reply::Text {
    purlin_router::reply::Text::new(key.into_inner().key)
}

#[test]
fn operations_that_honour_keys_say_so() {
    let registry = registry()
        .operation(Operation::post("/orders", order))
        .operation(Operation::put("/orders", order).operation_id("put"))
        .operation(
            Operation::post("/own", order)
                .operation_id("own")
                .without_idempotency(),
        );
    let document = support::document(&registry);
    let operation = &document["paths"]["/orders"]["post"];
    let parameter = &operation["parameters"][0];
    assert_eq!(parameter["name"], "Idempotency-Key");
    assert_eq!(
        (&parameter["in"], parameter.get("required")),
        (&json!("header"), None)
    );
    assert_eq!(parameter["schema"]["pattern"], "^[!-~]{1,255}$");
    for status in ["400", "409", "422", "503"] {
        assert!(operation["responses"][status].is_object(), "{status}");
    }
    for (status, name) in [
        ("201", "Idempotency-Replayed"),
        ("409", "Retry-After"),
        ("503", "Retry-After"),
    ] {
        assert!(
            operation["responses"][status]["headers"][name].is_object(),
            "{status} {name}"
        );
    }
    for (path, method) in [("/orders", "put"), ("/own", "post")] {
        let operation = &document["paths"][path][method];
        assert!(operation.get("parameters").is_none(), "{operation}");
        assert!(operation["responses"].get("409").is_none(), "{operation}");
    }
}

#[test]
fn a_handler_may_read_the_key_itself() {
    let api = registry().operation(Operation::post("/", with_key));
    let document = support::document(&api);
    let parameters = document["paths"]["/"]["post"]["parameters"]
        .as_array()
        .unwrap();
    assert_eq!(parameters.len(), 1);
    let client = support::client(&api);
    let response = client.post("/").header("Idempotency-Key", "one").send();
    assert_eq!(response.text(), "one");
}

#[test]
fn the_document_of_a_registry_without_keys_is_unchanged() {
    let plain = Registry::new("Orders", "1.0.0")
        .app_data(web::Data::new(Orders::default()))
        .operation(Operation::post("/orders", order));
    let document = support::document(&plain);
    assert!(!document.to_string().contains("Idempotency"));
}
