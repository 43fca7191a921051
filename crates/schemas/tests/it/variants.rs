//! A value is read as the variant that the document names.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use purlin_schemas::{Direction, Schema, schema};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::support::{document_validator, server, violations};

/// Reads a value that the document accepts, and writes it again.
#[track_caller]
fn copy<T: Schema + DeserializeOwned + Serialize>(value: &Value) -> Value {
    let document = document_validator::<T>(Direction::Input);
    assert!(document.is_valid(value), "the document refuses {value}");
    let read: T = server(&value.to_string()).unwrap();
    serde_json::to_value(read).unwrap()
}

#[track_caller]
fn is_kept<T: Schema + DeserializeOwned + Serialize>(value: Value) {
    assert_eq!(copy::<T>(&value), value);
}

#[schema]
struct LatLon {
    lat: f64,
    lon: f64,
}

#[schema]
#[serde(untagged)]
enum Spot {
    Named(LatLon),
    GeoJson([f64; 2]),
}

#[test]
fn array_is_not_read_as_a_struct() {
    is_kept::<Spot>(json!([13.4, 52.5]));
    is_kept::<Spot>(json!({"lat": 52.5, "lon": 13.4}));
}

/// Reads lists beside another type, which serde would read from a list as well.
macro_rules! lists_are_kept {
    ($($name:ident: $other:ty, $lists:expr;)*) => {$(
        #[test]
        fn $name() {
            #[schema]
            #[serde(untagged)]
            enum Either {
                Other($other),
                List(Vec<Value>),
            }

            #[schema]
            struct Around {
                id: u8,
                inner: Vec<Either>,
            }

            for list in $lists {
                is_kept::<Either>(list.clone());
                is_kept::<Around>(json!({"id": 1, "inner": [list]}));
            }
        }
    )*};
}

#[schema]
struct Empty {}

#[schema]
struct Optional {
    a: Option<u8>,
}

#[schema]
#[serde(tag = "t")]
enum Internal {
    A,
    B { n: u8 },
}

#[schema]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    A,
    B(u8),
}

#[schema]
enum External {
    Point(LatLon),
}

lists_are_kept! {
    array_is_not_read_as_a_duration: Duration, [json!([1, 2])];
    array_is_not_read_as_an_internally_tagged_enum: Internal, [json!([0]), json!(["A"]), json!(["B", 5]), json!([1, 5])];
    array_is_not_read_as_an_adjacently_tagged_enum: Adjacent, [json!(["A", null]), json!(["B", 5]), json!([0, null])];
    array_is_not_read_as_an_optional_struct: Option<LatLon>, [json!([1, 2])];
    array_is_not_read_as_an_empty_struct: Empty, [json!([])];
    array_is_not_read_as_a_struct_of_options: Optional, [json!([1]), json!([null])];
    array_of_arrays_is_not_read_as_a_list_of_structs: Vec<LatLon>, [json!([[1, 2], [3, 4]])];
    array_is_not_read_as_a_pair_that_holds_a_struct: (u8, LatLon), [json!([1, [2, 3]])];
}

#[test]
fn content_of_an_external_variant_is_not_read_from_an_array() {
    #[schema]
    #[serde(untagged)]
    enum Either {
        External(External),
        Map(BTreeMap<String, Vec<u8>>),
    }

    is_kept::<Either>(json!({"Point": [1, 2]}));
}

#[test]
fn null_is_not_read_as_the_content_of_a_unit_variant() {
    #[schema]
    enum Word {
        Yes,
    }

    #[schema]
    #[serde(untagged)]
    enum Either {
        Word(Word),
        Map(BTreeMap<String, Option<u8>>),
    }

    is_kept::<Either>(json!({"Yes": null}));
    is_kept::<Either>(json!("Yes"));
}

#[test]
fn map_of_lists_is_not_read_as_a_map_of_structs() {
    #[schema]
    #[serde(untagged)]
    enum Either {
        Structs(BTreeMap<String, LatLon>),
        Lists(BTreeMap<String, Vec<u8>>),
    }

    is_kept::<Either>(json!({"a": [1, 2]}));
}

#[test]
fn untagged_variant_of_a_tagged_enum_is_read_unless_the_tag_matches() {
    #[schema]
    #[serde(tag = "t")]
    enum Internal {
        A,
        B {
            n: u8,
        },
        #[serde(untagged)]
        List(Vec<u8>),
        #[serde(untagged)]
        Map(BTreeMap<String, u8>),
    }

    #[schema]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        A,
        B {
            n: u8,
        },
        #[serde(untagged)]
        List(Vec<Option<u8>>),
    }

    #[schema]
    enum External {
        A,
        #[serde(untagged)]
        Map(BTreeMap<String, Option<u8>>),
    }

    for value in [
        json!([0]),
        json!([1, 5]),
        json!({"t": "A"}),
        json!({"t": "B", "n": 1}),
        json!({"n": 1}),
    ] {
        is_kept::<Internal>(value);
    }
    for value in [
        json!([0, null]),
        json!([1, 5]),
        json!({"t": "A"}),
        json!({"t": "B", "c": {"n": 1}}),
    ] {
        is_kept::<Adjacent>(value);
    }
    is_kept::<External>(json!("A"));
    is_kept::<External>(json!({"A": null}));
}

