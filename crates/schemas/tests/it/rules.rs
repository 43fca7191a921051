//! Codes and messages of rules, and pointers.

use purlin_schemas::{InstanceLocation, JsonType, Location, Rule, Violation};
use serde_json::json;

#[test]
fn messages_use_the_plural_where_needed() {
    let message = |limit| {
        Rule::MinItems {
            limit,
            maximum: None,
        }
        .message()
    };
    assert_eq!(message(1), "must have at least 1 item");
    assert_eq!(message(2), "must have at least 2 items");
    let kinds = Rule::Type {
        expected: vec![JsonType::Integer, JsonType::String],
        composition: None,
    };
    assert_eq!(kinds.message(), "must be an integer or a string");
}

#[test]
fn pointers_are_escaped_as_in_rfc_6901() {
    let list = InstanceLocation::ROOT.field("a/b");
    let item = list.index(3);
    assert_eq!(item.field("~").pointer(), "/a~1b/3/~0");
    assert_eq!(InstanceLocation::ROOT.pointer(), "");
}

#[test]
fn violation_is_serialized_with_code_and_message() {
    let violation = Violation::new(Location::Path, "/id", Rule::Encoding);
    assert_eq!(
        serde_json::to_value(&violation).unwrap(),
        json!({
            "location": "path",
            "pointer": "/id",
            "code": "encoding",
            "message": "must be correctly encoded UTF-8 text",
        })
    );
}
