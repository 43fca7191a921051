//! Bodies: from bytes to a value of the declared type, or to every violation there is.
//!
//! Two lanes. The *fast lane* deserialises straight from the bytes and calls the type's own checks: what a careful
//! author would write by hand. Only when it refuses, the *slow lane* reads the bytes into a JSON value and walks
//! the type's contract over it, so that the answer names all violations. Types of which serde buffers a part
//! before it decides (flattened, untagged, internally tagged), or whose formats are stricter in the document than
//! in Rust, take the slow lane always ([`Validator::is_strict`]).
//!
//! Every violation means every one of the contract. Rules that only the program knows, `custom` and those of a
//! [`Schema::check`] written by hand, are asked of a value of the type: where serde cannot make one, they are not
//! asked, and their violations come once it can.
//!
//! What is read here is JSON; text of queries, headers and paths is the business of [`crate::text`].

mod cache;
mod pointed;
pub(crate) mod reader;
mod reason;

use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::strict::{self, whole};
use crate::{
    InstanceLocation, Location, Report, Rule, Schema, Validator, ValidatorErrors, Violation,
};

/// The most violations one answer lists; what comes after them is not worth the bytes.
pub const MAX_VIOLATIONS: usize = 100;

/// Why a body could not be read as the declared type.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no bytes at all.
    Empty,
    /// The bytes are not JSON (RFC 8259), not UTF-8, or nested deeper than 128 levels.
    Malformed {
        /// The line of the first fault, counted from 1.
        line: usize,
        /// The column of the first fault, in bytes, counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// JSON, but not what the contract asks for: at most [`MAX_VIOLATIONS`] violations. Those of `custom` rules are
    /// among them where the body could be read as a value of the type.
    Invalid(Vec<Violation>),
    /// The type has no contract that could be told truthfully: a mistake of the program, not of the body. Only
    /// [`decode`] says so; a [`Validator`] at hand has none of these errors.
    Validator(ValidatorErrors),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("the body is empty"),
            Self::Malformed {
                line,
                column,
                message,
            } => {
                write!(
                    formatter,
                    "the body is not JSON: {message} at line {line} column {column}"
                )
            }
            Self::Invalid(violations) => write!(
                formatter,
                "the body breaks its validator {} times",
                violations.len()
            ),
            Self::Validator(errors) => write!(formatter, "the type has no validator: {errors}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads `T` from a JSON body, for use without a server.
///
/// The contract of `T` is built on the first call for each type and kept for the life of the process (building
/// takes in the order of 50 µs, finding it again some 20 ns). Who holds a [`Validator`] calls
/// [`Validator::decode`] instead.
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
    cache::contract_of::<T>()
        .map_err(DecodeError::Validator)?
        .decode(body)
}

impl Validator {
    /// Reads a JSON body as `T`, the type this contract was made of.
    ///
    /// # Errors
    /// See [`DecodeError`]; [`DecodeError::Invalid`] holds every violation, each once, at most
    /// [`MAX_VIOLATIONS`].
    pub fn decode<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Result<T, DecodeError> {
        if !self.is_strict()
            && let Some(value) = read_quickly(body)
        {
            return Ok(value);
        }
        self.decode_slowly(body)
    }

    #[cold]
    fn decode_slowly<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Result<T, DecodeError> {
        if body.is_empty() {
            return Err(DecodeError::Empty);
        }
        let text =
            std::str::from_utf8(body).map_err(|error| not_utf8(body, error.valid_up_to()))?;
        let mut violations = Vec::new();
        let value = reader::read(text, &mut violations).map_err(|error| malformed(&error))?;
        self.validate(Location::Body, &value, &mut violations);
        self.conclude(Location::Body, value, violations)
            .map_err(DecodeError::Invalid)
    }
}

/// The fast lane: one pass over the bytes, no report. `None` says nothing but that the slow lane must look.
#[inline]
fn read_quickly<T: DeserializeOwned + Schema>(body: &[u8]) -> Option<T> {
    // Looking at all bytes at once costs less than looking at each string.
    let mut json = serde_json::Deserializer::from_str(std::str::from_utf8(body).ok()?);
    let value: T = strict::read(&mut json).ok()?;
    json.end().ok()?;
    passes(&value).then_some(value)
}

/// Whether a value that was read keeps the rules serde knows nothing of.
#[inline]
pub(crate) fn passes<T: Schema>(value: &T) -> bool {
    let mut report = Report::new();
    value.check(InstanceLocation::ROOT, &mut report);
    report.is_clean()
}

impl Validator {
    /// The end of every slow lane: `T` from a value that was walked, or the violations of the walk, of the type's
    /// own checks and, when neither found any, of serde.
    pub(crate) fn conclude<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        mut value: Value,
        mut violations: Vec<Violation>,
    ) -> Result<T, Vec<Violation>> {
        if self.is_read_too_often(&value) {
            if violations.is_empty() {
                violations.push(Violation {
                    location,
                    pointer: String::new(),
                    rule: Rule::Ambiguous,
                });
            }
            return Err(each_once(violations));
        }
        let mut read: Result<T, _> = strict::read(&value);
        // serde shows buffered numbers to the type as they are, out of the adapter's sight.
        if read.is_err() && make_whole(&mut value) {
            read = strict::read(&value);
        }
        if let Ok(read) = &read {
            let mut report = Report::new();
            read.check(InstanceLocation::ROOT, &mut report);
            // The walk has found these too, and knows the place of what is in a map more closely.
            let is_walked = |checked: &Violation| {
                violations.iter().any(|walked| {
                    let rest = walked.pointer.strip_prefix(&checked.pointer);
                    walked.code() == checked.code()
                        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
            };
            let mut checked = report.into_violations(location);
            checked.retain(|violation| !is_walked(violation));
            violations.extend(checked);
        }
        match read {
            Ok(read) if violations.is_empty() => Ok(read),
            Err(_) if violations.is_empty() => Err(vec![reason::of::<T>(location, &value)]),
            _ => Err(each_once(violations)),
        }
    }
}

/// Makes integers of the floats that stand for one; whether there were any.
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

/// A rule that both the walk and the checks found broken is one violation, and of a name that is not known at
/// all it need not be said that it came twice.
fn each_once(violations: Vec<Violation>) -> Vec<Violation> {
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
        let is_said = is_known || (is_repeated && unknown.contains(&violation.pointer));
        if !is_said && once.len() < MAX_VIOLATIONS {
            once.push(violation);
        }
    }
    once
}

/// What is wrong with text that is not JSON.
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
