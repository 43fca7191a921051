//! Forms and multipart bodies, decoded as the declared type.

use std::borrow::Cow;

use purlin_schemas::{
    __router::{FileRules, Part, PartContent, file_schema},
    JsonSchema, Location, Rule, Schema, Validator, Violation, describe, schema,
};
use serde::{Deserialize, Deserializer};

/// Represents a file by its index.
#[derive(Debug, PartialEq)]
struct Stored(usize);

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = String::deserialize(deserializer)?;
        number.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Stored {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Stored".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        file_schema(&rules())
    }
}

impl Schema for Stored {}

fn rules() -> FileRules {
    FileRules {
        media_types: vec!["image/*".to_owned()],
        in_memory: false,
    }
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Upload {
    title: String,
    count: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
    size: Option<Size>,
    image: Option<Stored>,
    #[serde(default)]
    pages: Vec<Stored>,
}

#[schema(request)]
#[derive(Debug, PartialEq)]
struct Size {
    #[garde(range(min = 1))]
    width: u32,
}

fn content(name: &str, text: &str) -> (String, Part) {
    (name.to_owned(), Part::Content(text.into()))
}

fn found(violations: &[Violation]) -> Vec<(&str, &str)> {
    assert!(violations.iter().all(|v| v.location == Location::Body));
    violations
        .iter()
        .map(|v| (v.pointer.as_str(), v.code()))
        .collect()
}

#[test]
fn parts_are_text_json_or_files_by_their_type() {
    let validator = Validator::of::<Upload>().unwrap();
    assert!(validator.wants_files());
    let parts = validator.parts();
    let shape = |name: &str| {
        let part = parts.get(name).unwrap();
        (part.content.clone(), part.is_list)
    };
    assert_eq!(shape("title"), (PartContent::Text, false));
    assert_eq!(shape("count"), (PartContent::Text, false));
    assert_eq!(shape("tags"), (PartContent::Text, true));
    assert_eq!(shape("size"), (PartContent::Json, false));
    assert_eq!(shape("image"), (PartContent::File(rules()), false));
    assert_eq!(shape("pages"), (PartContent::File(rules()), true));
}

#[test]
fn parts_are_decoded_into_a_value() {
    let parts = vec![
        content("tags", "a"),
        ("pages".to_owned(), Part::File(2)),
        content("title", "x"),
        ("image".to_owned(), Part::File(0)),
        content("count", "7"),
        content("size", r#"{"width": 1}"#),
        ("pages".to_owned(), Part::File(1)),
        content("tags", "b"),
    ];
    let upload: Upload = Validator::of::<Upload>()
        .unwrap()
        .read_parts(parts)
        .unwrap();
    assert_eq!(
        upload,
        Upload {
            title: "x".to_owned(),
            count: Some(7),
            tags: vec!["a".to_owned(), "b".to_owned()],
            size: Some(Size { width: 1 }),
            image: Some(Stored(0)),
            pages: vec![Stored(2), Stored(1)],
        }
    );
}

#[test]
fn malformed_part_is_not_reported_as_missing() {
    let validator = Validator::of::<Upload>().unwrap();
    let parts = vec![
        ("title".to_owned(), Part::Broken(Rule::Encoding)),
        ("pages".to_owned(), Part::File(0)),
        ("pages".to_owned(), Part::Broken(Rule::MaxSize { limit: 1 })),
        ("count".to_owned(), Part::File(1)),
    ];
    let violations = validator.read_parts::<Upload>(parts).unwrap_err();
    assert_eq!(
        found(&violations),
        [
            ("/count", "encoding"),
            ("/pages/1", "max_size"),
            ("/title", "encoding")
        ]
    );
}

#[test]
fn file_outside_the_top_level_of_parts_is_rejected() {
    #[schema(request)]
    struct Deep {
        upload: Option<Upload>,
    }
    let validator = Validator::of::<Upload>().unwrap();
    assert!(validator.check_parts("Upload").is_ok());
    let error = validator.check_without_files("Upload").unwrap_err();
    assert!(error.to_string().contains("multipart/form-data"), "{error}");
    let deep = Validator::of::<Deep>().unwrap();
    assert!(deep.check_parts("Deep").is_err());
    assert!(
        Validator::of::<Vec<Stored>>()
            .unwrap()
            .check_parts("Vec")
            .is_err()
    );
    assert!(
        Validator::of::<Size>()
            .unwrap()
            .check_without_files("Size")
            .is_ok()
    );
}

#[test]
fn rules_of_a_file_are_not_in_the_document() {
    let described = describe::<Upload>(purlin_schemas::Direction::Input).unwrap();
    let image = &described.definitions["Upload"].schema["properties"]["image"];
    assert_eq!(
        image,
        &serde_json::json!({
            "type": ["string", "null"],
            "format": "binary",
            "contentMediaType": "application/octet-stream",
        })
    );
}

#[test]
fn form_field_that_is_not_utf_8_is_located() {
    let validator = Validator::of::<Size>().unwrap();
    let size: Size = validator.read_form(b"width=3").unwrap();
    assert_eq!(size.width, 3);
    let violations = validator
        .read_form::<Size>(b"width=\xff&\xc3\xa9=1")
        .unwrap_err();
    assert_eq!(
        found(&violations),
        [("/width", "encoding"), ("/é", "unknown_field")]
    );
}
