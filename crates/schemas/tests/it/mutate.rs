//! Mutates valid values into nearly valid and extreme ones, by changes that are independent of types.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::shapes::subvalues::{count, nth};

/// One change, applied to the value that `at` selects among all values within the value.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) at: Index,
    pub(crate) edit: Edit,
}

#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Replaces the value.
    Replace(Value),
    /// Removes a member or item.
    Remove(Index),
    /// Renames a member.
    Rename(Index, String),
    /// Adds a member (to an object) or an item (to a list).
    Add(String, Value),
    /// Repeats an item of a list.
    Repeat(Index),
    /// Converts an integer to a float, `5` to `5.0`.
    Float,
    /// Adds this to a number.
    Shift(i64),
    /// Adds a prefix and a suffix to a string.
    Surround(&'static str, &'static str),
    /// Converts an object to the list of its values, a list to an object of its items, another value to a list of one.
    Restructure,
    /// Converts a string to upper or lower case.
    Case(bool),
    /// Removes or replaces the character at this index.
    Character(Index, Option<char>),
}

pub(crate) fn changes(limit: usize) -> impl Strategy<Value = Vec<Change>> {
    let edit = prop_oneof![
        6 => values().prop_map(Edit::Replace),
        2 => any::<Index>().prop_map(Edit::Remove),
        2 => (any::<Index>(), names()).prop_map(|(at, name)| Edit::Rename(at, name)),
        2 => (names(), values()).prop_map(|(name, value)| Edit::Add(name, value)),
        1 => any::<Index>().prop_map(Edit::Repeat),
        2 => Just(Edit::Float),
        3 => select(vec![-1, 1, 2, -2, 256, 65_536]).prop_map(Edit::Shift),
        2 => select(vec![("", "\n"), ("\n", ""), (" ", ""), ("", "é"), ("{", "}"), ("urn:uuid:", ""), ("", "0"), ("0", ""), ("", "Z"), ("-", "")])
            .prop_map(|(before, after)| Edit::Surround(before, after)),
        2 => Just(Edit::Restructure),
        1 => any::<bool>().prop_map(Edit::Case),
        2 => (any::<Index>(), proptest::option::of(select("0a9:-.ZzTt +é٣_@/\u{0}".chars().collect::<Vec<_>>())))
            .prop_map(|(at, character)| Edit::Character(at, character)),
    ];
    proptest::collection::vec(
        (any::<Index>(), edit).prop_map(|(at, edit)| Change { at, edit }),
        0..=limit,
    )
}

/// Names of members, known and unknown.
fn names() -> impl Strategy<Value = String> {
    let known = [
        "a", "b", "c", "t", "type", "id", "own", "value", "next", "quantity", "price", "Nothing",
        "Number", "Fields", "Unit", "Cash", "One", "", "0", "00", "1", "01", "+1", "-0", "-1",
        "1.0", "127", "-128", "x", "é", "٣",
    ];
    select(known.map(str::to_owned).to_vec())
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => numbers().prop_map(Value::from),
        3 => select(strings()).prop_map(Value::from),
        1 => "[a-z0-9é]{0,6}".prop_map(Value::from),
        2 => select(vec![
            json!(null), json!(true), json!(false), json!([]), json!({}), json!([null]), json!([1]), json!({"a": 1}),
            json!([1, "x"]), json!([1, 1]), json!({"Nothing": null}), json!({"Number": 1, "Nothing": null}), json!({"t": "Unit"}),
            json!({"": {}}), json!([[[[]]]]), json!({"quantity": 1, "price": 1}), json!("Nothing"), json!("Unit"), json!("Cash"),
        ]),
    ]
}

