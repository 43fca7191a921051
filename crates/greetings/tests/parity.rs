//! Every answer of the service this one replaces, to the letter: statuses,
//! bodies and messages of Flask-Rebar 3.4.1. Where the original was at fault (a
//! 405 without `Allow`), the answer is the right one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeMap;

use purlin_greetings::{ApiKeys, GreetingsSettings, registry};
use purlin_router::testing::{TestClient, TestResponse};
use serde_json::{Value, json};

const HEADER: &str = "X-MyApp-ApiKey";
const KEY: &str = "a key for the tests";

fn client() -> TestClient {
    let mut settings = GreetingsSettings::default();
    settings.api_keys = BTreeMap::from([("tests".to_owned(), KEY.to_owned().try_into().unwrap())]);
    TestClient::new(&registry(&ApiKeys::new(settings)).build().unwrap())
}

#[track_caller]
fn assert_answer(answer: &TestResponse, status: u16, body: Value) {
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>()),
        (status, body)
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
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

/// An answer to a body that breaks the rules.
#[track_caller]
fn assert_body_refused(body: &str, errors: Value) {
    let expected = json!({
        "errors": errors,
        "message": "JSON body parameters are invalid.",
        "rebar_error_code": "body_validation_failed",
    });
    assert_answer(&send(body), 400, expected);
}

/// The methods a response allows, sorted.
fn allowed(answer: &TestResponse) -> Vec<&str> {
    let mut methods: Vec<_> = answer.header("allow").unwrap().split(", ").collect();
    methods.sort_unstable();
    methods
}

#[test]
fn the_index_greets_whoever_asks() {
    assert_answer(
        &client().get("/").send(),
        200,
        json!({"message": "Hello, Being!"}),
    );
}

#[test]
fn head_is_get_without_a_body() {
    let answer = client().request("HEAD".parse().unwrap(), "/").send();
    assert_eq!((answer.status().as_u16(), answer.bytes()), (200, &b""[..]));
}

#[test]
fn options_lists_what_a_path_allows() {
    let answer = client().request("OPTIONS".parse().unwrap(), "/").send();
    assert_eq!(answer.status(), 200);
    assert_eq!(allowed(&answer), ["GET", "HEAD", "OPTIONS"]);

    let answer = client()
        .request("OPTIONS".parse().unwrap(), "/send_greeting")
        .send();
    assert_eq!(answer.status(), 200);
    assert_eq!(allowed(&answer), ["OPTIONS", "POST"]);
}

#[test]
fn another_method_is_refused_and_told_the_right_ones() {
    let answer = client().post("/").send();
    let message = "The method is not allowed for the requested URL.";
    assert_answer(&answer, 405, json!({"message": message}));
    assert_eq!(allowed(&answer), ["GET", "HEAD", "OPTIONS"]);

    let answer = client().get("/send_greeting").send();
    assert_answer(&answer, 405, json!({"message": message}));
    assert_eq!(allowed(&answer), ["OPTIONS", "POST"]);
}

#[test]
fn an_unknown_path_is_not_found() {
    let message = "The requested URL was not found on the server. If you entered the URL manually \
                   please check your spelling and try again.";
    assert_answer(
        &client().get("/nope").send(),
        404,
        json!({"message": message}),
    );
    assert_answer(
        &client().get("/generic_greeting/").send(),
        404,
        json!({"message": message}),
    );
}

#[test]
fn the_generic_greeting_needs_a_key() {
    let message = json!({"message": "Hello, Generic Person!"});
    assert_answer(&get("/generic_greeting"), 200, message);

    let none = client().get("/generic_greeting").send();
    let message = "No auth token provided.";
    let body = json!({"message": message, "rebar_error_code": "missing_auth_token"});
    assert_answer(&none, 401, body);

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
        assert_answer(&wrong, 401, body);
    }
}

#[test]
fn the_key_is_asked_for_before_anything_is_read() {
    for target in ["/personalised_greeting", "/personalised_greeting?x=1"] {
        assert_eq!(client().get(target).send().status(), 401);
    }
    assert_eq!(
        client().post("/send_greeting").body("{").send().status(),
        401
    );
}

#[test]
fn the_personalised_greeting_names_the_one_greeted() {
    for (query, name) in [
        ("name=Ada", "Ada"),
        ("name=Ada+Lovelace", "Ada Lovelace"),
        ("name=Ren%C3%A9e", "Ren\u{e9}e"),
        ("name=", ""),
        ("name=5", "5"),
    ] {
        let answer = get(&format!("/personalised_greeting?{query}"));
        assert_answer(&answer, 200, json!({"message": format!("Hello, {name}")}));
    }
}

#[test]
fn a_query_that_breaks_the_rules_is_refused_field_by_field() {
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
        assert_answer(
            &get(&format!("/personalised_greeting{query}")),
            400,
            expected,
        );
    }
    // The original took the first value; which one was meant is anybody's guess.
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
        assert_answer(&send(&body.to_string()), 201, body);
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
    assert_answer(&call().body(guest).send(), 400, expected.clone());
    assert_answer(
        &call()
            .header("Content-Type", "text/plain")
            .body(guest)
            .send(),
        400,
        expected,
    );
}

#[test]
fn an_empty_body_is_refused() {
    let message = "Fields must be in JSON body.";
    let body = json!({"message": message, "rebar_error_code": "empty_json_body"});
    assert_answer(&send(""), 400, body);
}

#[test]
fn a_body_that_is_neither_object_nor_array_does_not_count_as_json() {
    let message = "Failed to decode JSON body.";
    let expected = json!({"message": message, "rebar_error_code": "invalid_json"});
    for body in ["{", "\"x\"", "null", "1", "true", "{}}", "nope"] {
        assert_answer(&send(body), 400, expected.clone());
    }
}

#[test]
fn a_list_where_an_object_belongs_is_refused() {
    assert_body_refused("[]", json!({"_general": "Invalid input type."}));
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let missing = "Missing data for required field.";
    assert_body_refused("{}", json!({"age": missing, "name": missing}));
    assert_body_refused(
        r#"{"name":1,"age":"x","extra":2}"#,
        json!({
            "age": "Not a valid integer.",
            "extra": "Unknown field.",
            "name": "Not a valid string.",
        }),
    );
    assert_body_refused(
        r#"{"name":"Ada","age":36.5,"height":"tall"}"#,
        json!({"age": "Not a valid integer.", "height": "Not a valid integer."}),
    );
}

#[test]
fn null_is_not_the_same_as_absent() {
    let refused = "Field may not be null.";
    assert_body_refused(
        r#"{"name":"Ada","age":36,"height":null}"#,
        json!({"height": refused}),
    );
    assert_body_refused(
        r#"{"name":null,"age":null,"height":null}"#,
        json!({"age": refused, "height": refused, "name": refused}),
    );
}

#[test]
fn errors_are_written_with_sorted_keys() {
    assert_eq!(
        send(r#"{"name":1}"#).text().trim_end(),
        r#"{"errors":{"age":"Missing data for required field.","name":"Not a valid string."},"message":"JSON body parameters are invalid.","rebar_error_code":"body_validation_failed"}"#
    );
}

#[test]
fn the_document_names_operations_and_scheme_as_the_original_did() {
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
        "null is refused, so not listed"
    );
    assert_eq!(guest["additionalProperties"], json!(false));
    assert!(client().get("/docs").send().status().is_success());
}
