//! Decimals of `rust_decimal`: text on the wire, so that no digit is lost.

use purlin_schemas::{DecodeError, Direction, decode, describe, schema};
use rust_decimal::Decimal;
use serde_json::json;

#[schema]
#[derive(Debug, PartialEq)]
struct Price {
    amount: Decimal,
    discount: Option<Decimal>,
}

#[test]
fn digits_are_kept() {
    let text = r#"{"amount":"1234567890123456.7890","discount":"-0.10"}"#;
    let price: Price = decode(text.as_bytes()).unwrap();
    assert_eq!(price.amount, "1234567890123456.7890".parse().unwrap());
    assert_eq!(serde_json::to_string(&price).unwrap(), text);
    let price: Price = decode(br#"{"amount":"007","discount":null}"#).unwrap();
    assert_eq!((price.amount, price.discount), (Decimal::from(7), None));
}

#[test]
fn every_decimal_that_the_schema_allows_is_decoded() {
    let nines = "9".repeat(28);
    for amount in [
        nines.clone(),
        format!("-{nines}"),
        format!("{nines}.{nines}"),
        format!("0.{nines}"),
        "0".repeat(28),
        "-0.0".to_owned(),
    ] {
        let body = format!(r#"{{"amount":"{amount}"}}"#);
        let price: Result<Price, _> = decode(body.as_bytes());
        assert!(price.is_ok(), "{body}: {price:?}");
    }
}

#[test]
fn value_that_is_no_decimal_is_rejected() {
    for (amount, code) in [
        ("1.5", "type"),
        ("1", "type"),
        ("\"1e3\"", "pattern"),
        ("\"1_000\"", "pattern"),
        ("\"+1\"", "pattern"),
        ("\".5\"", "pattern"),
        ("\"5.\"", "pattern"),
        ("\" 5\"", "pattern"),
        ("\"\"", "pattern"),
        ("\"NaN\"", "pattern"),
        ("\"\u{661}\"", "pattern"),
        ("\"10000000000000000000000000000\"", "pattern"),
        ("null", "null"),
    ] {
        let body = format!(r#"{{"amount":{amount}}}"#);
        let Err(DecodeError::Invalid(violations)) = decode::<Price>(body.as_bytes()) else {
            panic!("{body} breaks a rule")
        };
        let found: Vec<_> = violations
            .iter()
            .map(|violation| (violation.pointer.as_str(), violation.code()))
            .collect();
        assert_eq!(found, [("/amount", code)], "{body}");
    }
}

#[test]
fn schema_is_the_same_in_both_directions() {
    let pattern = r"^-?[0-9]{1,28}(\.[0-9]{1,28})?$";
    for direction in [Direction::Input, Direction::Output] {
        let described = describe::<Price>(direction).unwrap();
        let properties = &described.definitions["Price"].schema["properties"];
        let expected = json!({"type": "string", "format": "decimal", "pattern": pattern});
        assert_eq!(properties["amount"], expected);
        let expected = json!({"type": ["string", "null"], "format": "decimal", "pattern": pattern});
        assert_eq!(properties["discount"], expected);
    }
}
