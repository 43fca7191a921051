//! Regular expressions that Rust and ECMA 262, the dialect of OpenAPI, read differently.

use serde_json::{Map, Value};

use crate::ValidatorError;

/// The escapes whose meaning differs between Rust's regular expressions and those of ECMA 262, each with what to
/// write instead.
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

/// Reports a pattern that does not compile or has different meanings.
pub(super) fn check(members: &Map<String, Value>, subject: &str, errors: &mut Vec<ValidatorError>) {
    let Some(pattern) = members.get("pattern").and_then(Value::as_str) else {
        return;
    };
    let mut report = |reason: String| {
        errors.push(ValidatorError::Schema {
            subject: subject.to_owned(),
            reason: format!("the pattern `{pattern}`: {reason}"),
        });
    };
    if let Err(error) = regex::Regex::new(pattern) {
        let message = error.to_string();
        report(message.lines().last().unwrap_or_default().trim().to_owned());
    }
    let unescaped = pattern.replace("\\\\", "");
    for (escape, remedy) in AMBIGUOUS {
        if unescaped.contains(escape) {
            report(remedy.to_owned());
        }
    }
    if unescaped.contains("(?") && !unescaped.contains("(?:") {
        report("remove flags and named groups: ECMA 262 has another syntax for them".to_owned());
    }
}

/// Replaces each dot, which excludes one character in Rust and four in ECMA 262, by a class that excludes that one.
pub(super) fn replace_dots(members: &mut Map<String, Value>) {
    if let Some(Value::String(pattern)) = members.get_mut("pattern") {
        *pattern = without_dots(pattern);
    }
    if let Some(Value::Object(patterns)) = members.get_mut("patternProperties") {
        *patterns = std::mem::take(patterns)
            .into_iter()
            .map(|(pattern, schema)| (without_dots(&pattern), schema))
            .collect();
    }
}

fn without_dots(pattern: &str) -> String {
    let mut replaced = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '.' if !in_class => {
                replaced.push_str("[^\\n]");
                continue;
            }
            '\\' => {
                replaced.push(character);
                replaced.extend(characters.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        replaced.push(character);
    }
    replaced
}
