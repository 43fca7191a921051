//! What `#[get]` and the like take beyond the ordinary; what they refuse is in `compile_fail/`.

use purlin_router::{Json, Message, Registry, Reply, errors, get, testing::TestClient};

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
fn a_reply_need_not_have_a_name() {
    let registry = Registry::new("Test", "1")
        .operation(unnamed)
        .operation(inside);
    let client = TestClient::new(&registry.build().unwrap());
    let text = |path| client.get(path).send().text();
    assert_eq!(text("/unnamed"), r#"{"message":"hello"}"#);
    assert_eq!(text("/unnamed/inside"), r#"{"message":"inside"}"#);
}

#[test]
fn a_raw_name_is_the_operation_id_without_its_prefix() {
    let operation = purlin_router::Declare::declare(r#type);
    assert!(format!("{operation:?}").contains(r#"operation_id: "type""#));
}
