//! The responses of the service that this API replaces, to the letter: statuses, bodies
//! and messages of Flask-Rebar 3.4.1. Where the original violates HTTP (a 405 without
//! `Allow`), the response is the correct one.

use purlin_router::testing::{TestClient, TestResponse};
use serde_json::{Value, json};

use crate::support::{HEADER, KEY, router};

fn client() -> TestClient {
    TestClient::new(&router())
}

#[track_caller]
fn assert_response(response: &TestResponse, status: u16, body: Value) {
    assert_eq!(
        (response.status().as_u16(), response.json::<Value>()),
        (status, body)
    );
    assert_eq!(response.header("content-type"), Some("application/json"));
}

fn get(target: &str) -> TestResponse {
    client().get(target).header(HEADER, KEY).send()
}

fn send(body: &str) -> TestResponse {
    let client = client();
    let call = client.post("/send_greeting").header(HEADER, KEY);
    call.header("Content-Type", "application/json")
        .body(body.to_owned())
        .send()
}

/// Asserts the response to an invalid body.
#[track_caller]
fn assert_body_rejected(body: &str, errors: Value) {
    let expected = json!({
        "errors": errors,
        "message": "JSON body parameters are invalid.",
        "rebar_error_code": "body_validation_failed",
    });
    assert_response(&send(body), 400, expected);
}

/// The methods a response allows, sorted.
fn allowed(response: &TestResponse) -> Vec<&str> {
    let mut methods: Vec<_> = response.header("allow").unwrap().split(", ").collect();
    methods.sort_unstable();
    methods
}

#[test]
fn the_index_needs_no_key() {
    assert_response(
        &client().get("/").send(),
        200,
        json!({"message": "Hello, Being!"}),
    );
}

#[test]
fn head_is_get_without_a_body() {
    let response = client().request("HEAD".parse().unwrap(), "/").send();
    assert_eq!(
        (response.status().as_u16(), response.bytes()),
        (200, &b""[..])
    );
}

