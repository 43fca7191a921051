//! Bodies: server and document agree on any bytes.
//!
//! The first byte selects a type (`A` is the first), the rest is the body. The server's verdict is that of
//! `Validator::decode`, the document's that of [`document_validator`]; they may differ only as listed in
//! `docs/document-and-server.md`, each row of which is a case of [`Listed`]. A decoded value is encoded, must be valid by
//! the document of the output, and is decoded again.

use std::{collections::HashSet, fmt, sync::LazyLock};

use purlin_schemas::{DecodeError, Direction, Rule, Schema, Validator};
use serde::{
    Deserializer as _, Serialize,
    de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::{
    bodies,
    document_validator::document_validator,
    shapes::{self, more, patches},
};

/// The target.
pub fn decode(data: &[u8]) {
    let Some((&first, body)) = data.split_first() else {
        return;
    };
    let index = usize::from(first.wrapping_sub(b'A')) % TYPES.len();
    (TYPES[index])(body);
}

type Asked = Box<dyn Fn(&[u8]) + Send + Sync>;

static TYPES: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    vec![
        both::<bodies::Ticket>(),
        both::<bodies::Step>(),
        both::<bodies::Payment>(),
        both::<bodies::Loose>(),
        both::<bodies::Change>(),
        both::<bodies::Flattened>(),
        both::<bodies::Numbers>(),
        both::<bodies::Times>(),
        read::<shapes::Order>(),
        read::<shapes::External>(),
        read::<shapes::Lists>(),
        read::<shapes::Maps>(),
        read::<shapes::Texts>(),
        read::<shapes::Tree>(),
        read::<shapes::Odds>(),
        read::<more::EnumsInside>(),
        read::<more::FlatEnum>(),
        read::<more::Renamed>(),
        read::<more::Wrappers>(),
        read::<more::Rules>(),
        read::<more::Keys>(),
        read::<more::Overlapping>(),
        read::<more::Exact>(),
        read::<patches::Patches>(),
        read::<patches::WholeUpdate>(),
        read::<patches::OneWay>(),
    ]
});

/// A type that is only decoded.
fn read<T: Schema + DeserializeOwned>() -> Asked {
    let reader = Reader::of::<T>();
    Box::new(move |body| drop(reader.verdict::<T>(body)))
}

/// A type that is decoded and encoded.
fn both<T: Schema + DeserializeOwned + Serialize>() -> Asked {
    let reader = Reader::of::<T>();
    let written = document_validator::<T>(Direction::Output);
    Box::new(move |body| {
        let Some(value) = reader.verdict::<T>(body) else {
            return;
        };
        let text = match serde_json::to_string(&value) {
            Ok(text) => text,
            Err(error) => panic!("what was read cannot be written: {error}"),
        };
        let again = serde_json::from_str(&text).unwrap_or(Value::Null);
        if let Err(error) = written.validate(&again) {
            panic!("{text} was read and written, against the document of the output: {error}");
        }
        drop(reader.verdict::<T>(text.as_bytes()));
    })
}

struct Reader {
    validator: Validator,
    document: jsonschema::Validator,
    name: &'static str,
}

impl Reader {
    fn of<T: Schema>() -> Self {
        let validator = match Validator::of::<T>() {
            Ok(validator) => validator,
            Err(errors) => panic!("no validator: {errors}"),
        };
        Self {
            validator,
            document: document_validator::<T>(Direction::Input),
            name: std::any::type_name::<T>(),
        }
    }

    /// Compares both verdicts and returns the decoded value.
    fn verdict<T: Schema + DeserializeOwned>(&self, body: &[u8]) -> Option<T> {
        let server = self.validator.decode::<T>(body);
        if let Err(DecodeError::Invalid(violations)) = &server {
            check_violations(violations);
        }
        let shown = || format!("{}: {}", self.name, String::from_utf8_lossy(body));
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => {
                let rejected = matches!(
                    server,
                    Err(DecodeError::Empty | DecodeError::Malformed { .. })
                );
                assert!(
                    rejected,
                    "no JSON ({error}) but read or blamed on a rule, {}",
                    shown()
                );
                return None;
            }
        };
        let document = self.document.validate(&value);
        match (&document, &server) {
            (Ok(()), Ok(_)) | (Err(_), Err(DecodeError::Invalid(_))) => {}
            (Ok(()), Err(error)) => {
                let listed = listed_rejection(body, &value, error);
                assert!(
                    listed.is_some(),
                    "the server alone rejects {}\n{error:?}",
                    shown()
                );
            }
            (Err(_), Err(error)) => {
                panic!("JSON, and not malformed ({error:?}), {}", shown())
            }
            (Err(error), Ok(_)) => {
                let listed = listed_acceptance(&value);
                assert!(
                    listed.is_some(),
                    "the document alone rejects {}\n{error}",
                    shown()
                );
            }
        }
        server.ok()
    }
}

