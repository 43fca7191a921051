//! Errors that are not declared: unknown paths, other methods, rejections of
//! extractors, redirects.
//!
//! Absent on purpose: the debug mode, which shows the exception instead of
//! the 500. The log has it.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, error::ErrorForbidden};
use purlin_router::{Json, Operation, TrailingSlash, extract::Undocumented, reply::NoContent};
use serde_json::json;

use super::{Guest, assert_response, client, done, only, rebar};

/// kept: 404, with the message of werkzeug.
#[test]
fn unknown_path_is_404() {
    let expected = json!({"message": "The requested URL was not found on the server. If you \
        entered the URL manually please check your spelling and try again."});
    assert_response(
        &only(Operation::get("/", done)).get("/nope").send(),
        404,
        &expected,
    );
}

/// kept: 405, with the message of werkzeug.
/// corrected: with `Allow`.
#[test]
fn unsupported_method_is_405_with_allow() {
    let response = only(Operation::get("/", done)).post("/").send();
    let expected = json!({"message": "The method is not allowed for the requested URL."});
    assert_response(&response, 405, &expected);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
}

/// corrected: a custom extractor that fails with 403 is a 403; `abort(403)` is a
/// 500 in the original.
#[test]
fn errors_of_custom_extractors_keep_their_status() {
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
    assert_response(
        &client.get("/").send(),
        403,
        &json!({"message": "members only"}),
    );
}

/// corrected: a body beyond its limit is 413; `MAX_CONTENT_LENGTH` is a 500 in
/// the original.
#[test]
fn body_beyond_its_limit_is_413() {
    async fn take(_: Json<Guest>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take).body_limit(4));
    let response = client.post("/").json(&json!({"name": "Ada"})).send();
    assert_response(
        &response,
        413,
        &json!({"message": "Request Entity Too Large"}),
    );
}

/// kept: `/x` redirects to `/x/` where only that is declared, and not the reverse.
/// corrected: the body is the JSON that the original intends to send, and
/// `Location` is relative, so that it is valid behind every proxy.
#[test]
fn missing_slash_is_redirected() {
    let registry = rebar()
        .trailing_slash(TrailingSlash::RedirectMissing)
        .operation(Operation::get("/slashed/", done))
        .operation(Operation::get("/plain", done).operation_id("plain"));
    let client = client(&registry);
    let response = client.get("/slashed").send();
    let expected = json!({"message": "Permanent Redirect", "new_url": "./slashed/"});
    assert_response(&response, 308, &expected);
    assert_eq!(response.header("location"), Some("./slashed/"));
    assert_eq!(client.get("/plain/").send().status(), 404);
}
