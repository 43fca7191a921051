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
fn text_is_plain_text_in_utf_8() {
    let client = client(Operation::get("/", async || Text::new("Grüße")));
    let answer = client.get("/").send();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.text(), "Grüße");
    let answer = client.request(Method::HEAD, "/").send();
    assert_eq!((answer.status().as_u16(), answer.bytes()), (200, &b""[..]));
}

#[test]
fn bytes_are_of_their_media_type() {
    let client = client(Operation::get("/", async || {
        Binary::<Png>::new(vec![0, 255])
    }));
    let answer = client.get("/").send();
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert_eq!(answer.bytes(), [0, 255]);
}

#[test]
fn they_fail_as_other_replies_do() {
    async fn missing() -> Result<Binary<Png>, NotFound> {
        Err(NotFound::default())
    }
    let answer = client(Operation::get("/", missing)).get("/").send();
    assert_eq!(answer.status(), 404);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let answer = client(Operation::get("/", async || NoContent))
        .get("/")
        .send();
    assert_eq!(answer.status(), 204);
}
