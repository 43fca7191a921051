//! Serialization of JSON values as YAML.
//!
//! This is an emitter of our own: `serde_yaml` is archived, and its maintained
//! successors include a parser, in C or translated from C, while a document
//! needs only maps, sequences and scalars. A string is written plain only if no
//! YAML 1.1 or 1.2 parser could read it as another type; otherwise it is
//! double-quoted, where YAML and JSON agree.

use std::fmt::Write;

use serde_json::{Number, Value};

/// The maximum length of an implicit key in characters (YAML 1.2.2 section
/// 7.4.3).
const LONGEST_KEY: usize = 1024;

/// Serializes a value as a YAML document.
pub(crate) fn text(value: &Value) -> String {
    let mut text = String::new();
    if is_block(value) {
        node(&mut text, value, 0);
    } else {
        inline(&mut text, value, 1);
        text.push('\n');
    }
    text
}

/// Writes a map or sequence, one line per member; nested ones are indented by
/// two.
fn node(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) => {
            for (place, (key, member)) in members.iter().enumerate() {
                start(text, place, depth);
                key_of_map(text, key, depth);
                member_of_map(text, member, depth);
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                start(text, place, depth);
                text.push('-');
                item_of_list(text, item, depth);
            }
        }
        scalar => inline(text, scalar, depth),
    }
}

/// Writes a key, as an explicit one if it is too long for an implicit one.
fn key_of_map(text: &mut String, key: &str, depth: usize) {
    let key = scalar(key);
    if key.chars().count() > LONGEST_KEY {
        text.push_str("? ");
        text.push_str(&key);
        text.push('\n');
        indent(text, depth);
    } else {
        text.push_str(&key);
    }
    text.push(':');
}

/// Indents all lines of a node but the first.
fn start(text: &mut String, place: usize, depth: usize) {
    if place > 0 || text.ends_with('\n') {
        indent(text, depth);
    }
}

fn member_of_map(text: &mut String, member: &Value, depth: usize) {
    if is_block(member) {
        text.push('\n');
        node(text, member, depth + 1);
    } else {
        text.push(' ');
        inline(text, member, depth + 1);
        text.push('\n');
    }
}

fn item_of_list(text: &mut String, item: &Value, depth: usize) {
    text.push(' ');
    if is_block(item) {
        node(text, item, depth + 1);
    } else {
        inline(text, item, depth + 1);
        text.push('\n');
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn indent(text: &mut String, depth: usize) {
    (0..depth).for_each(|_| text.push_str("  "));
}

fn inline(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(&number_text(number)),
        Value::String(string) if is_block_text(string) => block_text(text, string, depth),
        Value::String(string) => text.push_str(&scalar(string)),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
}

/// Writes a number; YAML 1.1 requires a point and a signed exponent in floats.
fn number_text(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

fn scalar(string: &str) -> String {
    if is_plain(string) {
        string.to_owned()
    } else {
        quoted(string)
    }
}

/// Returns whether a string needs no quotes: it consists of letters, digits and
/// uncritical characters and is not a number, a date or a name of another
/// value.
fn is_plain(string: &str) -> bool {
    const INSIDE: &str = " _-./$()+;^=~{},'";
    const START: &str = "_/$(";
    let starts = |c: char| c.is_alphabetic() || START.contains(c);
    string.starts_with(starts)
        && !string.ends_with(' ')
        && string
            .chars()
            .all(|c| c.is_alphabetic() || c.is_ascii_digit() || INSIDE.contains(c))
        && !is_name(string)
}

/// Returns whether YAML 1.1 or 1.2 parsers read a string as a boolean, null or
/// NaN.
fn is_name(string: &str) -> bool {
    const NAMES: [&str; 10] = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan",
    ];
    NAMES.iter().any(|name| string.eq_ignore_ascii_case(name))
}

/// Quotes a string as JSON does and escapes what YAML forbids or reads as a
/// line break.
fn quoted(string: &str) -> String {
    let mut text = String::from("\"");
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if is_printable(c) => text.push(c),
            c => drop(write!(text, "\\U{:08X}", u32::from(c))),
        }
    }
    text.push('"');
    text
}

/// Returns whether a character needs no escape.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
        )
}

/// Returns whether a string can be a literal block scalar: several lines of
/// printable characters without trailing blanks, the first neither blank nor
/// indented.
fn is_block_text(string: &str) -> bool {
    string.trim_end_matches('\n').contains('\n')
        && !string.starts_with([' ', '\n'])
        && !string.contains(" \n")
        && !string.ends_with(' ')
        && string.chars().all(|c| c == '\n' || is_printable(c))
}

fn block_text(text: &mut String, string: &str, depth: usize) {
    let body = string.trim_end_matches('\n');
    // The chomping indicator: no trailing line break, one, or all.
    text.push_str(match string.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    let kept = (string.len() - body.len()).saturating_sub(1);
    for line in body.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            indent(text, depth);
            text.push_str(line);
        }
    }
    (0..kept).for_each(|_| text.push('\n'));
}