#[test]
fn options_lists_what_a_path_allows() {
    let response = client().request("OPTIONS".parse().unwrap(), "/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(allowed(&response), ["GET", "HEAD", "OPTIONS"]);

    let response = client()
        .request("OPTIONS".parse().unwrap(), "/send_greeting")
        .send();
    assert_eq!(response.status(), 200);
    assert_eq!(allowed(&response), ["OPTIONS", "POST"]);
}

#[test]
fn other_methods_are_rejected_with_allow() {
    let response = client().post("/").send();
    let message = "The method is not allowed for the requested URL.";
    assert_response(&response, 405, json!({"message": message}));
    assert_eq!(allowed(&response), ["GET", "HEAD", "OPTIONS"]);

    let response = client().get("/send_greeting").send();
    assert_response(&response, 405, json!({"message": message}));
    assert_eq!(allowed(&response), ["OPTIONS", "POST"]);
}

#[test]
fn an_unknown_path_is_not_found() {
    let message = "The requested URL was not found on the server. If you entered the URL manually \
                   please check your spelling and try again.";
    assert_response(
        &client().get("/nope").send(),
        404,
        json!({"message": message}),
    );
    assert_response(
        &client().get("/generic_greeting/").send(),
        404,
        json!({"message": message}),
    );
}

#[test]
fn the_generic_greeting_needs_a_key() {
    let message = json!({"message": "Hello, Generic Person!"});
    assert_response(&get("/generic_greeting"), 200, message);

    let none = client().get("/generic_greeting").send();
    let message = "No auth token provided.";
    let body = json!({"message": message, "rebar_error_code": "missing_auth_token"});
    assert_response(&none, 401, body);

    for wrong in [
        "wrong",
        "",
        "a key for the test",
        "a key for the tests2",
        "\u{e9}",
    ] {
        let wrong = client()
            .get("/generic_greeting")
            .header(HEADER, wrong.as_bytes())
            .send();
        let message = "Invalid authentication.";
        let body = json!({"message": message, "rebar_error_code": "invalid_auth_token"});
        assert_response(&wrong, 401, body);
    }
}

#[test]
fn requests_are_authenticated_before_they_are_validated() {
    for target in ["/personalised_greeting", "/personalised_greeting?x=1"] {
        assert_eq!(client().get(target).send().status(), 401);
    }
    assert_eq!(
        client().post("/send_greeting").body("{").send().status(),
        401
    );
}

#[test]
fn the_personalised_greeting_contains_the_name() {
    for (query, name) in [
        ("name=Ada", "Ada"),
        ("name=Ada+Lovelace", "Ada Lovelace"),
        ("name=Ren%C3%A9e", "Ren\u{e9}e"),
        ("name=", ""),
        ("name=5", "5"),
    ] {
        let response = get(&format!("/personalised_greeting?{query}"));
        assert_response(&response, 200, json!({"message": format!("Hello, {name}")}));
    }
}

#[test]
fn an_invalid_query_is_rejected_with_an_error_for_each_parameter() {
    for (query, errors) in [
        ("", json!({"name": "Missing data for required field."})),
        ("?name=Ada&x=1", json!({"x": "Unknown field."})),
        (
            "?x=1",
            json!({"name": "Missing data for required field.", "x": "Unknown field."}),
        ),
    ] {
        let expected = json!({
            "errors": errors,
            "message": "Query string parameters are invalid.",
            "rebar_error_code": "query_string_validation_failed",
        });
        assert_response(
            &get(&format!("/personalised_greeting{query}")),
            400,
            expected,
        );
    }
    // The original took the first value.
    assert_eq!(
        get("/personalised_greeting?name=Ada&name=Bea").status(),
        400
    );
}

#[test]
fn a_guest_is_echoed() {
    for body in [
        json!({"name": "Ada", "age": 36, "height": 165}),
        json!({"name": "Ada", "age": 36}),
        json!({"name": "", "age": -1, "height": 0}),
        json!({"name": "Ren\u{e9}e \u{1f600}", "age": i64::MAX}),
    ] {
        assert_response(&send(&body.to_string()), 201, body);
    }
}

#[test]
fn the_content_type_may_have_parameters_but_must_be_json() {
    let client = client();
    let call = || client.post("/send_greeting").header(HEADER, KEY);
    let guest = r#"{"name":"Ada","age":36}"#;
    let utf8 = call()
        .header("Content-Type", "application/json; charset=utf-8")
        .body(guest)
        .send();
    assert_eq!(utf8.status(), 201);

    let expected = json!({
        "message": "Only payloads with 'content-type' 'application/json' are supported.",
        "rebar_error_code": "unsupported_content_type",
    });
    assert_response(&call().body(guest).send(), 400, expected.clone());
    assert_response(
        &call()
            .header("Content-Type", "text/plain")
            .body(guest)
            .send(),
        400,
        expected,
    );
}

#[test]
fn an_empty_body_is_rejected() {
    let message = "Fields must be in JSON body.";
    let body = json!({"message": message, "rebar_error_code": "empty_json_body"});
    assert_response(&send(""), 400, body);
}

#[test]
fn a_body_that_is_neither_object_nor_array_is_rejected_as_invalid_json() {
    let message = "Failed to decode JSON body.";
    let expected = json!({"message": message, "rebar_error_code": "invalid_json"});
    for body in ["{", "\"x\"", "null", "1", "true", "{}}", "nope"] {
        assert_response(&send(body), 400, expected.clone());
    }
}

#[test]
fn an_array_in_place_of_an_object_is_rejected() {
    assert_body_rejected("[]", json!({"_general": "Invalid input type."}));
}

#[test]
fn every_invalid_field_is_reported() {
    let missing = "Missing data for required field.";
    assert_body_rejected("{}", json!({"age": missing, "name": missing}));
    assert_body_rejected(
        r#"{"name":1,"age":"x","extra":2}"#,
        json!({
            "age": "Not a valid integer.",
            "extra": "Unknown field.",
            "name": "Not a valid string.",
        }),
    );
    assert_body_rejected(
        r#"{"name":"Ada","age":36.5,"height":"tall"}"#,
        json!({"age": "Not a valid integer.", "height": "Not a valid integer."}),
    );
}

#[test]
fn null_is_rejected_where_a_field_is_optional() {
    let not_null = "Field may not be null.";
    assert_body_rejected(
        r#"{"name":"Ada","age":36,"height":null}"#,
        json!({"height": not_null}),
    );
    assert_body_rejected(
        r#"{"name":null,"age":null,"height":null}"#,
        json!({"age": not_null, "height": not_null, "name": not_null}),
    );
}

#[test]
fn errors_have_sorted_keys() {
    assert_eq!(
        send(r#"{"name":1}"#).text().trim_end(),
        r#"{"errors":{"age":"Missing data for required field.","name":"Not a valid string."},"message":"JSON body parameters are invalid.","rebar_error_code":"body_validation_failed"}"#
    );
}

#[test]
fn operation_ids_and_security_scheme_are_those_of_the_original() {
    let document: Value = client().get("/openapi.json").send().json();
    for (path, method, operation_id, guarded) in [
        ("/", "get", "get_index", false),
        ("/generic_greeting", "get", "get_generic_greeting", true),
        (
            "/personalised_greeting",
            "get",
            "get_personalised_greeting",
            true,
        ),
        ("/send_greeting", "post", "send_greeting", true),
    ] {
        let operation = &document["paths"][path][method];
        assert_eq!(operation["operationId"], operation_id);
        let security = guarded
            .then(|| json!([{"sharedSecret": []}]))
            .unwrap_or(json!([]));
        assert_eq!(
            operation.get("security").unwrap_or(&json!([])),
            &security,
            "{path}"
        );
    }
    let scheme = &document["components"]["securitySchemes"]["sharedSecret"];
    assert_eq!(
        (&scheme["type"], &scheme["in"]),
        (&json!("apiKey"), &json!("header"))
    );
    assert_eq!(scheme["name"], HEADER);

    let guest = &document["components"]["schemas"]["Guest"];
    assert_eq!(guest["required"], json!(["name", "age"]));
    assert_eq!(
        guest["properties"]["height"]["type"], "integer",
        "null is rejected, so it is not listed"
    );
    assert_eq!(guest["additionalProperties"], json!(false));
    assert!(client().get("/docs").send().status().is_success());
}
