//! The order in which a request is processed: route, authenticators, query,
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
    Caller, Guest, assert_response, client, echo, error, hello, invalid, invalid_body,
    invalid_query, only, post, rebar,
};

#[schema(request)]
struct Filter {
    limit: u8,
}

async fn sections(_: Query<Filter>, _: Json<Guest>, _: Headers<Caller>) -> NoContent {
    NoContent
}

const INVALID_JSON: &str = "Failed to decode JSON body.";

/// kept: the route is found before the request is authenticated.
#[test]
fn routing_precedes_authentication() {
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
fn authentication_precedes_validation() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::post("/", sections));
    let expected = error("No auth token provided.", "missing_auth_token");
    assert_response(&client(&registry).post("/").send(), 401, &expected);
}

/// kept: each section reports all of its violations, and only the first invalid
/// section is reported: query, then body, then headers.
#[test]
fn first_invalid_section_is_reported() {
    let client = only(Operation::post("/", sections));
    let missing = "Missing data for required field.";
    let query = invalid_query(&json!({"limit": missing}));
    assert_response(&post(&client, "{}"), 400, &query);
    let call = || client.post("/?limit=1");
    let body = invalid_body(&json!({"age": missing, "name": missing}));
    assert_response(&call().json(&json!({})).send(), 400, &body);
    let headers = invalid(
        "Header parameters are invalid",
        "header_validation_failed",
        &json!({"X-User": missing}),
    );
    let guest = json!({"name": "Ada", "age": 36});
    assert_response(&call().json(&guest).send(), 400, &headers);
    assert_eq!(
        call().header("X-User", "1").json(&guest).send().status(),
        204
    );
}

/// kept: an invalid query is reported even if the body cannot be read.
#[test]
fn invalid_query_precedes_unreadable_body() {
    let client = only(Operation::post("/", sections));
    let query = invalid_query(&json!({"limit": "Missing data for required field."}));
    assert_response(&post(&client, "{"), 400, &query);
    assert_response(&client.post("/").body("x").send(), 400, &query);
}

/// kept: a path parameter of another type is a 404.
#[test]
fn path_parameter_of_another_type_is_404() {
    async fn by_id(_: Path<u64>, _: Query<Filter>) -> NoContent {
        NoContent
    }
    let client = only(Operation::get("/{id}", by_id));
    assert_eq!(client.get("/x?limit=x").send().status(), 404);
}

/// kept: HEAD is supported wherever GET is, without a body.
#[test]
fn head_is_get_without_a_body() {
    let client = only(Operation::get("/", hello));
    let response = client.request(Method::HEAD, "/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (200, &b""[..])
    );
}

/// kept: OPTIONS returns `Allow`, without authentication.
#[test]
fn options_returns_allow_without_authentication() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::get("/", hello));
    let response = client(&registry).request(Method::OPTIONS, "/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
}

/// kept: `Content-Type` has to contain `application/json`, in lower case;
/// otherwise the response is a 400, not a 415.
/// corrected: `text/plain; x=application/json`, which is a 500 in the original,
/// is rejected like any other.
#[test]
fn content_type_must_contain_application_json() {
    let client = only(Operation::post("/", echo));
    let expected = error(
        "Only payloads with 'content-type' 'application/json' are supported.",
        "unsupported_content_type",
    );
    for rejected in [
        "text/plain",
        "application/vnd.x+json",
        "Application/JSON",
        "text/plain; x=application/json",
    ] {
        let call = client.post("/").header("Content-Type", rejected);
        assert_response(&call.body("{}").send(), 400, &expected);
    }
    assert_response(&client.post("/").body("{}").send(), 400, &expected);
    let charset = "application/json; charset=utf-8";
    let call = client.post("/").header("Content-Type", charset);
    let response = call.body(r#"{"name":"Ada","age":36}"#).send();
    assert_eq!(response.status(), 200);
}

/// kept: an empty body, or none, has its own message.
#[test]
fn empty_body_has_its_own_message() {
    let client = only(Operation::post("/", echo));
    let expected = error("Fields must be in JSON body.", "empty_json_body");
    assert_response(&post(&client, ""), 400, &expected);
    let none = client.post("/").header("Content-Type", "application/json");
    assert_response(&none.send(), 400, &expected);
}

/// kept: invalid JSON has its own message.
#[test]
fn invalid_json_has_its_own_message() {
    let client = only(Operation::post("/", echo));
    for body in ["{", "{'name': 1}", "nope", "{} {}"] {
        assert_response(
            &post(&client, body),
            400,
            &error(INVALID_JSON, "invalid_json"),
        );
    }
}

/// kept: JSON that is neither an object nor an array is rejected as invalid JSON.
#[test]
fn scalar_body_is_rejected_as_invalid_json() {
    let client = only(Operation::post("/", echo));
    for body in [r#""text""#, "1", "true", "null"] {
        assert_response(
            &post(&client, body),
            400,
            &error(INVALID_JSON, "invalid_json"),
        );
    }
}

/// kept: a list sent for an object, or an object for a list, is a violation of
/// the whole body.
#[test]
fn list_for_an_object_and_object_for_a_list_are_rejected() {
    async fn many(guests: Json<Vec<Guest>>) -> Json<usize> {
        Json(guests.len())
    }
    let expected = invalid_body(&json!({"_general": "Invalid input type."}));
    assert_response(
        &post(&only(Operation::post("/", echo)), "[]"),
        400,
        &expected,
    );
    assert_response(
        &post(&only(Operation::post("/", many)), "{}"),
        400,
        &expected,
    );
}

/// kept: an unknown parameter is rejected.
#[test]
fn unknown_parameter_is_rejected() {
    async fn list(_: Query<Filter>) -> NoContent {
        NoContent
    }
    let client = only(Operation::get("/", list));
    let expected = invalid_query(&json!({"x": "Unknown field."}));
    assert_response(&client.get("/?limit=1&x=1").send(), 400, &expected);
}

/// corrected: a parameter that is allowed once and sent twice is rejected; the
/// original reads the first.
#[test]
fn duplicate_parameter_is_rejected() {
    async fn list(filter: Query<Filter>) -> Json<u8> {
        Json(filter.limit)
    }
    let client = only(Operation::get("/", list));
    let expected = invalid_query(&json!({"limit": "Field may only be given once."}));
    assert_response(&client.get("/?limit=1&limit=2").send(), 400, &expected);
}

/// kept: header names are case-insensitive, and undeclared headers are allowed.
#[test]
fn header_names_are_case_insensitive_and_others_are_allowed() {
    async fn who(caller: Headers<Caller>) -> Json<u32> {
        Json(caller.user)
    }
    let client = only(Operation::get("/", who));
    let call = client.get("/").header("x-USER", "7").header("X-More", "1");
    assert_response(&call.send(), 200, &json!(7));
    let bad: Value = client.get("/").header("X-User", "x").send().json();
    assert_eq!(bad["errors"], json!({"X-User": "Not a valid integer."}));
}
