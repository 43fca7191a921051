//! Types that ignore the fields they do not declare.

use std::collections::BTreeMap;

use purlin_schemas::{Direction, Validator, describe, schema};
use serde_json::{Value, json};

#[schema(unknown_fields = "ignore")]
struct Event {
    id: u8,
    /// A type of its own rejects unknown fields.
    user: Option<User>,
}

#[schema]
struct User {
    name: String,
}

fn schema_of<T: purlin_schemas::Schema>(name: &str) -> Value {
    let described = describe::<T>(Direction::Input).unwrap();
    described.definitions[name].schema.clone()
}

#[test]
fn unknown_fields_are_ignored_and_the_schema_is_open() {
    let validator = Validator::of::<Event>().unwrap();
    let event: Event = validator
        .decode(br#"{"id": 1, "new": {"a": [1]}}"#)
        .unwrap();
    assert_eq!((event.id, event.user.is_none()), (1, true));
    assert!(!validator.is_strict(), "the fast path reads it");
    let schema = schema_of::<Event>("Event");
    assert_eq!(schema.get("additionalProperties"), None);
    // The slow path: every other violation is reported.
    let error = validator.decode::<Event>(br#"{"id": 300, "new": 1, "user": {"x": 1}}"#);
    let error = error.err().unwrap().to_string();
    assert!(
        error.contains("`/id`") && error.contains("`/user/x`"),
        "{error}"
    );
    assert!(!error.contains("/new"), "{error}");
}

#[test]
fn type_that_ignores_also_ignores_what_a_flattened_one_would_reject() {
    #[schema(request, unknown_fields = "ignore")]
    struct Open {
        id: u8,
        #[serde(flatten)]
        user: User,
    }
    let open: Open = Validator::of::<Open>()
        .unwrap()
        .decode(br#"{"id": 1, "name": "Ada", "new": 1}"#)
        .unwrap();
    assert_eq!((open.id, open.user.name.as_str()), (1, "Ada"));
    let schema = schema_of::<Open>("Open");
    assert_eq!(schema.get("additionalProperties"), None);
    assert_eq!(schema.get("unevaluatedProperties"), None);
}

#[test]
fn type_that_rejects_does_so_though_it_flattens_one_that_ignores() {
    #[schema(request)]
    #[derive(Debug)]
    struct Closed {
        #[serde(rename = "own")]
        _own: u8,
        #[serde(flatten)]
        _event: Part,
    }
    #[schema(request, unknown_fields = "ignore")]
    #[derive(Debug)]
    struct Part {
        #[serde(rename = "id")]
        _id: u8,
    }
    let validator = Validator::of::<Closed>().unwrap();
    let read = |body: Value| validator.decode::<Closed>(body.to_string().as_bytes());
    assert!(read(json!({"own": 1, "id": 2})).is_ok());
    let error = read(json!({"own": 1, "id": 2, "new": 3})).unwrap_err();
    assert!(error.to_string().contains("`/new`"), "{error}");
    assert_eq!(
        schema_of::<Closed>("Closed")["additionalProperties"],
        json!(false)
    );
}

#[test]
fn variants_of_enums_ignore_unknown_fields() {
    #[schema(request, unknown_fields = "ignore")]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Hook {
        Created { id: u8 },
        Removed { id: u8 },
    }
    let validator = Validator::of::<Hook>().unwrap();
    let body = br#"{"type": "removed", "id": 7, "api_version": 3}"#;
    match validator.decode::<Hook>(body).unwrap() {
        Hook::Removed { id } => assert_eq!(id, 7),
        Hook::Created { id } => panic!("created {id}"),
    }
}

#[test]
fn flattened_map_collects_though_unknown_fields_are_ignored() {
    #[schema(request, unknown_fields = "ignore")]
    struct Kept {
        id: u8,
        #[serde(flatten)]
        others: BTreeMap<String, u8>,
    }
    let validator = Validator::of::<Kept>().unwrap();
    let kept: Kept = validator.decode(br#"{"id": 1, "a": 2}"#).unwrap();
    assert_eq!((kept.id, kept.others["a"]), (1, 2));
    assert!(validator.decode::<Kept>(br#"{"id": 1, "a": "x"}"#).is_err());
}

#[test]
fn partial_struct_ignores_what_its_struct_ignores() {
    #[schema(unknown_fields = "ignore", partial = UpdateTodo)]
    struct Todo {
        title: String,
    }
    let validator = Validator::of::<UpdateTodo>().unwrap();
    let update: UpdateTodo = validator.decode(br#"{"title": "a", "x": 1}"#).unwrap();
    let mut todo = Todo { title: "b".into() };
    update.apply_to(&mut todo);
    assert_eq!(todo.title, "a");
}
