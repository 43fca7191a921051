//! YAML that every parser reads as the same value.

use crate::support::with_schemas;
use purlin_openapi::{Dialect, Document, Info};
use serde_json::{Value, json};

/// Returns the text of a value under a key.
fn written(value: &Value) -> String {
    let mut document = Document::new(Info::new("T", "1"));
    let named = document.extensions.insert("x-it", value.clone());
    assert_eq!(named, Ok(()));
    let text = document.to_yaml(Dialect::V3_1);
    text.split_once("x-it:")
        .map(|(_, it)| it.to_owned())
        .unwrap_or_default()
}

#[test]
fn strings_are_plain_only_if_unambiguous() {
    let cases = [
        ("plain text", "plain text"),
        ("/todos/{id}", "/todos/{id}"),
        ("$response.body", "$response.body"),
        ("it's", "it's"),
        ("Grüße", "Grüße"),
        ("", r#""""#),
        ("true", r#""true""#),
        ("No", r#""No""#),
        ("y", r#""y""#),
        ("NULL", r#""NULL""#),
        ("~", r#""~""#),
        ("1", r#""1""#),
        ("1.0.0", r#""1.0.0""#),
        ("1e3", r#""1e3""#),
        ("0x1F", r#""0x1F""#),
        (".inf", r#"".inf""#),
        ("12:30", r#""12:30""#),
        ("2026-01-01", r#""2026-01-01""#),
        ("- item", r#""- item""#),
        ("a: b", r#""a: b""#),
        ("a #b", r##""a #b""##),
        ("#/components", r##""#/components""##),
        ("*alias", r#""*alias""#),
        ("&anchor", r#""&anchor""#),
        ("!tag", r#""!tag""#),
        ("[list]", r#""[list]""#),
        ("{map}", r#""{map}""#),
        ("=", r#""=""#),
        ("<<", r#""<<""#),
        ("---", r#""---""#),
        (" lead", r#"" lead""#),
        ("trail ", r#""trail ""#),
        ("say \"hi\" \\o", r#""say \"hi\" \\o""#),
        ("tab\there", r#""tab\there""#),
        ("line\n", r#""line\n""#),
        (
            "\u{7}\u{85}\u{2028}\u{feff}",
            r#""\U00000007\U00000085\U00002028\U0000FEFF""#,
        ),
    ];
    for (string, expected) in cases {
        assert_eq!(
            written(&json!(string)),
            format!(" {expected}\n"),
            "{string:?}"
        );
    }
}

#[test]
fn multiline_strings_are_literal_blocks() {
    let cases = [
        ("a\nb", "|-\n  a\n  b\n"),
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\n\n  b\n\n", "|+\n  a\n\n    b\n\n"),
        ("# a\n- b: c", "|-\n  # a\n  - b: c\n"),
        // Leading and trailing blanks are easily lost.
        (" a\nb", "\" a\\nb\"\n"),
        ("a \nb", "\"a \\nb\"\n"),
        ("\na\nb", "\"\\na\\nb\"\n"),
        ("a\r\nb", "\"a\\r\\nb\"\n"),
    ];
    for (string, expected) in cases {
        assert_eq!(
            written(&json!(string)),
            format!(" {expected}"),
            "{string:?}"
        );
    }
}

#[test]
fn other_scalars_and_empty_collections() {
    let cases = [
        (json!(null), "null"),
        (json!(true), "true"),
        (json!(-1), "-1"),
        (
            json!(18_446_744_073_709_551_615_u64),
            "18446744073709551615",
        ),
        (json!(1.5), "1.5"),
        (json!(1.0), "1.0"),
        // Without point and sign, YAML 1.1 reads a string.
        (json!(1e30), "1.0e+30"),
        (json!(2.5e-9), "2.5e-9"),
        (json!([]), "[]"),
        (json!({}), "{}"),
    ];
    for (value, expected) in cases {
        assert_eq!(written(&value), format!(" {expected}\n"), "{value}");
    }
}

#[test]
fn maps_and_sequences_nest() {
    let value = json!([[1, [2]], {"a": [], "200": {"b": "x\ny"}}, "z"]);
    let expected = r#"
  - - 1
    - - 2
  - "200":
      b: |-
        x
        y
    a: []
  - z
"#;
    assert_eq!(written(&value), expected);
}

/// An implicit key has at most 1024 characters.
#[test]
fn long_keys_are_explicit() {
    let (longest, longer) = ("k".repeat(1024), "k".repeat(1025));
    let value =
        json!([{longest.as_str(): 1}, {longer.as_str(): {"a": 1}, "z": {longer.as_str(): "x"}}]);
    let expected = format!(
        "\n  - {longest}: 1\n  - ? {longer}\n    :\n      a: 1\n    z:\n      ? {longer}\n      : x\n"
    );
    assert_eq!(written(&value), expected);
}

#[test]
fn a_document_starts_with_its_first_member() {
    let text = with_schemas(&json!({})).to_yaml(Dialect::V3_0);
    assert_eq!(
        text,
        "info:\n  title: Schemas\n  version: \"1\"\nopenapi: \"3.0.4\"\npaths: {}\n"
    );
}
