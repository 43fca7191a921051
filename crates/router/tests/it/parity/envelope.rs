//! The body of an error.
//!
//! Absent on purpose: the pair `key` and `value` under the keys of a map (the
//! violations of a value are under its key), and the 500 of a body that mixes
//! keys of two types, which cannot occur here.

use std::collections::BTreeMap;

use purlin_router::{Json, Operation, error::http::NotFound, reply::NoContent, schema};
use serde_json::{Value, json};

use super::{Guest, assert_response, invalid_body, only, post};

#[schema(request)]
struct Nested {
    baz: Vec<i64>,
}

#[schema(request)]
struct Outer {
    foo: String,
    nested: Nested,
}

/// kept: the original's own example, `test_representing_complex_errors`.
#[test]
fn complex_errors_are_nested() {
    async fn take(_: Json<Outer>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let body = r#"{"bam": 1, "nested": {"baz": ["one", "two"], "unexpected": 1}}"#;
    let expected = invalid_body(&json!({
        "bam": "Unknown field.",
        "foo": "Missing data for required field.",
        "nested": {
            "baz": {"0": "Not a valid integer.", "1": "Not a valid integer."},
            "unexpected": "Unknown field.",
        },
    }));
    assert_response(&post(&client, body), 400, &expected);
}

/// kept: an error with a plain message has no code and no `errors`.
#[test]
fn error_with_a_plain_message_has_no_code() {
    async fn gone() -> Result<NoContent, NotFound> {
        Err(NotFound::new("no such guest"))
    }
    let response = only(Operation::get("/", gone)).get("/").send();
    assert_response(&response, 404, &json!({"message": "no such guest"}));
}

/// kept: `additional_data` is merged at the root and may replace the message.
#[test]
fn additional_members_are_at_the_root() {
    async fn gone() -> Result<NoContent, NotFound> {
        let error = NotFound::new("no such guest").with("id", 7);
        Err(error.with("message", "replaced"))
    }
    let response = only(Operation::get("/", gone)).get("/").send();
    assert_response(&response, 404, &json!({"id": 7, "message": "replaced"}));
}

/// kept: one message is a string, several are a list.
#[test]
fn several_messages_are_a_list() {
    #[schema(request)]
    struct Word {
        #[garde(length(min = 3), pattern("^[a-z]+$"))]
        word: String,
    }
    async fn take(_: Json<Word>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let one = invalid_body(&json!({"word": "Shorter than minimum length 3."}));
    assert_response(&post(&client, r#"{"word": "ab"}"#), 400, &one);
    let two = json!([
        "Shorter than minimum length 3.",
        "String does not match expected pattern."
    ]);
    let body: Value = post(&client, r#"{"word": "A"}"#).json();
    let mut found: Vec<String> = serde_json::from_value(body["errors"]["word"].clone()).unwrap();
    found.sort();
    assert_eq!(json!(found), two);
}

/// kept: violations of a whole object are under `_general`, at every level.
#[test]
fn violations_of_a_whole_object_are_under_general() {
    async fn take(_: Json<Outer>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let general = json!({"_general": "Invalid input type."});
    assert_response(&post(&client, "[]"), 400, &invalid_body(&general));
    let nested = post(&client, r#"{"foo": "", "nested": 1}"#);
    assert_response(&nested, 400, &invalid_body(&json!({"nested": general})));
}

/// kept: items are identified by their index, as a string, in bodies that are
/// lists too.
#[test]
fn items_are_identified_by_index() {
    async fn many(_: Json<Vec<Guest>>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", many));
    let body = r#"[{"name": "Ada", "age": 1}, {"name": 2, "age": 1}]"#;
    let expected = invalid_body(&json!({"1": {"name": "Not a valid string."}}));
    assert_response(&post(&client, body), 400, &expected);
}

/// corrected: the violations of a value of a map are under its key, without a
/// `value` in between.
#[test]
fn values_of_maps_are_identified_by_key() {
    #[schema(request)]
    struct Ages {
        ages: BTreeMap<String, u8>,
    }
    async fn take(_: Json<Ages>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let expected = invalid_body(&json!({"ages": {"Ada": "Not a valid integer."}}));
    assert_response(&post(&client, r#"{"ages": {"Ada": "x"}}"#), 400, &expected);
}

/// kept: the members are sorted.
/// corrected: text is not escaped, `é` instead of `\u00e9`, and no line feed is
/// at the end; to a JSON parser that is the same.
#[test]
fn members_are_sorted_and_text_is_not_escaped() {
    async fn gone() -> Result<NoContent, NotFound> {
        Err(NotFound::new("caf\u{e9}").with("b", 1).with("a", 1))
    }
    let response = only(Operation::get("/", gone)).get("/").send();
    assert_eq!(
        response.text(),
        "{\"a\":1,\"b\":1,\"message\":\"caf\u{e9}\"}"
    );
}
