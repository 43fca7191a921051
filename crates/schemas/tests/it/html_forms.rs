//! Forms as browsers write them: blank fields, checkboxes, the field `_charset_`; and byte order marks.

use purlin_schemas::{
    __router::Part, CommaSeparated, DecodeError, Rule, Validator, Violations, schema,
};
use serde::de::DeserializeOwned;

#[schema]
#[derive(Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
}

#[schema]
#[derive(Debug, PartialEq)]
struct Size {
    width: u32,
}

#[schema(request)]
#[derive(Debug, Default, PartialEq)]
struct Order {
    n: Option<u8>,
    weight: Option<f64>,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    gift: bool,
    sure: Option<bool>,
    colour: Option<Colour>,
    note: Option<String>,
    #[garde(length(min = 2))]
    name: Option<String>,
    #[garde(email)]
    mail: Option<String>,
    ids: Option<Vec<u32>>,
    codes: Option<CommaSeparated<u32>>,
}

fn read<T: DeserializeOwned + purlin_schemas::Schema>(form: &str) -> Result<T, Violations> {
    Validator::of::<T>().unwrap().read_form(form.as_bytes())
}

/// Reads the same fields from the parts of a multipart form.
fn read_parts<T: DeserializeOwned + purlin_schemas::Schema>(form: &str) -> Result<T, Violations> {
    let parts = form.split('&').filter_map(|pair| pair.split_once('='));
    let parts = parts.map(|(name, text)| (name.to_owned(), Part::Content(text.into())));
    Validator::of::<T>().unwrap().read_parts(parts.collect())
}

fn found(violations: &Violations) -> Vec<(&str, &str)> {
    let mut found: Vec<_> = violations
        .iter()
        .map(|it| (it.pointer.as_str(), it.code()))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn blank_field_is_absent_where_its_schema_allows_no_empty_text() {
    let form = "n=&weight=&count=&gift=&sure=&colour=&name=&mail=&ids=";
    assert_eq!(read::<Order>(form), Ok(Order::default()));
    assert_eq!(read_parts::<Order>(form), Ok(Order::default()));
}

#[test]
fn blank_field_is_empty_text_where_its_schema_allows_that() {
    let expected = Order {
        note: Some(String::new()),
        codes: Some(CommaSeparated(Vec::new())),
        ..Order::default()
    };
    let form = "note=&codes=";
    assert_eq!(read::<Order>(form).as_ref(), Ok(&expected));
    assert_eq!(read_parts::<Order>(form), Ok(expected));
}

#[test]
fn blank_field_that_is_required_is_a_violation() {
    #[schema(request)]
    #[derive(Debug, PartialEq)]
    struct Required {
        n: u8,
        sure: bool,
        #[garde(length(min = 1))]
        name: String,
    }
    let expected = [("/n", "type"), ("/name", "min_length"), ("/sure", "type")];
    for read in [read::<Required>, read_parts::<Required>] {
        let violations = read("n=&sure=&name=").unwrap_err();
        assert_eq!(found(&violations), expected);
    }
}

#[test]
fn blank_item_among_others_is_a_violation() {
    for read in [read::<Order>, read_parts::<Order>] {
        let violations = read("ids=1&ids=&n=x").unwrap_err();
        assert_eq!(found(&violations), [("/ids/1", "type"), ("/n", "type")]);
    }
}

#[test]
fn checkbox_is_true_by_on() {
    let expected = Order {
        gift: true,
        sure: Some(true),
        note: Some("on".to_owned()),
        ..Order::default()
    };
    let form = "gift=on&sure=on&note=on";
    assert_eq!(read::<Order>(form).as_ref(), Ok(&expected));
    assert_eq!(read_parts::<Order>(form), Ok(expected));
    for form in ["gift=On", "gift=off", "gift=1", "n=on"] {
        assert!(read::<Order>(form).is_err(), "{form}");
        assert!(read_parts::<Order>(form).is_err(), "{form}");
    }
}

#[test]
fn queries_are_not_read_as_browsers_write_forms() {
    let validator = Validator::of::<Order>().unwrap();
    for query in ["n=", "gift=on", "_charset_=utf-8"] {
        assert!(validator.read_query::<Order>(query).is_err(), "{query}");
    }
}

#[test]
fn blank_json_part_is_absent_where_it_is_optional() {
    #[schema(request)]
    #[derive(Debug, PartialEq)]
    struct Upload {
        size: Option<Size>,
        sizes: Option<Vec<Size>>,
    }
    let expected = Upload {
        size: None,
        sizes: None,
    };
    assert_eq!(read_parts("size=&sizes="), Ok(expected));

    #[schema(request)]
    #[derive(Debug, PartialEq)]
    struct Sized {
        size: Size,
    }
    let violations = read_parts::<Sized>("size=").unwrap_err();
    assert_eq!(found(&violations), [("/size", "malformed_json")]);
}

#[test]
fn encoding_that_a_form_states_has_to_be_utf_8() {
    for read in [read::<Order>, read_parts::<Order>] {
        let order = read("_charset_=UTF-8&n=1").unwrap();
        assert_eq!(order.n, Some(1));
        assert!(read("n=1&_charset_=utf8").is_ok());
        let violations = read("_charset_=ISO-8859-1&n=1").unwrap_err();
        assert_eq!(found(&violations), [("/_charset_", "charset")]);
        assert_eq!(
            violations[0].message(),
            "must be in UTF-8, and is in `ISO-8859-1`"
        );
    }
}

#[test]
fn declared_charset_field_is_a_field_like_others() {
    #[schema(request)]
    #[derive(Debug, PartialEq)]
    struct Declared {
        #[serde(rename = "_charset_")]
        charset: String,
    }
    let expected = Declared {
        charset: "ISO-8859-1".to_owned(),
    };
    assert_eq!(
        read::<Declared>("_charset_=ISO-8859-1").as_ref(),
        Ok(&expected)
    );
    assert_eq!(read_parts("_charset_=ISO-8859-1"), Ok(expected));
}

#[test]
fn byte_order_mark_before_json_is_ignored() {
    let size = Validator::of::<Size>().unwrap();
    assert_eq!(
        size.decode::<Size>("\u{feff}{\"width\": 3}".as_bytes())
            .unwrap(),
        Size { width: 3 }
    );
    let parts = vec![(
        "size".to_owned(),
        Part::Content("\u{feff}{\"width\": 3}".into()),
    )];
    #[schema(request)]
    struct Sized {
        size: Size,
    }
    let validator = Validator::of::<Sized>().unwrap();
    let read: Sized = validator.read_parts(parts).unwrap();
    assert_eq!(read.size.width, 3);

    let mark_alone = size.decode::<Size>("\u{feff}".as_bytes());
    assert!(matches!(mark_alone, Err(DecodeError::Empty)));
    let two = size.decode::<Size>("\u{feff}\u{feff}{\"width\": 3}".as_bytes());
    assert!(matches!(two, Err(DecodeError::Malformed { .. })));
    let invalid = size.decode::<Size>("\u{feff}{\"width\": -1}".as_bytes());
    let Err(DecodeError::Invalid(violations)) = invalid else {
        panic!("{invalid:?}");
    };
    assert_eq!(violations[0].rule.code(), "minimum");
}

#[test]
fn messages_of_files_and_encodings_name_the_remedy() {
    assert_eq!(
        Rule::File.message(),
        "must be a file: a part with a `filename`"
    );
}
