//! The order in which a request is looked at: route, authenticators, query,
//! body, headers, handler.

use actix_web::http::Method;
use purlin_router::{
    Json, Operation,
    auth::HeaderApiKey,
    extract::{Headers, Path, Query},
    reply::NoContent,
    schema,
};
use serde_json::{Value, json};

use super::{
    Caller, Guest, assert_answer, client, echo, error, hello, invalid, invalid_body, invalid_query,
    only, post, rebar,
};

#[schema(request)]
struct Filter {
    limit: u8,
}

async fn sections(_: Query<Filter>, _: Json<Guest>, _: Headers<Caller>) -> NoContent {
    NoContent
}

const INVALID_JSON: &str = "Failed to decode JSON body.";

/// kept: the route is found before anybody is asked for a key.
#[test]
fn the_route_comes_before_the_key() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::post("/", sections));
    let client = client(&registry);
    assert_eq!(client.get("/nope").send().status(), 404);
    assert_eq!(client.get("/").send().status(), 405);
}

/// kept: an unauthenticated bad request is a 401, not a 400.
#[test]
fn the_key_comes_before_every_section() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::post("/", sections));
    let expected = error("No auth token provided.", "missing_auth_token");
    assert_answer(&client(&registry).post("/").send(), 401, &expected);
}

/// kept: each section reports all of its violations, and the first section that
/// fails is the one that is told: query, then body, then headers.
#[test]
fn the_first_section_that_fails_is_told() {
    let client = only(Operation::post("/", sections));
    let missing = "Missing data for required field.";
    let query = invalid_query(&json!({"limit": missing}));
    assert_answer(&post(&client, "{}"), 400, &query);
    let call = || client.post("/?limit=1");
    let body = invalid_body(&json!({"age": missing, "name": missing}));
    assert_answer(&call().json(&json!({})).send(), 400, &body);
    let headers = invalid(
        "Header parameters are invalid",
        "header_validation_failed",
        &json!({"X-User": missing}),
    );
    let guest = json!({"name": "Ada", "age": 36});
    assert_answer(&call().json(&guest).send(), 400, &headers);
    assert_eq!(
        call().header("X-User", "1").json(&guest).send().status(),
        204
    );
}

/// kept: a query that fails is told though the body cannot be read at all.
#[test]
fn a_query_that_fails_comes_before_a_body_that_cannot_be_read() {
    let client = only(Operation::post("/", sections));
    let query = invalid_query(&json!({"limit": "Missing data for required field."}));
    assert_answer(&post(&client, "{"), 400, &query);
    assert_answer(&client.post("/").body("x").send(), 400, &query);
}

/// kept: a path parameter that does not fit is a 404.
#[test]
fn a_path_that_does_not_fit_is_not_found() {
    async fn by_id(_: Path<u64>, _: Query<Filter>) -> NoContent {
        NoContent
    }
    let client = only(Operation::get("/{id}", by_id));
    assert_eq!(client.get("/x?limit=x").send().status(), 404);
}

/// kept: HEAD is answered wherever GET is, without a body.
#[test]
fn head_is_get_without_a_body() {
    let client = only(Operation::get("/", hello));
    let answer = client.request(Method::HEAD, "/").send();
    assert_eq!((answer.status().as_u16(), answer.bytes()), (200, &b""[..]));
}

/// kept: OPTIONS is answered with `Allow`, and nobody is asked for a key.
#[test]
fn options_says_what_is_allowed_to_anybody() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::get("/", hello));
    let answer = client(&registry).request(Method::OPTIONS, "/").send();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
}

/// kept: `Content-Type` has to hold `application/json`, as it is written; else
/// it is a 400, not a 415.
/// corrected: `text/plain; x=application/json`, which is a 500 in the original,
/// is refused like any other.
#[test]
fn a_body_says_that_it_is_json() {
    let client = only(Operation::post("/", echo));
    let expected = error(
        "Only payloads with 'content-type' 'application/json' are supported.",
        "unsupported_content_type",
    );
    for refused in [
        "text/plain",
        "application/vnd.x+json",
        "Application/JSON",
        "text/plain; x=application/json",
    ] {
        let call = client.post("/").header("Content-Type", refused);
        assert_answer(&call.body("{}").send(), 400, &expected);
    }
    assert_answer(&client.post("/").body("{}").send(), 400, &expected);
    let charset = "application/json; charset=utf-8";
    let call = client.post("/").header("Content-Type", charset);
    let answer = call.body(r#"{"name":"Ada","age":36}"#).send();
    assert_eq!(answer.status(), 200);
}

/// kept: an empty body, or none, has its own message.
#[test]
fn an_empty_body_is_told() {
    let client = only(Operation::post("/", echo));
    let expected = error("Fields must be in JSON body.", "empty_json_body");
    assert_answer(&post(&client, ""), 400, &expected);
    let none = client.post("/").header("Content-Type", "application/json");
    assert_answer(&none.send(), 400, &expected);
}

/// kept: what is no JSON is told.
#[test]
fn a_body_that_is_no_json_is_told() {
    let client = only(Operation::post("/", echo));
    for body in ["{", "{'name': 1}", "nope", "{} {}"] {
        assert_answer(
            &post(&client, body),
            400,
            &error(INVALID_JSON, "invalid_json"),
        );
    }
}

/// kept: JSON that is neither an object nor an array is as good as none.
#[test]
fn a_body_that_is_one_value_is_told_as_no_json() {
    let client = only(Operation::post("/", echo));
    for body in [r#""text""#, "1", "true", "null"] {
        assert_answer(
            &post(&client, body),
            400,
            &error(INVALID_JSON, "invalid_json"),
        );
    }
}

/// kept: a list sent for an object, or an object for a list, is told of the
/// whole.
#[test]
fn a_list_is_no_object_and_an_object_no_list() {
    async fn many(guests: Json<Vec<Guest>>) -> Json<usize> {
        Json(guests.len())
    }
    let expected = invalid_body(&json!({"_general": "Invalid input type."}));
    assert_answer(
        &post(&only(Operation::post("/", echo)), "[]"),
        400,
        &expected,
    );
    assert_answer(
        &post(&only(Operation::post("/", many)), "{}"),
        400,
        &expected,
    );
}

/// kept: an unknown parameter is refused.
#[test]
fn an_unknown_parameter_is_refused() {
    async fn list(_: Query<Filter>) -> NoContent {
        NoContent
    }
    let client = only(Operation::get("/", list));
    let expected = invalid_query(&json!({"x": "Unknown field."}));
    assert_answer(&client.get("/?limit=1&x=1").send(), 400, &expected);
}

/// corrected: a parameter that may come once and comes twice is refused; the
/// original takes the first.
#[test]
fn a_parameter_that_comes_twice_is_refused() {
    async fn list(filter: Query<Filter>) -> Json<u8> {
        Json(filter.limit)
    }
    let client = only(Operation::get("/", list));
    let expected = invalid_query(&json!({"limit": "Field may only be given once."}));
    assert_answer(&client.get("/?limit=1&limit=2").send(), 400, &expected);
}

/// kept: names of headers have no case, and headers nobody declared are let
/// through.
#[test]
fn headers_have_no_case_and_may_be_more() {
    async fn who(caller: Headers<Caller>) -> Json<u32> {
        Json(caller.user)
    }
    let client = only(Operation::get("/", who));
    let call = client.get("/").header("x-USER", "7").header("X-More", "1");
    assert_answer(&call.send(), 200, &json!(7));
    let bad: Value = client.get("/").header("X-User", "x").send().json();
    assert_eq!(bad["errors"], json!({"X-User": "Not a valid integer."}));
}
