//! What an error's body looks like.
//!
//! Not there, on purpose: the pair `key` and `value` under the keys of a map
//! (what is wrong with a value stands under its key), and the 500 of a body that
//! mixes keys of two types, which cannot come up here.

use std::collections::BTreeMap;

use purlin_router::{Json, Operation, error::http::NotFound, reply::NoContent, schema};
use serde_json::{Value, json};

use super::{Guest, assert_answer, invalid_body, only, post};

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
    assert_answer(&post(&client, body), 400, &expected);
}

/// kept: an error of a plain text has no code and no `errors`.
#[test]
fn an_error_of_a_plain_text_has_no_code() {
    async fn gone() -> Result<NoContent, NotFound> {
        Err(NotFound::new("no such guest"))
    }
    let answer = only(Operation::get("/", gone)).get("/").send();
    assert_answer(&answer, 404, &json!({"message": "no such guest"}));
}

/// kept: `additional_data` is merged at the root and may replace the message.
#[test]
fn more_members_stand_at_the_root() {
    async fn gone() -> Result<NoContent, NotFound> {
        let error = NotFound::new("no such guest").with("id", 7);
        Err(error.with("message", "replaced"))
    }
    let answer = only(Operation::get("/", gone)).get("/").send();
    assert_answer(&answer, 404, &json!({"id": 7, "message": "replaced"}));
}

/// kept: one message is its text, several are a list.
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
    assert_answer(&post(&client, r#"{"word": "ab"}"#), 400, &one);
    let two = json!([
        "Shorter than minimum length 3.",
        "String does not match expected pattern."
    ]);
    let body: Value = post(&client, r#"{"word": "A"}"#).json();
    let mut found: Vec<String> = serde_json::from_value(body["errors"]["word"].clone()).unwrap();
    found.sort();
    assert_eq!(json!(found), two);
}

/// kept: what is said of a whole object stands under `_general`, at every
/// level.
#[test]
fn what_is_said_of_the_whole_stands_under_general() {
    async fn take(_: Json<Outer>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let general = json!({"_general": "Invalid input type."});
    assert_answer(&post(&client, "[]"), 400, &invalid_body(&general));
    let nested = post(&client, r#"{"foo": "", "nested": 1}"#);
    assert_answer(&nested, 400, &invalid_body(&json!({"nested": general})));
}

/// kept: items are told by their number, as text, in bodies that are lists too.
#[test]
fn items_are_told_by_their_number() {
    async fn many(_: Json<Vec<Guest>>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", many));
    let body = r#"[{"name": "Ada", "age": 1}, {"name": 2, "age": 1}]"#;
    let expected = invalid_body(&json!({"1": {"name": "Not a valid string."}}));
    assert_answer(&post(&client, body), 400, &expected);
}

/// corrected: what is wrong with a value of a map stands under its key, without
/// a `value` in between.
#[test]
fn values_of_maps_are_told_by_their_key() {
    #[schema(request)]
    struct Ages {
        ages: BTreeMap<String, u8>,
    }
    async fn take(_: Json<Ages>) -> NoContent {
        NoContent
    }
    let client = only(Operation::post("/", take));
    let expected = invalid_body(&json!({"ages": {"Ada": "Not a valid integer."}}));
    assert_answer(&post(&client, r#"{"ages": {"Ada": "x"}}"#), 400, &expected);
}

/// kept: the members are sorted.
/// corrected: text stands as it is, `é` and not `\u00e9`, without a line feed at
/// the end; to a reader of JSON that is the same.
#[test]
fn members_are_sorted_and_text_stands_as_it_is() {
    async fn gone() -> Result<NoContent, NotFound> {
        Err(NotFound::new("caf\u{e9}").with("b", 1).with("a", 1))
    }
    let answer = only(Operation::get("/", gone)).get("/").send();
    assert_eq!(answer.text(), "{\"a\":1,\"b\":1,\"message\":\"caf\u{e9}\"}");
}
