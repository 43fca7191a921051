//! Partial structs: a second struct whose fields are optional.

use purlin_schemas::{
    DecodeError, Direction, Patch, ReadOnly, WriteOnly, decode, describe, schema,
};

use crate::support::{code_pairs, codes, violations};
use serde_json::{Value, json};

#[schema(partial = UpdateTodo)]
#[serde(rename_all = "camelCase")]
#[derive(Debug, Clone, PartialEq, Default)]
struct Todo {
    /// What is to be done.
    #[garde(length(min = 1, max = 5), custom(is_no_shout))]
    short_title: String,
    #[serde(rename = "type", default)]
    kind: u8,
    #[garde(range(max = 9))]
    weight: Option<u8>,
    #[garde(length(max = 3))]
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[garde(required, length(max = 2), inner(length(min = 1)))]
    tags: Option<Vec<String>>,
    place: Address,
    #[serde(skip)]
    seen: u32,
}

#[schema]
#[derive(Debug, Clone, PartialEq, Default)]
struct Address {
    #[garde(range(max = 90))]
    north: u8,
}

fn is_no_shout(text: &str, (): &()) -> Result<(), &'static str> {
    match text.ends_with('!') {
        true => Err("do not shout"),
        false => Ok(()),
    }
}

fn violations_of<T: purlin_schemas::Schema + serde::de::DeserializeOwned>(
    body: &str,
) -> Vec<(String, String)> {
    codes(&violations::<T>(body))
}

