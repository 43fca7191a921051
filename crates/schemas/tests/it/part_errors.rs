//! Parts of an object that cannot be read or written as declared are errors, each naming the two and the remedy.

#![allow(dead_code, reason = "fields are read by serde alone")]

use std::collections::BTreeMap;

use purlin_schemas::{Direction, Schema, describe, schema};

/// Asserts that the error of a type contains these texts.
#[track_caller]
fn error_of<T: Schema>(direction: Direction, parts: &[&str]) {
    let error = match describe::<T>(direction) {
        Ok(described) => panic!("{described:#?}"),
        Err(error) => error.to_string(),
    };
    for part in parts {
        assert!(error.contains(part), "`{part}` in {error}");
    }
}

#[schema]
struct Page {
    limit: u8,
    total: u8,
}

#[schema]
#[serde(tag = "kind")]
enum Kind {
    Page(Page),
    Cash { amount: u8 },
}

#[test]
fn name_of_a_field_and_of_a_flattened_field() {
    #[schema]
    struct Users {
        limit: u8,
        #[serde(flatten)]
        page: Page,
    }
    for direction in [Direction::Input, Direction::Output] {
        error_of::<Users>(direction, &["`limit`", "Users`", "Page`", "rename"]);
    }
}

#[test]
fn name_of_two_flattened_fields() {
    #[schema]
    struct Other {
        total: u8,
    }
    #[schema]
    struct Both {
        #[serde(flatten)]
        page: Page,
        #[serde(flatten)]
        other: Option<Other>,
    }
    error_of::<Both>(Direction::Input, &["`total`", "Page`", "Other`"]);
}

#[test]
fn name_of_a_tag_and_of_a_field() {
    #[schema]
    struct Content {
        kind: String,
    }
    #[schema]
    #[serde(tag = "kind")]
    enum Tagged {
        A(Content),
    }
    error_of::<Tagged>(Direction::Input, &["`kind`", "the tag of", "Content`"]);
}

#[test]
fn name_of_a_field_and_of_a_variant_of_a_flattened_enum() {
    #[schema]
    struct Order {
        amount: u8,
        #[serde(flatten)]
        kind: Kind,
    }
    error_of::<Order>(Direction::Input, &["`amount`", "Order`", "Kind`"]);
}

#[test]
fn two_flattened_maps() {
    #[schema]
    struct Maps {
        #[serde(flatten)]
        one: BTreeMap<String, u8>,
        #[serde(flatten)]
        other: BTreeMap<String, String>,
    }
    error_of::<Maps>(Direction::Input, &["two maps", "Maps`"]);
}

#[test]
fn flattened_map_that_may_be_missing_or_is_beside_an_enum() {
    #[schema]
    struct Missing {
        #[serde(flatten)]
        map: Option<BTreeMap<String, u8>>,
    }
    #[schema]
    struct Beside {
        #[serde(flatten)]
        kind: Kind,
        #[serde(flatten)]
        map: BTreeMap<String, u8>,
    }
    error_of::<Missing>(Direction::Input, &["without the `Option`"]);
    error_of::<Beside>(Direction::Input, &["a map beside an enum"]);
}

#[test]
fn part_that_is_no_object() {
    #[schema]
    struct Text(String);
    #[schema]
    struct Flat {
        #[serde(flatten)]
        text: Text,
    }
    #[schema]
    #[serde(tag = "type")]
    enum Tagged {
        Text(Text),
        List(Vec<u8>),
    }
    error_of::<Flat>(Direction::Input, &["Text`", "no object"]);
    error_of::<Tagged>(Direction::Input, &["Text`", "no object"]);
}

#[test]
fn variant_without_members_in_a_flattened_untagged_enum() {
    #[schema]
    #[serde(untagged)]
    enum Un {
        A { x: u8 },
        B { y: u8 },
        Nothing,
    }
    #[schema]
    struct Flat {
        #[serde(flatten)]
        un: Un,
    }
    error_of::<Flat>(Direction::Input, &["Un`", "a variant without members"]);
}

#[test]
fn part_of_itself() {
    #[schema(response)]
    struct Node {
        value: u8,
        #[serde(flatten)]
        next: Option<Box<Node>>,
    }
    error_of::<Node>(Direction::Output, &["part of itself", "Node`"]);
}

#[test]
fn option_beside_a_tag_cannot_be_written() {
    #[schema]
    #[serde(tag = "type")]
    enum Tagged {
        Page(Option<Page>),
    }
    assert!(describe::<Tagged>(Direction::Input).is_ok());
    error_of::<Tagged>(Direction::Output, &["Option", "cannot be written"]);
}

#[test]
fn unit_variant_of_an_enum_inside_of_a_flattened_untagged_enum() {
    #[schema]
    enum Payment {
        Cash,
        Card { number: String },
    }
    #[schema]
    #[serde(untagged)]
    enum Un {
        Page(Page),
        Payment(Payment),
    }
    #[schema]
    struct Flat {
        #[serde(flatten)]
        un: Un,
    }
    error_of::<Flat>(
        Direction::Input,
        &[
            "Payment`",
            "unit variant",
            "untagged enum",
            "a field of its own",
        ],
    );
    // They are read as members where they are flattened without it, and as strings where nothing is flattened.
    #[schema]
    struct Alone {
        #[serde(flatten)]
        payment: Payment,
    }
    #[schema]
    struct Field {
        un: Un,
    }
    for direction in [Direction::Input, Direction::Output] {
        assert!(describe::<Alone>(direction).is_ok());
        assert!(describe::<Field>(direction).is_ok());
    }
    assert!(describe::<Flat>(Direction::Output).is_ok());
}

#[test]
fn flattened_maps_with_integer_keys_are_like_other_maps() {
    #[schema]
    struct Two {
        #[serde(flatten)]
        numbers: BTreeMap<u8, bool>,
        #[serde(flatten)]
        others: BTreeMap<i16, bool>,
    }
    #[schema]
    struct Maybe {
        #[serde(flatten)]
        numbers: Option<BTreeMap<u8, bool>>,
    }
    error_of::<Two>(Direction::Input, &["two maps", "a field of its own"]);
    error_of::<Maybe>(Direction::Input, &["without the `Option`"]);
}