/// The bounds of every width and their neighbours, as integers and, as far as that is exact, as floats.
fn numbers() -> impl Strategy<Value = serde_json::Number> {
    let mut numbers: Vec<serde_json::Number> = Vec::new();
    for bits in [0, 7, 8, 15, 16, 31, 32, 53, 63, 64] {
        let power = 1_i128 << bits;
        for integer in [power - 1, power, power + 1, -power - 1, -power, -power + 1] {
            numbers.extend(u64::try_from(integer).ok().map(Into::into));
            numbers.extend(i64::try_from(integer).ok().map(Into::into));
            if bits < 53 {
                numbers.extend(serde_json::Number::from_f64(integer as f64));
            }
        }
    }
    let single = f64::from(f32::MAX);
    let floats = [
        -0.0,
        0.5,
        -0.5,
        1.5,
        1e2,
        0.1,
        f64::from(0.1_f32),
        0.099_999_99,
        1000.5,
        1000.6,
        single + 0.0,
        single * 1.000_000_1,
        -single * 1.01,
        1e300,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        9_007_199_254_740_992.0,
    ];
    numbers.extend(floats.into_iter().filter_map(serde_json::Number::from_f64));
    select(numbers)
}

fn strings() -> Vec<&'static str> {
    vec![
        "",
        "a",
        "abc",
        "abcdef",
        "ééé",
        "👍🏽",
        "e\u{301}",
        "a\u{0}",
        "12345",
        "12345\n",
        "1234",
        "٣٣٣٣٣",
        "null",
        "true",
        "1",
        // UUIDs
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67e5504410b1426f9247bb680e5fe0c8",
        "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
        "urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67e55044-10b1-426f-9247-bb680e5fe0c",
        "67e55044-10b1-426f-9247-bb680e5fe0cg",
        "00000000-0000-0000-0000-000000000000",
        // Dates and times
        "2024-02-29T23:59:59Z",
        "2024-02-29t23:59:59z",
        "2024-02-29 23:59:59Z",
        "2024-02-29T23:59:60Z",
        "2024-06-30T23:59:60Z",
        "2024-06-30T23:59:60.5Z",
        "2024-06-30T12:00:60Z",
        "2024-07-01T01:59:60+02:00",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T23:59:59",
        "2024-02-29T23:59Z",
        "2024-02-29T23:59:59+00:00",
        "2024-02-29T23:59:59-00:00",
        "2024-02-29T23:59:59+0200",
        "2024-02-29T23:59:59+02",
        "2024-02-29T23:59:59+24:00",
        "2024-02-29T23:59:59+23:59",
        "2024-02-29T23:59:59+02:60",
        "2024-02-29T23:59:59.Z",
        "2024-02-29T23:59:59.1234567890123Z",
        "2024-02-29T23:59:59,5Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "+2024-02-29T23:59:59Z",
        "-2024-02-29T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "2024-02-29T23:59:59Z[UTC]",
        "2024-02-29T23:59:59+01:00[Europe/Paris]",
        "20240229T235959Z",
        "2024-2-9T3:5:9Z",
        "2024-02-29",
        "2024-02-30",
        "2024-2-29",
        "20240229",
        "0000-01-01",
        "9999-12-31",
        "+002024-02-29",
        "-0001-01-01",
        "2024-060",
        "23:59:59",
        "23:59:60",
        "24:00:00",
        "23:59",
        "23:59:59.5",
        "23:59:59Z",
        "23:59:60Z",
        "23:59:59+01:00",
        "235959",
        "T23:59:59",
        "2024-02-29T23:59:59.5",
        "PT1H",
        "P1D",
        "P1Y",
        "P1M",
        "PT1H30M",
        "pt1h",
        "P",
        "PT",
        "PT0S",
        "-PT1H",
        "+PT1H",
        "PT1.5S",
        "PT1.5H",
        "P1W",
        "P1W2D",
        "1h",
        "PT1S1H",
        "PT9999999999999999999S",
        "P1Y2M3DT4H5M6S",
        // Addresses
        "ada@example.com",
        "a..b@x.co",
        ".a@x.co",
        "a@x",
        "a@é.co",
        "é@x.co",
        "a@[127.0.0.1]",
        "\"a b\"@x.co",
        "a@-x.co",
        "a@x.co.",
        "@x.co",
        "a b@x.co",
        "a@x..co",
        "a+b@x.co",
        "a@xn--bcher-kva.example",
        "a@[IPV6:::1]",
        "\r",
        "\u{2028}",
        "https://example.org",
        "http://é.org/",
        "/relative",
        "mailto:a@b.co",
        "https://",
        "https://a b",
        "https://x.org/%zz",
        "https://x.org/é",
        "HTTP://X.ORG",
        "http://[::1]/",
        "http://[::1",
        "http://x:99999/",
        "x:y",
        "//x.org/",
        "https://x.org/a b",
        "https://x.org/<>",
        "https:x.org",
        "http:\\\\x.org",
        " https://x.org",
        "https://x.org\n",
        "file:///a",
        "data:,x",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://x_y.org/",
        "urn:a:b",
        "127.0.0.1",
        "127.0.0.01",
        "127.1",
        "256.0.0.1",
        "::1",
        "::",
        "1::2::3",
        "::ffff:1.2.3.4",
        "fe80::1%eth0",
        "2001:DB8::1",
        "12345::",
        "12a",
        "12ab",
        "a12",
        "1٣",
        "red",
        "Red",
        "Green",
        "Nothing",
        "none",
        "Unit",
        "Cash",
        "Card",
    ]
}

