//! The keys of maps. schemars tells of a key's type its pattern, its plain names
//! and whether it is an integer, and drops the rest; so what the type's own
//! schema says is noted beside the map's, and stated here.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::{Direction, extension, generate::settings, mend};
use crate::ValidatorError;

/// How keys that are integers look, unsigned and signed, where it is not known
/// how wide they are.
const ANY_INTEGER: [&str; 2] = ["^(0|[1-9][0-9]*)$", "^(0|-?[1-9][0-9]*)$"];

/// The same in schemars' words, which allow leading zeros.
const OF_SCHEMARS: [&str; 2] = ["^\\d+$", "^-?\\d+$"];

/// Notes beside the schema of a map what its keys are.
pub(crate) fn note<K: JsonSchema>(map: &mut Map<String, Value>) {
    let is_map = match map.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        kind => kind.is_some_and(|kind| kind == "object"),
    };
    if !is_map {
        return;
    }
    let schema = |direction| {
        let settings = settings(direction).with(|settings| settings.inline_subschemas = true);
        K::json_schema(&mut settings.into_generator()).to_value()
    };
    let keys = json!({
        "input": schema(Direction::Input),
        "output": schema(Direction::Output),
    });
    map.insert(extension::KEYS.to_owned(), keys);
}

/// States what is noted.
pub(super) fn state(
    members: &mut Map<String, Value>,
    subject: &str,
    direction: Direction,
    errors: &mut Vec<ValidatorError>,
) {
    let note = members.remove(extension::KEYS).map(|mut note| {
        let key = match direction {
            Direction::Input => "input",
            Direction::Output => "output",
        };
        note[key].take()
    });
    // A map that shares its object with other members says nothing of their names.
    let is_shared = members.contains_key("required")
        || members.get(extension::STRICT) == Some(&json!("flatten"));
    match note {
        Some(Value::Object(mut keys)) if !is_shared => {
            match keys.get("type").and_then(Value::as_str) {
                Some("integer") => {
                    mend::bound_numbers(&mut keys, subject, errors);
                    integers(members, &pattern(&ranges(&keys)));
                }
                Some("boolean") => names(members, json!({"enum": ["true", "false"]})),
                Some("string") => texts(members, keys),
                _ => {
                    if let Some(words) = plain_names(&keys) {
                        names(members, json!({ "enum": words }));
                    } else if keys.contains_key("anyOf") && !keys.contains_key("$ref") {
                        texts(members, keys);
                    }
                }
            }
        }
        _ => {
            for (theirs, ours) in OF_SCHEMARS.into_iter().zip(ANY_INTEGER) {
                rename_pattern(members, theirs, ours);
            }
        }
    }
}

fn names(members: &mut Map<String, Value>, rule: Value) {
    members.entry("propertyNames").or_insert(rule);
}

/// What a schema says of texts, beyond what schemars has said already.
fn texts(members: &mut Map<String, Value>, mut keys: Map<String, Value>) {
    const ANNOTATIONS: [&str; 7] = [
        "type",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "pattern",
    ];
    keys.retain(|key, _| !ANNOTATIONS.contains(&key.as_str()) && !key.starts_with("x-"));
    let is_told = keys.keys().all(|key| key == "enum");
    let mut keys = Value::Object(keys);
    mend::strip_extensions(&mut keys);
    if !is_told && !keys.to_string().contains("\"$ref\"") {
        names(members, keys);
    }
}

/// The names of an enum of unit variants, each with words of its own.
fn plain_names(keys: &Map<String, Value>) -> Option<Vec<Value>> {
    let branches = keys.get("oneOf")?.as_array()?;
    let mut names = Vec::new();
    for branch in branches {
        match (branch.get("const"), branch.get("enum")) {
            (Some(name), _) if name.is_string() => names.push(name.clone()),
            (None, Some(Value::Array(more))) if more.iter().all(Value::is_string) => {
                names.extend(more.iter().cloned());
            }
            _ => return None,
        }
    }
    Some(names)
}

fn integers(members: &mut Map<String, Value>, pattern: &str) {
    for theirs in OF_SCHEMARS {
        rename_pattern(members, theirs, pattern);
    }
}

fn rename_pattern(members: &mut Map<String, Value>, from: &str, to: &str) {
    let patterns = members.get_mut("patternProperties");
    if let Some(patterns) = patterns.and_then(Value::as_object_mut)
        && let Some(schema) = patterns.remove(from)
    {
        patterns.insert(to.to_owned(), schema);
    }
}

type Range = (i128, i128);

/// The integers a schema allows.
fn ranges(keys: &Map<String, Value>) -> Vec<Range> {
    let whole = |value: &Value| {
        let whole = value.as_i64().map(i128::from);
        whole.or_else(|| value.as_u64().map(i128::from))
    };
    if let Some(values) = keys.get("enum").and_then(Value::as_array) {
        let values = values.iter().filter_map(whole);
        return values.map(|value| (value, value)).collect();
    }
    let bound = |key: &str| keys.get(key).and_then(whole);
    let least = bound("minimum").unwrap_or_else(|| i64::MIN.into());
    let most = bound("maximum").unwrap_or_else(|| u64::MAX.into());
    if keys.get("not") == Some(&json!({"const": 0})) {
        vec![(least, most.min(-1)), (least.max(1), most)]
    } else {
        vec![(least, most)]
    }
}

