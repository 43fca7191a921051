//! `Patch<T>`: a field that is absent, null or a value.

use std::collections::BTreeMap;

use purlin_schemas::{DecodeError, Direction, Patch, decode, describe, schema};
use serde_json::json;

#[schema]
#[derive(Debug, Clone, PartialEq, Default)]
struct Note {
    #[garde(length(min = 1))]
    text: String,
}

#[schema]
#[derive(Debug, Clone, PartialEq, Default)]
struct Change {
    #[garde(length(chars, min = 2, max = 4), pattern("^[a-z]*$"))]
    name: Patch<String>,
    #[garde(range(max = 150))]
    age: Patch<u8>,
    #[garde(length(max = 2), inner(range(max = 9)))]
    marks: Patch<Vec<u8>>,
    note: Patch<Note>,
    by_number: Patch<BTreeMap<u8, Note>>,
}

#[test]
fn absent_null_and_a_value_are_distinguished() {
    assert_eq!(decode::<Change>(b"{}").unwrap(), Change::default());
    let change: Change = decode(br#"{"name":null,"age":7,"note":{"text":"a"}}"#).unwrap();
    assert_eq!(change.name, Patch::Null);
    assert_eq!(change.age, Patch::Value(7));
    assert!(change.marks.is_absent());
    assert_eq!(change.note.value().unwrap().text, "a");
}

#[test]
fn absent_field_is_not_serialized() {
    let change = Change {
        name: Patch::Null,
        age: Patch::Value(7),
        ..Change::default()
    };
    let written = serde_json::to_value(&change).unwrap();
    assert_eq!(written, json!({"name": null, "age": 7}));
}

#[test]
fn rules_apply_to_the_value() {
    let body = br#"{"name":"A","age":151,"marks":[1,10,3],"note":{"text":""}}"#;
    let Err(DecodeError::Invalid(violations)) = decode::<Change>(body) else {
        panic!("rules are broken")
    };
    let mut found: Vec<_> = violations
        .iter()
        .map(|violation| (violation.pointer.as_str(), violation.code()))
        .collect();
    found.sort_unstable();
    let expected = [
        ("/age", "maximum"),
        ("/marks", "max_items"),
        ("/marks/1", "maximum"),
        ("/name", "min_length"),
        ("/name", "pattern"),
        ("/note/text", "min_length"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn schema_is_optional_and_nullable() {
    for direction in [Direction::Input, Direction::Output] {
        let described = describe::<Change>(direction).unwrap();
        let schema = &described.definitions["Change"].schema;
        assert_eq!(schema.get("required"), None);
        let name = &schema["properties"]["name"];
        assert_eq!(
            *name,
            json!({"type": ["string", "null"], "minLength": 2, "maxLength": 4, "pattern": "^[a-z]*$"})
        );
        let note = &schema["properties"]["note"]["anyOf"];
        assert_eq!(note[0]["$ref"], "#/components/schemas/Note");
        assert_eq!(note[1]["type"], "null");
    }
}

#[test]
fn patch_updates_an_option() {
    let mut target = Some(1);
    Patch::Absent.apply_to(&mut target);
    assert_eq!(target, Some(1));
    Patch::Value(2).apply_to(&mut target);
    assert_eq!(target, Some(2));
    Patch::Null.apply_to(&mut target);
    assert_eq!(target, None);
    assert_eq!(Patch::<u8>::Absent.into_option_option(), None);
    assert_eq!(Patch::<u8>::Null.into_option_option(), Some(None));
    assert_eq!(Patch::from(Some(3)).into_option_option(), Some(Some(3)));
    assert_eq!(Patch::<u8>::from(None), Patch::Null);
}

#[test]
fn keys_of_nested_maps_are_validated() {
    assert!(decode::<Change>(br#"{"by_number":{"255":{"text":"a"}}}"#).is_ok());
    assert!(decode::<Change>(br#"{"by_number":{"256":{"text":"a"}}}"#).is_err());
}
