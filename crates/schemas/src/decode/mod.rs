//! Decoding bodies: from bytes to a value of the declared type, or to all violations.
//!
//! There are two paths. The *fast path* deserialises straight from the bytes and calls the type's own checks, as
//! handwritten code would. When it fails, the *slow path* parses the bytes into a JSON value and validates it against
//! the schema, so that the error lists all violations. What serde would buffer before it decides (flattened, untagged, internally
//! tagged) is buffered and validated on the fast path as well (`strict/`).
//!
//! Rules that only the program knows, `custom` and those of a handwritten [`Schema::check`], are checked on a value
//! of the type: where serde cannot produce one, their violations are missing from the list.
//!
//! This module reads JSON; queries, headers and paths are read by [`crate::text`].

mod cache;
pub(crate) mod reader;
mod reason;
mod value_deserializer;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    InstanceLocation, Location, MAX_VIOLATIONS, Report, Rule, Schema, Validator, ValidatorErrors,
    Violation, Violations, floats::whole, strict, validator::Guide,
};

/// The error of decoding a body.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is empty.
    #[error("the body is empty")]
    Empty,
    /// The body is not JSON (RFC 8259), not UTF-8, or nested deeper than 128 levels.
    #[error("the body is not valid JSON: {message} at line {line} column {column}")]
    Malformed {
        /// The line of the first error, counted from 1.
        line: usize,
        /// The column of the first error, in bytes, counted from 1.
        column: usize,
        /// The error.
        message: String,
    },
    /// The body is JSON, but violates the schema: at most [`MAX_VIOLATIONS`] violations. Those of `custom` rules are
    /// included where the body could be read as a value of the type.
    #[error("the body is invalid: {0}")]
    Invalid(Violations),
    /// The type has no schema that states the truth: an error of the program, not of the body. Only [`decode`]
    /// returns it; a [`Validator`] has none of these errors.
    #[error("the type has no valid schema: {0}")]
    Validator(ValidatorErrors),
}

/// Decodes `T` from a JSON body, for use without a server.
///
/// The validator of `T` is compiled on the first call for each type and kept for the life of the process (compiling
/// takes about 50 µs, a lookup about 20 ns). With a [`Validator`] at hand, call [`Validator::decode`] instead.
///
/// # Errors
/// See [`DecodeError`].
///
/// ```
/// # use purlin_schemas::{decode, schema, DecodeError};
/// #[schema]
/// struct Guest {
///     #[garde(length(chars, min = 1))]
///     name: String,
///     age: u8,
/// }
///
/// let guest: Guest = decode(br#"{"name": "Ada", "age": 36}"#)?;
/// assert_eq!(guest.age, 36);
///
/// let Err(DecodeError::Invalid(violations)) = decode::<Guest>(br#"{"name": "", "age": 300}"#) else { panic!() };
/// let pointers: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
/// assert_eq!(pointers, ["/age", "/name"]);
/// # Ok::<_, DecodeError>(())
/// ```
pub fn decode<T: DeserializeOwned + Schema>(body: &[u8]) -> Result<T, DecodeError> {
    cache::validator_of::<T>()
        .map_err(DecodeError::Validator)?
        .decode(body)
}

/// U+FEFF in UTF-8. It may be ignored at the start of JSON (RFC 8259 section 8.1).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Validator {
    /// Decodes a JSON body as `T`, the type of this validator. A byte order mark before it is ignored.
    ///
    /// # Errors
    /// See [`DecodeError`]; [`DecodeError::Invalid`] holds each violation once, at most [`MAX_VIOLATIONS`].
    pub fn decode<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Result<T, DecodeError> {
        match self.decode_fast(body) {
            Some(value) => Ok(value),
            None => self.decode_slow(body),
        }
    }

    /// The fast path: one pass over the bytes without a report. `None` means no more than that the slow path has to
    /// decide.
    #[inline]
    fn decode_fast<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Option<T> {
        if self.rereads() {
            return None;
        }
        // Checking all bytes at once for UTF-8 costs less than checking each string.
        let mut json = serde_json::Deserializer::from_str(std::str::from_utf8(body).ok()?);
        let value: T = strict::read(&mut json, self.guide()).ok()?;
        json.end().ok()?;
        is_valid(&value).then_some(value)
    }

    #[cold]
    fn decode_slow<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Result<T, DecodeError> {
        let body = match body.strip_prefix(BYTE_ORDER_MARK) {
            None => body,
            Some(body) => match self.decode_fast(body) {
                Some(value) => return Ok(value),
                None => body,
            },
        };
        if body.is_empty() {
            return Err(DecodeError::Empty);
        }
        let text =
            std::str::from_utf8(body).map_err(|error| not_utf8(body, error.valid_up_to()))?;
        let mut violations = Vec::new();
        let value = reader::read(text, &mut violations).map_err(|error| malformed(&error))?;
        self.validate_into(Location::Body, &value, &mut violations);
        self.finish(Location::Body, value, violations)
            .map_err(DecodeError::Invalid)
    }
}