#[test]
fn variant_whose_limits_the_value_violates_is_not_read() {
    #[schema]
    #[serde(untagged)]
    enum Amount {
        Few(#[garde(range(max = 10))] u8),
        Single(f32),
        Many {
            count: u8,
        },
        Counted {
            #[garde(range(min = 300))]
            count: u16,
        },
        Id(uuid::Uuid),
        Short(#[garde(length(chars, max = 3))] String),
        Text(String),
        Set(BTreeSet<u8>),
        List(Vec<u8>),
    }

    #[schema]
    #[serde(untagged)]
    enum Size {
        Single(f32),
        Double(f64),
    }

    let variant = |value: Value| match server::<Amount>(&value.to_string()).unwrap() {
        Amount::Few(_) => "Few",
        Amount::Single(_) => "Single",
        Amount::Many { .. } => "Many",
        Amount::Counted { .. } => "Counted",
        Amount::Id(_) => "Id",
        Amount::Short(_) => "Short",
        Amount::Text(_) => "Text",
        Amount::Set(_) => "Set",
        Amount::List(_) => "List",
    };
    for (value, expected) in [
        (json!(10), "Few"),
        (json!(11), "Single"),
        (json!({"count": 1}), "Many"),
        (json!({"count": 300}), "Counted"),
        (json!("67e55044-10b1-426f-9247-bb680e5fe0c8"), "Id"),
        (json!("67e5504410b1426f9247bb680e5fe0c8"), "Text"),
        (json!("abc"), "Short"),
        (json!([1, 2]), "Set"),
        (json!([1, 1]), "List"),
    ] {
        assert_eq!(variant(value.clone()), expected, "{value}");
    }
    is_kept::<Size>(json!(1e39));
}

#[test]
fn variant_that_would_lose_members_is_not_read() {
    #[schema]
    struct Inner {
        b: u8,
    }

    #[schema]
    struct Flattening {
        a: u8,
        #[serde(flatten)]
        inner: Inner,
    }

    #[schema]
    #[serde(untagged)]
    enum Either {
        Two(Flattening),
        Three { a: u8, b: u8, c: u8 },
    }

    is_kept::<Either>(json!({"a": 1, "b": 2}));
    is_kept::<Either>(json!({"a": 1, "b": 2, "c": 3}));
}

#[test]
fn maps_with_integer_keys_are_read_in_every_variant() {
    #[schema]
    #[serde(tag = "t")]
    enum Internal {
        New(BTreeMap<String, BTreeMap<u8, u8>>),
        Named {
            a: BTreeMap<i16, bool>,
            b: Option<u8>,
        },
    }

    #[schema]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        New(BTreeMap<u8, u8>),
        Pair(BTreeMap<u8, u8>, u8),
        Named { a: BTreeMap<u8, u8> },
    }

    #[schema]
    #[serde(untagged)]
    enum Untagged {
        New(BTreeMap<u8, u8>),
        Named { a: BTreeMap<u8, u8> },
    }

    is_kept::<Internal>(json!({"t": "New", "x": {"1": 2}}));
    is_kept::<Internal>(json!({"t": "Named", "a": {"-1": true}, "b": null}));
    is_kept::<Adjacent>(json!({"t": "New", "c": {"1": 2}}));
    is_kept::<Adjacent>(json!({"t": "Pair", "c": [{"1": 2}, 3]}));
    is_kept::<Adjacent>(json!({"t": "Named", "c": {"a": {"1": 2}}}));
    is_kept::<Untagged>(json!({"1": 2}));
    is_kept::<Untagged>(json!({"a": {"1": 2}}));
}

#[test]
fn generic_and_recursive_enums_are_read() {
    #[schema]
    #[serde(untagged, rename_all_fields = "camelCase")]
    enum Tree<T> {
        Leaf(T),
        Named {
            the_leaf: T,
            rest: Option<Vec<Self>>,
        },
        Numbers(Vec<u8>),
        Branches(Vec<Self>),
        Nothing,
    }

    type Trees = Tree<LatLon>;
    for value in [
        json!({"lat": 1.5, "lon": 2.5}),
        json!([1, 2]),
        json!([[1, 2], null, {"theLeaf": {"lat": 1.5, "lon": 2.5}, "rest": [[[]]]}]),
        json!(null),
    ] {
        is_kept::<Trees>(value);
    }
}

#[test]
fn rules_of_the_program_are_reported_for_the_variant_the_document_names() {
    #[schema(request)]
    #[serde(try_from = "u8")]
    struct Even(u8);

    impl TryFrom<u8> for Even {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            number
                .is_multiple_of(2)
                .then_some(Self(number))
                .ok_or("odd")
        }
    }

    #[schema(request)]
    #[serde(untagged)]
    enum Either {
        Even(Even),
        Text(String),
    }

    assert_eq!(violations::<Either>("3")[0].message(), "odd");
    assert!(matches!(server::<Either>("4"), Ok(Either::Even(Even(4)))));
    assert!(matches!(server::<Either>("\"a\""), Ok(Either::Text(_))));
}