#[test]
fn every_field_of_a_partial_struct_is_optional() {
    assert_eq!(decode::<UpdateTodo>(b"{}").unwrap(), UpdateTodo::default());
    let update: UpdateTodo =
        decode(br#"{"shortTitle":"milk","type":3,"weight":null,"note":"x","tags":["a"]}"#).unwrap();
    let expected = UpdateTodo {
        short_title: Some("milk".to_owned()),
        kind: Some(3),
        weight: Patch::Null,
        note: Patch::Value("x".to_owned()),
        tags: Some(vec!["a".to_owned()]),
        place: None,
        seen: 0,
    };
    assert_eq!(update, expected);
    assert!(decode::<Todo>(b"{}").is_err());
}

#[test]
fn field_that_is_not_nullable_stays_so() {
    let body = r#"{"shortTitle":null,"type":null,"tags":null,"place":null}"#;
    let expected = [
        ("/place", "null"),
        ("/shortTitle", "null"),
        ("/tags", "null"),
        ("/type", "null"),
    ];
    assert_eq!(violations_of::<UpdateTodo>(body), code_pairs(&expected));
}

#[test]
fn rules_are_kept() {
    let body = r#"{"shortTitle":"","type":256,"weight":10,"note":"long","tags":["",""],"place":{"north":91},"x":1}"#;
    let expected = [
        ("/note", "max_length"),
        ("/place/north", "maximum"),
        ("/shortTitle", "min_length"),
        ("/tags/0", "min_length"),
        ("/tags/1", "min_length"),
        ("/type", "maximum"),
        ("/weight", "maximum"),
        ("/x", "unknown_field"),
    ];
    assert_eq!(violations_of::<UpdateTodo>(body), code_pairs(&expected));
    let shout = r#"{"shortTitle":"a!"}"#;
    assert_eq!(
        violations_of::<UpdateTodo>(shout),
        code_pairs(&[("/shortTitle", "custom")])
    );
}

#[test]
fn omitted_field_is_not_serialized() {
    let update = UpdateTodo {
        kind: Some(1),
        weight: Patch::Null,
        ..UpdateTodo::default()
    };
    let written = serde_json::to_value(update).unwrap();
    assert_eq!(written, json!({"type": 1, "weight": null}));
}

#[test]
fn document_describes_the_partial_struct() {
    let described = describe::<UpdateTodo>(Direction::Input).unwrap();
    let schema = &described.definitions["UpdateTodo"].schema;
    assert_eq!(
        schema["description"],
        "An update of `Todo`: fields that are absent keep their values."
    );
    assert_eq!(schema.get("required"), None);
    let expected = json!({
        "description": "What is to be done.", "type": "string", "minLength": 1, "maxLength": 5,
    });
    assert_eq!(schema["properties"]["shortTitle"], expected);
    assert_eq!(
        schema["properties"]["weight"]["type"],
        json!(["integer", "null"])
    );
    assert_eq!(schema["properties"]["tags"]["type"], "array");
    assert_eq!(schema["properties"]["type"].get("default"), None);
    let names: Vec<_> = described.definitions.keys().collect();
    assert_eq!(names, ["Address", "UpdateTodo"]);
}

/// A struct of which some fields are optional in the partial struct.
#[schema(request, partial(Amend, fields = [title, r#type], description = "What to amend."))]
#[serde(default)]
#[derive(Debug, PartialEq, Default)]
struct Entry {
    title: String,
    r#type: Option<u8>,
    count: u8,
    #[serde(flatten)]
    place: Address,
}

#[schema(request, partial(Renew, fields = [until]))]
struct Loan {
    #[garde(range(min = 1))]
    id: u64,
    until: Option<String>,
}

#[test]
fn only_listed_fields_are_optional() {
    let Err(DecodeError::Invalid(missing)) = decode::<Renew>(b"{}") else {
        panic!("a field is missing")
    };
    assert_eq!(missing[0].pointer, "/id");
    let renew: Renew = decode(br#"{"id":1,"until":null}"#).unwrap();
    assert_eq!((renew.id, renew.until), (1, Patch::Null));
    assert!(decode::<Renew>(br#"{"id":0}"#).is_err());
    let loan: Loan = decode(br#"{"id":1}"#).unwrap();
    assert_eq!((loan.id, loan.until), (1, None));
}

#[test]
fn other_fields_keep_their_defaults() {
    let amend: Amend = decode(br#"{"north":3}"#).unwrap();
    let expected = Amend {
        title: None,
        r#type: Patch::Absent,
        count: 0,
        place: Address { north: 3 },
    };
    assert_eq!(amend, expected);
    assert!(decode::<Amend>(br#"{"north":3,"title":null}"#).is_err());
    let described = describe::<Amend>(Direction::Input).unwrap();
    let schema: &Value = &described.definitions["Amend"].schema;
    assert_eq!(schema["description"], "What to amend.");
    assert_eq!(
        decode::<Entry>(br#"{"north":0}"#).unwrap(),
        Entry::default()
    );
}

mod inner {
    use purlin_schemas::schema;

    #[schema(request, partial = Change)]
    #[derive(Clone, Copy)]
    pub(crate) struct Open {
        pub(crate) there: bool,
        hidden: Option<bool>,
    }

    impl Change {
        pub(crate) fn hidden(self) -> bool {
            self.hidden.is_null()
        }
    }

    impl Open {
        pub(crate) fn hidden(self) -> Option<bool> {
            self.hidden
        }
    }
}

#[test]
fn partial_struct_has_the_visibility_of_the_struct() {
    let change: inner::Change = decode(br#"{"there":true,"hidden":null}"#).unwrap();
    assert_eq!(change.there, Some(true));
    assert!(change.hidden());
    let open: inner::Open = decode(br#"{"there":true}"#).unwrap();
    assert!(open.there && open.hidden().is_none());
}

#[test]
fn apply_changes_only_the_given_fields() {
    let before = Todo {
        short_title: "milk".to_owned(),
        kind: 3,
        weight: Some(4),
        note: Some("now".to_owned()),
        tags: Some(vec!["a".to_owned()]),
        place: Address { north: 50 },
        seen: 7,
    };
    let after = |body: &str| {
        let mut todo = before.clone();
        decode::<UpdateTodo>(body.as_bytes())
            .unwrap()
            .apply_to(&mut todo);
        todo
    };
    assert_eq!(after("{}"), before);
    let changed = after(r#"{"shortTitle":"tea","weight":null,"note":"x","tags":["b"]}"#);
    let expected = Todo {
        short_title: "tea".to_owned(),
        weight: None,
        note: Some("x".to_owned()),
        tags: Some(vec!["b".to_owned()]),
        ..before.clone()
    };
    assert_eq!(changed, expected);
}

#[test]
fn apply_changes_fields_of_every_kind() {
    #[schema(partial(Change, fields = [secret, hint, pin]))]
    #[derive(Debug, Clone, PartialEq)]
    struct Account {
        id: ReadOnly<u8>,
        name: String,
        secret: WriteOnly<String>,
        hint: WriteOnly<Option<String>>,
        pin: WriteOnly<Option<String>>,
        state: Patch<u8>,
    }

    let before = Account {
        id: ReadOnly::new(1),
        name: "Ada".to_owned(),
        secret: WriteOnly("old".to_owned()),
        hint: WriteOnly(Some("none".to_owned())),
        pin: WriteOnly(None),
        state: Patch::Value(1),
    };
    let after = |body: &str| {
        let mut account = before.clone();
        decode::<Change>(body.as_bytes())
            .unwrap()
            .apply_to(&mut account);
        account
    };
    assert_eq!(after(r#"{"name":"Ada"}"#), before);
    let body = r#"{"name":"Bea","secret":"new","hint":null,"pin":"1","state":null}"#;
    let expected = Account {
        name: "Bea".to_owned(),
        secret: WriteOnly("new".to_owned()),
        hint: WriteOnly(None),
        pin: WriteOnly(Some("1".to_owned())),
        state: Patch::Null,
        ..before.clone()
    };
    assert_eq!(after(body), expected);
}