/// Returns whether a value satisfies the rules that serde does not check.
#[inline]
pub(crate) fn is_valid<T: Schema>(value: &T) -> bool {
    let mut report = Report::new();
    value.check(InstanceLocation::ROOT, &mut report);
    report.is_clean()
}

impl Validator {
    /// Finishes every slow path: returns `T` from a validated value, or the violations found so far with those of the
    /// type's own checks and, if there are none, that of serde.
    pub(crate) fn finish<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        mut value: Value,
        mut violations: Vec<Violation>,
    ) -> Result<T, Violations> {
        if self.is_too_ambiguous(&value) {
            if violations.is_empty() {
                violations.push(Violation::new(location, "", Rule::Ambiguous));
            }
            return Err(dedup(violations));
        }
        let read: Result<T, _> = read_whole(&mut value);
        if let Ok(read) = &read {
            let mut report = Report::new();
            read.check(InstanceLocation::ROOT, &mut report);
            // The validator has found these too, and its pointers into maps are more precise.
            let is_known = |checked: &Violation| {
                violations.iter().any(|known| {
                    let rest = known.pointer.strip_prefix(&checked.pointer);
                    known.code() == checked.code()
                        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
            };
            let mut checked = report.into_violations(location);
            checked.retain(|violation| !is_known(violation));
            violations.extend(checked);
        }
        match read {
            Ok(read) if violations.is_empty() => Ok(read),
            Err(_) if violations.is_empty() => Err(vec![reason::of::<T>(location, &value)].into()),
            _ => Err(dedup(violations)),
        }
    }
}

impl Validator {
    /// Returns why serde rejects a value that satisfies the schema.
    pub(crate) fn why_rejected<T: DeserializeOwned>(&self, mut value: Value) -> Option<Violation> {
        let read = read_whole::<T>(&mut value);
        read.is_err()
            .then(|| reason::of::<T>(Location::Body, &value))
    }
}

/// Reads a value whose schema may allow floats for integers.
pub(crate) fn read_whole<T: DeserializeOwned>(value: &mut Value) -> Result<T, serde_json::Error> {
    let read = strict::read(&*value, Guide::NONE);
    // serde passes buffered numbers to the type as they are, past the adapter.
    if read.is_err() && make_whole(value) {
        return strict::read(&*value, Guide::NONE);
    }
    read
}

/// Reads a value as `T` if the schema of `T` accepts it.
pub(crate) fn accepted<T: DeserializeOwned + Schema>(
    value: &Value,
) -> Option<Result<T, serde_json::Error>> {
    let validator = cache::validator_of::<T>().ok()?;
    validator
        .is_satisfied_by(value)
        .then(|| read_whole(&mut value.clone()))
}

/// Converts floats with an integral value to integers; returns whether there were any.
fn make_whole(value: &mut Value) -> bool {
    let one = |any, value| make_whole(value) || any;
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().and_then(whole);
            if let Some(integer) = whole {
                *number = integer.into();
            }
            whole.is_some()
        }
        Value::Array(items) => items.iter_mut().fold(false, one),
        Value::Object(members) => members.values_mut().fold(false, one),
        _ => false,
    }
}

/// Removes duplicates: violations found by both the validator and the checks, and duplicate keys of unknown fields.
fn dedup(violations: Vec<Violation>) -> Violations {
    let unknown: BTreeSet<String> = violations
        .iter()
        .filter(|violation| violation.rule == Rule::UnknownField)
        .map(|violation| violation.pointer.clone())
        .collect();
    let mut once: Vec<Violation> = Vec::with_capacity(violations.len().min(MAX_VIOLATIONS));
    for violation in violations {
        let is_known = once.iter().any(|known| {
            known.pointer == violation.pointer && known.rule.code() == violation.rule.code()
        });
        let is_repeated = violation.rule == Rule::DuplicateField;
        let is_redundant = is_known || (is_repeated && unknown.contains(&violation.pointer));
        if !is_redundant && once.len() < MAX_VIOLATIONS {
            once.push(violation);
        }
    }
    once.into()
}

/// Returns the error of text that is not JSON.
pub(crate) fn malformed(error: &serde_json::Error) -> DecodeError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&message)
        .to_owned();
    DecodeError::Malformed {
        line,
        column,
        message,
    }
}

fn not_utf8(body: &[u8], valid_up_to: usize) -> DecodeError {
    let before = &body[..valid_up_to];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .count();
    DecodeError::Malformed {
        line,
        column,
        message: "invalid UTF-8".to_owned(),
    }
}
