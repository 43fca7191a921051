//! `ReadOnly<T>` and `WriteOnly<T>`: fields of one direction.

use std::collections::BTreeMap;

use purlin_schemas::{
    DecodeError, Direction, Patch, ReadOnly, WriteOnly, decode, describe, schema,
};
use serde_json::{Value, json};

#[schema(partial = UpdateUser)]
#[derive(Debug, Clone, PartialEq, Default)]
struct User {
    id: ReadOnly<u64>,
    last_seen: ReadOnly<Option<String>>,
    name: String,
    #[garde(length(chars, min = 3, max = 9), pattern("^[a-z]*$"))]
    password: WriteOnly<String>,
    #[garde(range(max = 9))]
    pin: WriteOnly<Option<u8>>,
    #[garde(length(max = 2), inner(range(min = 1)))]
    codes: WriteOnly<Vec<u8>>,
    quotas: WriteOnly<BTreeMap<u8, bool>>,
}

fn body(change: &Value) -> Vec<u8> {
    let mut body = json!({"name": "ada", "password": "abc", "codes": [], "quotas": {}});
    for (key, value) in change.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body.to_string().into_bytes()
}

fn schema_of(direction: Direction) -> Value {
    let described = describe::<User>(direction).unwrap();
    described.definitions["User"].schema.clone()
}

fn names(schema: &Value) -> Vec<&str> {
    let members = schema["properties"].as_object().into_iter().flatten();
    members.map(|(name, _)| name.as_str()).collect()
}

#[test]
fn read_only_field_is_unknown_in_requests() {
    let user: User = decode(&body(&json!({}))).unwrap();
    assert_eq!((user.id.get(), user.last_seen.get()), (None, None));
    let change = json!({"id": 7, "last_seen": null});
    let Err(DecodeError::Invalid(violations)) = decode::<User>(&body(&change)) else {
        panic!("two fields are unknown")
    };
    assert_eq!(violations.len(), 2);
    assert!(violations.iter().all(|one| one.code() == "unknown_field"));
}

#[test]
fn write_only_field_is_not_serialized() {
    let mut user: User = decode(&body(&json!({"pin": 3}))).unwrap();
    assert_eq!(*user.pin, Some(3));
    user.id.set(7);
    user.last_seen = None.into();
    let written = serde_json::to_value(&user).unwrap();
    assert_eq!(written, json!({"id": 7, "last_seen": null, "name": "ada"}));
}

#[test]
fn read_only_field_has_a_value_in_responses() {
    let user: User = decode(&body(&json!({}))).unwrap();
    let error = serde_json::to_value(&user).unwrap_err().to_string();
    assert!(error.contains("set it before"), "{error}");
}

#[test]
fn rules_of_a_write_only_field_apply_to_its_value() {
    let change = json!({"password": "A", "pin": 10, "codes": [0, 1, 1], "quotas": {"256": true}});
    let Err(DecodeError::Invalid(violations)) = decode::<User>(&body(&change)) else {
        panic!("rules are broken")
    };
    let mut found: Vec<_> = violations.iter().map(|one| one.pointer.as_str()).collect();
    found.sort_unstable();
    let expected = [
        "/codes",
        "/codes/0",
        "/password",
        "/password",
        "/pin",
        "/quotas/256",
    ];
    assert_eq!(found, expected);
}

#[test]
fn document_has_a_schema_for_each_direction() {
    let input = schema_of(Direction::Input);
    assert_eq!(
        names(&input),
        ["codes", "name", "password", "pin", "quotas"]
    );
    assert_eq!(
        input["required"],
        json!(["name", "password", "codes", "quotas"])
    );
    let password = json!({
        "type": "string", "minLength": 3, "maxLength": 9, "pattern": "^[a-z]*$", "writeOnly": true,
    });
    assert_eq!(input["properties"]["password"], password);

    let output = schema_of(Direction::Output);
    assert_eq!(names(&output), ["id", "last_seen", "name"]);
    assert_eq!(output["required"], json!(["id", "last_seen", "name"]));
    assert_eq!(output["properties"]["id"]["readOnly"], true);
}

#[test]
fn partial_struct_changes_write_only_fields() {
    let update: UpdateUser = decode(br#"{"password":"xyz","pin":null}"#).unwrap();
    assert_eq!(update.password.as_ref().unwrap().as_str(), "xyz");
    assert_eq!(update.pin, Patch::Null);
    assert_eq!(serde_json::to_value(&update).unwrap(), json!({}));
    for wrong in [
        r#"{"id":1}"#,
        r#"{"password":null}"#,
        r#"{"password":"a"}"#,
        r#"{"pin":10}"#,
    ] {
        assert!(decode::<UpdateUser>(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let described = describe::<UpdateUser>(Direction::Input).unwrap();
    let schema = &described.definitions["UpdateUser"].schema;
    assert_eq!(
        names(schema),
        ["codes", "name", "password", "pin", "quotas"]
    );
    assert_eq!(schema["properties"]["pin"]["writeOnly"], true);
}

#[test]
fn write_only_value_is_not_in_debug_output() {
    let user: User = decode(&body(&json!({}))).unwrap();
    assert!(!format!("{user:?}").contains("abc"));
}