/// Applies the changes one after the other.
pub(crate) fn apply(mut value: Value, changes: &[Change]) -> Value {
    for change in changes {
        let count = count(&value);
        let mut at = change.at.index(count);
        if let Some(place) = nth(&mut value, &mut at) {
            apply_one(place, &change.edit);
        }
    }
    value
}

fn apply_one(place: &mut Value, edit: &Edit) {
    match (place, edit) {
        (place, Edit::Replace(value)) => *place = value.clone(),
        (Value::Array(items), Edit::Remove(at)) if !items.is_empty() => {
            drop(items.remove(at.index(items.len())))
        }
        (Value::Object(members), Edit::Remove(at)) if !members.is_empty() => {
            members.remove(&nth_key(members, at));
        }
        (Value::Object(members), Edit::Rename(at, name)) if !members.is_empty() => {
            if let Some(value) = members.remove(&nth_key(members, at)) {
                members.insert(name.clone(), value);
            }
        }
        (Value::Array(items), Edit::Add(_, value)) => items.push(value.clone()),
        (Value::Object(members), Edit::Add(name, value)) => {
            drop(members.insert(name.clone(), value.clone()))
        }
        (Value::Array(items), Edit::Repeat(at)) if !items.is_empty() => {
            items.push(items[at.index(items.len())].clone())
        }
        (Value::Number(number), Edit::Float) => {
            if let Some(float) = number.as_f64().filter(|float| float.abs() < 9e15) {
                *number = serde_json::Number::from_f64(float).unwrap_or_else(|| number.clone());
            }
        }
        (Value::Number(number), Edit::Shift(by)) => {
            if let Some(integer) = number.as_i64().and_then(|integer| integer.checked_add(*by)) {
                *number = integer.into();
            } else if let Some(float) = number.as_f64() {
                *number = serde_json::Number::from_f64(float + *by as f64)
                    .unwrap_or_else(|| number.clone());
            }
        }
        (Value::String(text), Edit::Surround(before, after)) => {
            *text = format!("{before}{text}{after}")
        }
        (Value::String(text), Edit::Case(true)) => *text = text.to_uppercase(),
        (Value::String(text), Edit::Case(false)) => *text = text.to_lowercase(),
        (Value::String(text), Edit::Character(at, with)) if !text.is_empty() => {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            match with {
                Some(character) => characters[at] = *character,
                None => drop(characters.remove(at)),
            }
            *text = characters.into_iter().collect();
        }
        (place, Edit::Restructure) => {
            *place = match place.take() {
                Value::Array(items) => Value::Object(
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(at, item)| (at.to_string(), item))
                        .collect(),
                ),
                Value::Object(members) => {
                    Value::Array(members.into_iter().map(|(_, member)| member).collect())
                }
                other => json!([other]),
            };
        }
        _ => {}
    }
}

fn nth_key(members: &Map<String, Value>, at: &Index) -> String {
    members
        .keys()
        .nth(at.index(members.len()))
        .cloned()
        .unwrap_or_default()
}