/// A documented difference.
#[derive(Clone, Copy, Debug)]
enum Listed {
    /// Whole floats beyond 2^53, and integers beyond 64 bits, which `serde_json` reads as such.
    WholeFloat,
    /// An object with a duplicate key.
    Twice,
    /// Similar alternatives, nested deeply.
    Ambiguous,
    /// Values outside of jiff's range.
    BeyondJiff,
    /// An integer beyond 2^53 is rounded where a float is read.
    Rounded,
    /// `xn--` labels are not decoded.
    Label,
}

const EXACT: f64 = 9_007_199_254_740_992.0;

/// Returns why the server may reject what the document accepts.
fn listed_rejection(body: &[u8], value: &Value, error: &DecodeError) -> Option<Listed> {
    let too_often = matches!(error, DecodeError::Invalid(violations)
        if violations.iter().any(|violation| violation.rule == Rule::Ambiguous));
    if too_often {
        Some(Listed::Ambiguous)
    } else if any(value, &|value| {
        value.is_f64() && value.as_f64().is_some_and(|float| float.abs() > EXACT)
    }) {
        Some(Listed::WholeFloat)
    } else if any_text(value, &is_beyond_jiff) {
        Some(Listed::BeyondJiff)
    } else if has_a_key_twice(body) {
        Some(Listed::Twice)
    } else {
        None
    }
}

/// Returns why the server may accept what the document rejects.
fn listed_acceptance(value: &Value) -> Option<Listed> {
    let beyond =
        |value: &Value| !value.is_f64() && value.as_f64().is_some_and(|n| n.abs() >= EXACT);
    if any(value, &beyond) {
        Some(Listed::Rounded)
    } else if any_text(value, &|text| text.to_ascii_lowercase().contains("xn--")) {
        Some(Listed::Label)
    } else {
        None
    }
}

/// Instants near the end of the year 9999, more than nine digits of a fraction, and durations that are not a number
/// of hours, minutes and seconds, or of more than `i64::MAX` seconds.
fn is_beyond_jiff(text: &str) -> bool {
    if text.starts_with("9999-12-3") && text.len() > 10 {
        return true;
    }
    if let Some(duration) = text.strip_prefix('P') {
        return !duration.starts_with('T') || duration.len() > 18;
    }
    text.split_once('.')
        .is_some_and(|(_, fraction)| fraction.bytes().take_while(u8::is_ascii_digit).count() > 9)
}

fn any(value: &Value, holds: &dyn Fn(&Value) -> bool) -> bool {
    holds(value)
        || match value {
            Value::Array(items) => items.iter().any(|item| any(item, holds)),
            Value::Object(members) => members.values().any(|member| any(member, holds)),
            _ => false,
        }
}

fn any_text(value: &Value, holds: &dyn Fn(&str) -> bool) -> bool {
    any(value, &|value| match value {
        Value::String(text) => holds(text),
        Value::Object(members) => members.keys().any(|key| holds(key)),
        _ => false,
    })
}

/// Checks that every violation has a JSON Pointer (RFC 6901) and a code in snake case.
pub(crate) fn check_violations(violations: &[purlin_schemas::Violation]) {
    assert!(!violations.is_empty(), "rejected without a violation");
    assert!(
        violations.len() <= purlin_schemas::MAX_VIOLATIONS,
        "more violations than a response lists"
    );
    for violation in violations {
        let pointer = &violation.pointer;
        let starts = pointer.is_empty() || pointer.starts_with('/');
        let escapes = pointer.split('~').skip(1);
        let escaped = escapes.into_iter().all(|rest| rest.starts_with(['0', '1']));
        assert!(starts && escaped, "no JSON Pointer: {pointer:?}");
        let code = violation.code();
        let snake = code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(!code.is_empty() && snake, "no code: {code:?}");
        assert!(!violation.message().is_empty(), "no message for {code}");
    }
}

fn has_a_key_twice(body: &[u8]) -> bool {
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut twice = Twice(false);
    json.deserialize_any(&mut twice).is_ok() && twice.0
}

/// Parses any JSON and records whether an object has a duplicate key.
struct Twice(bool);

impl<'de> DeserializeSeed<'de> for &mut Twice {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Twice {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = members.next_key::<String>()? {
            self.0 |= !keys.insert(key);
            members.next_value_seed(&mut *self)?;
        }
        Ok(())
    }
}