/// Whether a pattern of keys says what any integer type of Rust reads, so that
/// serde alone can be trusted with them.
pub(crate) fn is_integer_type(pattern_of_keys: &str) -> bool {
    let widths: [Range; 8] = [
        (0, u8::MAX.into()),
        (0, u16::MAX.into()),
        (0, u32::MAX.into()),
        (0, u64::MAX.into()),
        (i8::MIN.into(), i8::MAX.into()),
        (i16::MIN.into(), i16::MAX.into()),
        (i32::MIN.into(), i32::MAX.into()),
        (i64::MIN.into(), i64::MAX.into()),
    ];
    ANY_INTEGER.contains(&pattern_of_keys)
        || widths
            .iter()
            .any(|width| pattern(&[*width]) == pattern_of_keys)
}

/// The regular expression of the integers in some ranges, as integers are
/// written: without leading zeros, and 0 without a sign.
fn pattern(ranges: &[Range]) -> String {
    let mut forms = Vec::new();
    for (least, most) in ranges {
        if *least < 0 {
            let (nearest, farthest) = (most.min(&-1).unsigned_abs(), least.unsigned_abs());
            let digits = digits(nearest, farthest);
            forms.extend(digits.into_iter().map(|digits| format!("-{digits}")));
        }
        if *most >= 0 {
            forms.extend(digits(least.max(&0).unsigned_abs(), most.unsigned_abs()));
        }
    }
    format!("^({})$", forms.join("|"))
}

/// The forms of all numbers from `least` to `most`.
fn digits(least: u128, most: u128) -> Vec<String> {
    let mut forms = Vec::new();
    let mut least = least;
    if least == 0 {
        forms.push("0".to_owned());
        least = 1;
    }
    while least <= most {
        let text = least.to_string();
        let longest: u128 = "9".repeat(text.len()).parse().unwrap_or(most);
        let last = longest.min(most);
        forms.extend(same_length(&text, &last.to_string()));
        least = last + 1;
    }
    forms
}

/// The forms of all numbers between two that have as many digits.
fn same_length(least: &str, most: &str) -> Vec<String> {
    let (Some(low), Some(high)) = (least.chars().next(), most.chars().next()) else {
        return vec![String::new()];
    };
    let (least_rest, most_rest) = (&least[1..], &most[1..]);
    let after = |digit: char, forms: Vec<String>| {
        forms.into_iter().map(move |form| format!("{digit}{form}"))
    };
    if low == high {
        return after(low, same_length(least_rest, most_rest)).collect();
    }
    let count = least_rest.len();
    let mut forms = Vec::new();
    let (mut first, mut last) = (low, high);
    if least_rest.contains(|c| c != '0') {
        forms.extend(after(low, same_length(least_rest, &"9".repeat(count))));
        first = next(low, 1);
    }
    let beyond = most_rest.contains(|c| c != '9');
    if beyond {
        last = next(high, -1);
    }
    if first <= last {
        let class = if first == last {
            first.to_string()
        } else {
            format!("[{first}-{last}]")
        };
        let rest = match count {
            0 => String::new(),
            1 => "[0-9]".to_owned(),
            _ => format!("[0-9]{{{count}}}"),
        };
        forms.push(class + &rest);
    }
    if beyond {
        forms.extend(after(high, same_length(&"0".repeat(count), most_rest)));
    }
    forms
}

/// The digit before or after another one.
fn next(digit: char, step: i8) -> char {
    (digit as u8).saturating_add_signed(step) as char
}

#[cfg(test)]
mod tests {
    use super::{is_integer_type, pattern};

    #[test]
    fn patterns_take_the_integers_of_a_range_and_no_others() {
        for (least, most) in [
            (0, 255),
            (-128, 127),
            (1, 255),
            (-5, -1),
            (7, 7),
            (99, 100),
            (-100, 305),
            (0, 0),
        ] {
            let pattern = regex::Regex::new(&pattern(&[(least, most)])).unwrap();
            for number in -1200..1200 {
                let is_within = (least..=most).contains(&number);
                assert_eq!(
                    pattern.is_match(&number.to_string()),
                    is_within,
                    "{number} in {least}..={most}: {pattern}"
                );
            }
            for text in ["-0", "00", "01", "+1", "", "1.0", " 1", "1\n", "٣"] {
                assert!(!pattern.is_match(text), "{text:?}");
            }
        }
    }

    #[test]
    fn patterns_know_the_bounds_of_the_widest_integers() {
        let unsigned = pattern(&[(0, u64::MAX.into())]);
        let signed = pattern(&[(i64::MIN.into(), i64::MAX.into())]);
        assert!(is_integer_type(&unsigned) && is_integer_type(&signed));
        assert!(!is_integer_type(&pattern(&[(1, 255)])));
        let unsigned = regex::Regex::new(&unsigned).unwrap();
        assert!(unsigned.is_match("18446744073709551615"));
        assert!(!unsigned.is_match("18446744073709551616"));
        let signed = regex::Regex::new(&signed).unwrap();
        assert!(signed.is_match("-9223372036854775808") && signed.is_match("9223372036854775807"));
        assert!(
            !signed.is_match("-9223372036854775809") && !signed.is_match("9223372036854775808")
        );
    }
}
