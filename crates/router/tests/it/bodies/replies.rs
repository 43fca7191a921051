//! Text and bytes as replies.

use actix_web::http::Method;
use purlin_router::{
    Operation,
    error::http::NotFound,
    media::Png,
    reply::{Binary, NoContent, Text},
};

use crate::support::multipart::client;

#[test]
fn text_is_plain_text_in_utf8() {
    let client = client(Operation::get("/", async || Text::new("Grüße")));
    let response = client.get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(response.text(), "Grüße");
    let response = client.request(Method::HEAD, "/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (200, &b""[..])
    );
}

#[test]
fn binary_has_its_media_type() {
    let client = client(Operation::get("/", async || {
        Binary::<Png>::new(vec![0, 255])
    }));
    let response = client.get("/").send();
    assert_eq!(response.header("content-type"), Some("image/png"));
    assert_eq!(response.bytes(), [0, 255]);
}

#[test]
fn errors_of_text_and_binary_handlers_are_problems() {
    async fn missing() -> Result<Binary<Png>, NotFound> {
        Err(NotFound::default())
    }
    let response = client(Operation::get("/", missing)).get("/").send();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let response = client(Operation::get("/", async || NoContent))
        .get("/")
        .send();
    assert_eq!(response.status(), 204);
}
