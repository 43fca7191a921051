//! The places where schemars' schema and serde's reading differ, mended in the
//! schema; and those that cannot be mended, reported.

use serde_json::{Map, Value, json};

use super::{Direction, extension, keys};
use crate::{ValidatorError, strict::LARGEST_SINGLE};

/// Mends a schema and everything in it.
pub(super) fn mend(
    schema: &mut Value,
    subject: &str,
    direction: Direction,
    errors: &mut Vec<ValidatorError>,
) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    bound_numbers(members, subject, errors);
    decimals(members);
    check_pattern(members, subject, errors);
    keys::state(members, subject, direction, errors);
    dots(members);
    close_durations(members);
    string_forms(members);
    close_tuples(members);
    if members.get("default").is_some_and(Value::is_null) {
        members.remove("default");
    }
    if direction == Direction::Input && members.contains_key(extension::STRICT) {
        close_flattened(members);
    }
    for (key, value) in members.iter_mut() {
        match key.as_str() {
            "properties" | "patternProperties" | "$defs" | "dependentSchemas" => {
                let Some(schemas) = value.as_object_mut() else {
                    continue;
                };
                for (name, schema) in schemas {
                    let subject = if key == "properties" {
                        format!("{subject}, field `{name}`")
                    } else {
                        subject.to_owned()
                    };
                    mend(schema, &subject, direction, errors);
                }
            }
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                for schema in value.as_array_mut().into_iter().flatten() {
                    mend(schema, subject, direction, errors);
                }
            }
            "items"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "not"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems" => mend(value, subject, direction, errors),
            _ => {}
        }
    }
}

/// Every width of integer has bounds, and so has `f32`.
pub(super) fn bound_numbers(
    members: &mut Map<String, Value>,
    subject: &str,
    errors: &mut Vec<ValidatorError>,
) {
    let format = members.get("format").and_then(Value::as_str);
    if matches!(format, Some("int128" | "uint128")) {
        errors.push(ValidatorError::Schema {
            subject: subject.to_owned(),
            reason:
                "128-bit integers have no exact form in most JSON readers; use a string, or 64 bits"
                    .to_owned(),
        });
        return;
    }
    let Some((least, most)) = format.and_then(width) else {
        return;
    };
    if !members.contains_key("exclusiveMinimum") {
        members.entry("minimum").or_insert(least);
    }
    if !members.contains_key("exclusiveMaximum") {
        members.entry("maximum").or_insert(most);
    }
}

/// The least and the most a number of a format can be.
pub(crate) fn width(format: &str) -> Option<(Value, Value)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "int" => (isize::MIN.into(), isize::MAX.into()),
        "uint8" => (0.into(), u8::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        "uint" => (0.into(), usize::MAX.into()),
        "float" => ((-LARGEST_SINGLE).into(), LARGEST_SINGLE.into()),
        _ => return None,
    })
}

/// What means one thing to Rust's regular expressions and another to those of
/// ECMA 262, which OpenAPI speaks of.
const AMBIGUOUS: [(&str, &str); 10] = [
    (
        "\\d",
        "write [0-9]: \\d takes all of Unicode's digits here, and ten of them to readers of the document",
    ),
    (
        "\\D",
        "write [^0-9]: \\D leaves out all of Unicode's digits here, and ten of them to readers of the document",
    ),
    (
        "\\w",
        "write [A-Za-z0-9_]: \\w takes all of Unicode's letters here, and ASCII to readers of the document",
    ),
    (
        "\\W",
        "write [^A-Za-z0-9_]: \\W means Unicode here, and ASCII to readers of the document",
    ),
    (
        "\\s",
        "write the spaces you mean, such as [ \\t]: \\s is not the same set everywhere",
    ),
    (
        "\\S",
        "write the spaces you mean, such as [^ \\t]: \\S is not the same set everywhere",
    ),
    (
        "\\b",
        "leave \\b out: word boundaries mean Unicode here, and ASCII to readers of the document",
    ),
    (
        "\\B",
        "leave \\B out: word boundaries mean Unicode here, and ASCII to readers of the document",
    ),
    (
        "\\A",
        "write ^: \\A means nothing to readers of the document",
    ),
    (
        "\\z",
        "write $: \\z means nothing to readers of the document",
    ),
];

fn check_pattern(members: &Map<String, Value>, subject: &str, errors: &mut Vec<ValidatorError>) {
    let Some(pattern) = members.get("pattern").and_then(Value::as_str) else {
        return;
    };
    let mut refuse = |reason: String| {
        errors.push(ValidatorError::Schema {
            subject: subject.to_owned(),
            reason: format!("the pattern `{pattern}`: {reason}"),
        });
    };
    if let Err(error) = regex::Regex::new(pattern) {
        let words = error.to_string();
        refuse(words.lines().last().unwrap_or_default().trim().to_owned());
    }
    let unescaped = pattern.replace("\\\\", "");
    for (escape, mend) in AMBIGUOUS {
        if unescaped.contains(escape) {
            refuse(mend.to_owned());
        }
    }
    if unescaped.contains("(?") && !unescaped.contains("(?:") {
        refuse("leave flags and named groups out: ECMA 262 writes them otherwise".to_owned());
    }
}

