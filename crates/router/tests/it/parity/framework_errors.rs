//! Errors nobody declares: unknown addresses, other methods, extractors that
//! fail by themselves, redirects.
//!
//! Not there, on purpose: the debug mode, which shows the exception instead of
//! the 500. The log has it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::ErrorForbidden};
use purlin_router::{Json, Operation, TrailingSlash, extract::Undocumented, reply::NoContent};
use serde_json::json;

use super::{Guest, assert_answer, client, done, only, rebar};

/// kept: 404, in werkzeug's words.
#[test]
fn an_unknown_address_is_404() {
    let expected = json!({"message": "The requested URL was not found on the server. If you \
        entered the URL manually please check your spelling and try again."});
    assert_answer(
        &only(Operation::get("/", done)).get("/nope").send(),
        404,
        &expected,
    );
}

/// kept: 405, in werkzeug's words.
/// corrected: `Allow` is there.
#[test]
fn another_method_is_405_with_allow() {
    let answer = only(Operation::get("/", done)).post("/").send();
    let expected = json!({"message": "The method is not allowed for the requested URL."});
    assert_answer(&answer, 405, &expected);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
}

/// corrected: an extractor of one's own that says 403 answers 403; `abort(403)`
/// is a 500 in the original.
#[test]
fn extractors_of_ones_own_keep_their_status() {
    struct Never;
    impl FromRequest for Never {
        type Error = actix_web::Error;
        type Future = Ready<Result<Self, Self::Error>>;
        fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
            ready(Err(ErrorForbidden("members only")))
        }
    }
    impl Undocumented for Never {}
    async fn handler(_: Never) -> NoContent {
        NoContent
    }
    let client = only(Operation::get("/", handler)).without_checks();
    assert_answer(
        &client.get("/").send(),
        403,
        &json!({"message": "members only"}),
    );
}

/// corrected: a body beyond its limit is 413; `MAX_CONTENT_LENGTH` is a 500 in
/// the original.
#[test]
fn a_body_beyond_its_limit_is_413() {
    async fn take(_: Json<Guest>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take).body_limit(4));
    let answer = client.post("/").json(&json!({"name": "Ada"})).send();
    assert_answer(
        &answer,
        413,
        &json!({"message": "Request Entity Too Large"}),
    );
}

/// kept: `/x` leads to `/x/` where only that is declared, and not the other way.
/// corrected: the body is the JSON the original means to send, and `Location`
/// is relative, so it holds behind every proxy.
#[test]
fn a_missing_slash_is_led_to() {
    let registry = rebar()
        .trailing_slash(TrailingSlash::RedirectMissing)
        .operation(Operation::get("/slashed/", done))
        .operation(Operation::get("/plain", done).operation_id("plain"));
    let client = client(&registry);
    let answer = client.get("/slashed").send();
    let expected = json!({"message": "Permanent Redirect", "new_url": "./slashed/"});
    assert_answer(&answer, 308, &expected);
    assert_eq!(answer.header("location"), Some("./slashed/"));
    assert_eq!(client.get("/plain/").send().status(), 404);
}
