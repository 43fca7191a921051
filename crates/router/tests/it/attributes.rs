//! Less common uses of `#[get]` and its siblings; what they reject is in `compile_fail/`.

use purlin_router::{
    Json, Registry, Reply,
    auth::{HeaderApiKey, all_of},
    error::http as errors,
    get,
    reply::NoContent,
    schemas::Message,
};

use crate::support;

#[get("/unnamed")]
async fn unnamed() -> impl Reply {
    Json(Message::new("hello"))
}

#[get("/unnamed/inside")]
async fn inside() -> Result<impl Reply, errors::Gone> {
    Ok(Json(Message::new("inside")))
}

#[get("/type")]
async fn r#type() -> Json<Message> {
    Json(Message::new("raw"))
}

#[test]
fn reply_type_may_be_impl_reply() {
    let registry = Registry::new("Test", "1")
        .operation(unnamed)
        .operation(inside);
    let client = support::client(&registry);
    let text = |path| client.get(path).send().text();
    assert_eq!(text("/unnamed"), r#"{"message":"hello"}"#);
    assert_eq!(text("/unnamed/inside"), r#"{"message":"inside"}"#);
}

#[test]
fn raw_identifier_is_the_operation_id_without_its_prefix() {
    let operation = purlin_router::IntoOperation::into_operation(r#type);
    assert!(format!("{operation:?}").contains(r#"operation_id: "type""#));
}

const TOKEN: &str = "token";

#[get("/guarded", authenticators = [all_of(["key", TOKEN]), "key", String::from("other")])]
async fn guarded() -> NoContent {
    NoContent
}

#[get("/open", public, media_type = "application/vnd.test+json")]
async fn open() -> Json<Message> {
    Json(Message::new("open"))
}

#[test]
fn operation_declares_its_authenticators_and_media_type() {
    let key = |header| HeaderApiKey::new(header).key("ada", "one");
    let registry = Registry::new("Test", "1")
        .authenticator("key", key("X-Key"))
        .authenticator(TOKEN, key("X-Token"))
        .authenticator("other", key("X-Other"))
        .default_authenticators(["key"])
        .operation(guarded)
        .operation(open);
    let document = support::document(&registry);
    assert_eq!(
        document["paths"]["/guarded"]["get"]["security"],
        serde_json::json!([{"key": [], "token": []}, {"key": []}, {"other": []}])
    );
    let response = support::client(&registry).get("/open").send();
    assert_eq!(
        response.header("content-type"),
        Some("application/vnd.test+json")
    );
}