/// A dot leaves out one character here and four to readers of the document, who are told of the one.
fn dots(members: &mut Map<String, Value>) {
    if let Some(Value::String(pattern)) = members.get_mut("pattern") {
        *pattern = spell_dots_out(pattern);
    }
    if let Some(Value::Object(patterns)) = members.get_mut("patternProperties") {
        let spelt_out = |(pattern, schema): (String, Value)| (spell_dots_out(&pattern), schema);
        *patterns = std::mem::take(patterns)
            .into_iter()
            .map(spelt_out)
            .collect();
    }
}

fn spell_dots_out(pattern: &str) -> String {
    let mut spelt_out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '.' if !in_class => {
                spelt_out.push_str("[^\\n]");
                continue;
            }
            '\\' => {
                spelt_out.push(character);
                spelt_out.extend(characters.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        spelt_out.push(character);
    }
    spelt_out
}

/// A decimal is text, either way: readers of a JSON number make it binary, and lose digits. The pattern is what
/// schemars says of one; ours is what can be read.
fn decimals(members: &mut Map<String, Value>) {
    const OF_SCHEMARS: [&str; 2] = [r"^-?\d+(\.\d+)?$", r"^-?\d+(\.\d+)?([eE]\d+)?$"];
    const DIGITS: &str = r"^-?[0-9]{1,28}(\.[0-9]{1,28})?$";
    let pattern = members.get("pattern").and_then(Value::as_str);
    if !pattern.is_some_and(|pattern| OF_SCHEMARS.contains(&pattern)) {
        return;
    }
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| kind != "number");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            members.insert("type".to_owned(), kind);
        }
    }
    members.insert("format".to_owned(), "decimal".into());
    members.insert("pattern".to_owned(), DIGITS.into());
    members.insert(extension::STRICT.to_owned(), true.into());
}

/// What `maxItems` says of a tuple already is said where readers look for it.
fn close_tuples(members: &mut Map<String, Value>) {
    let length = members
        .get("prefixItems")
        .and_then(Value::as_array)
        .map(|items| items.len() as u64);
    if length.is_some() && members.get("maxItems").and_then(Value::as_u64) == length {
        members.entry("items").or_insert(Value::Bool(false));
    }
}

/// serde refuses what a `Duration` does not know, and more nanoseconds than it has room for.
fn close_durations(members: &mut Map<String, Value>) {
    let duration = json!({
        "secs": {"type": "integer", "format": "uint64", "minimum": 0},
        "nanos": {"type": "integer", "format": "uint32", "minimum": 0},
    });
    if members.get("properties") != Some(&duration) || members.contains_key(extension::TYPE) {
        return;
    }
    members.insert("additionalProperties".to_owned(), Value::Bool(false));
    if let Some(nanos) = members["properties"]["nanos"].as_object_mut() {
        nanos.insert("maximum".to_owned(), 999_999_999.into());
    }
    members.insert(extension::STRICT.to_owned(), Value::Bool(true));
}

/// serde cannot refuse unknown fields beside flattened ones; the contract can,
/// since such types are always walked. A flattened map takes what is unknown.
fn close_flattened(members: &mut Map<String, Value>) {
    let is_open = !members.contains_key("additionalProperties")
        && !members.contains_key("unevaluatedProperties");
    let says_flatten = members.get(extension::STRICT) == Some(&json!("flatten"));
    if is_open && says_flatten {
        let is_simple = !["allOf", "anyOf", "oneOf", "$ref"]
            .iter()
            .any(|key| members.contains_key(*key));
        let key = if is_simple {
            "additionalProperties"
        } else {
            "unevaluatedProperties"
        };
        members.insert(key.to_owned(), Value::Bool(false));
    }
}

/// Removes our extensions from a schema and everything in it.
pub(super) fn strip_extensions(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|key, _| !key.starts_with(extension::PREFIX));
            members.values_mut().for_each(strip_extensions);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_extensions),
        _ => {}
    }
}

/// Times of day without an offset, as chrono and jiff read and write them.
const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?";

/// Days that exist, leap years included.
const DATE: &str = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
     |02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";

/// Forms of text for which JSON Schema has no format are said in its own words.
fn string_forms(members: &mut Map<String, Value>) {
    let (key, form) = match members.get("format").and_then(Value::as_str) {
        Some("ip") => ("anyOf", json!([{"format": "ipv4"}, {"format": "ipv6"}])),
        Some("partial-time") => ("pattern", format!("^{TIME}$").into()),
        Some("partial-date-time") => ("pattern", format!("^{DATE}T{TIME}$").into()),
        _ => return,
    };
    members.remove("format");
    members.insert(key.to_owned(), form);
    // The Rust types read more than this.
    members
        .entry(extension::STRICT)
        .or_insert(Value::Bool(true));
}
