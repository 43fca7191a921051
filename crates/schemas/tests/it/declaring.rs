//! Less common input of `#[schema]`; what it rejects is in `compile_fail/`.

use std::marker::PhantomData;

use purlin_schemas::{Direction, decode, describe, schema};

/// A type without a schema, for fields that are neither deserialized nor serialized.
#[derive(Debug, Default, PartialEq)]
struct Handle;

#[schema]
#[derive(Debug, PartialEq)]
enum Target {
    Name(String),
    #[serde(skip)]
    Open(Handle),
}

#[schema]
#[derive(Debug, PartialEq)]
struct Tree<T> {
    #[serde(skip)]
    handle: Handle,
    #[garde(range(max = 9))]
    #[schemars(with = "u8")]
    depth: u8,
    children: Vec<Option<Box<Self>>>,
    leaf: PhantomData<T>,
}

#[test]
fn skipped_field_needs_no_schema() {
    let target: Target = decode(br#"{"Name":"a"}"#).unwrap();
    assert_eq!(target, Target::Name("a".to_owned()));
    assert!(decode::<Target>(br#"{"Open":null}"#).is_err());
    assert_ne!(target, Target::Open(Handle));
}

#[test]
fn recursive_type_is_a_schema() {
    let tree =
        br#"{"depth":1,"children":[null,{"depth":2,"children":[],"leaf":null}],"leaf":null}"#;
    let tree: Tree<u8> = decode(tree).unwrap();
    assert_eq!(tree.children.len(), 2);
    let deep = br#"{"depth":1,"children":[{"depth":10,"children":[],"leaf":null}],"leaf":null}"#;
    assert!(decode::<Tree<u8>>(deep).is_err());
}

#[test]
fn schema_of_a_tuple_allows_no_further_items() {
    let described = describe::<(u8, String)>(Direction::Input).unwrap();
    assert_eq!(described.root["items"], false);
    assert_eq!(described.root["maxItems"], 2);
    assert!(decode::<(u8, String)>(br#"[1,"a"]"#).is_ok());
    for wrong in [r#"[1,"a",2]"#, r#"[1]"#] {
        let rejected = decode::<(u8, String)>(wrong.as_bytes());
        assert!(rejected.is_err(), "{wrong}");
    }
    let list = describe::<[u8; 2]>(Direction::Input).unwrap();
    assert_eq!(list.root["items"]["type"], "integer");
}

/// Extension keywords are removed only where JSON Schema allows keywords.
#[test]
fn property_named_like_an_extension_keyword_is_kept() {
    #[schema]
    struct Odd {
        #[serde(rename = "x-purlin-note")]
        note: String,
        #[schemars(example = serde_json::json!({"x-purlin-type": 1}))]
        free: serde_json::Value,
    }
    for direction in [Direction::Input, Direction::Output] {
        let described = describe::<Odd>(direction).unwrap();
        let schema = &described.definitions["Odd"].schema;
        let properties = &schema["properties"];
        assert_eq!(properties["x-purlin-note"]["type"], "string");
        assert_eq!(properties["free"]["examples"][0]["x-purlin-type"], 1);
        assert!(schema.get("x-purlin-type").is_none());
    }
}
