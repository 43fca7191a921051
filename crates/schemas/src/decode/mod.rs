//! Decoding bodies: from bytes to a value of the declared type, or to all violations.
//!
//! There are two paths. The *fast path* deserialises straight from the bytes and calls the type's own checks, as
//! handwritten code would. When it fails, the *slow path* parses the bytes into an [`Instance`] and validates it against
//! the schema, so that the error lists all violations. What serde would buffer before it decides (flattened, untagged,
//! internally tagged) is buffered and validated on the fast path as well (`strict/`).
//!
//! Rules that only the program knows, `custom` and those of a handwritten [`Schema::check`], are checked on a value
//! of the type: where serde cannot produce one, their violations are missing from the list.
//!
//! This module reads JSON; queries, headers and paths are read by [`crate::text`].

mod cache;
mod reason;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::{
    InstanceLocation, Location, MAX_VIOLATIONS, Report, Rule, Schema, Validator, ValidatorErrors,
    Violation, Violations,
    instance::{self, Instance, ReadError},
    strict,
    validator::Guide,
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
        match self.attempt(body) {
            Attempt::Read(value, report) if report.is_clean() => Ok(value),
            attempt => self.decode_slow(body, attempt),
        }
    }

    /// The fast path: one pass over the bytes.
    #[inline]
    fn attempt<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Attempt<T> {
        if self.rereads() {
            return Attempt::None;
        }
        let guide = self.guide();
        match read_fast(body, guide) {
            Some(value) => Attempt::checked(value),
            None if guide.is_none() => Attempt::Failed,
            // Without its guide serde may read it.
            None => Attempt::None,
        }
    }

    #[cold]
    fn decode_slow<T: DeserializeOwned + Schema>(
        &self,
        body: &[u8],
        attempt: Attempt<T>,
    ) -> Result<T, DecodeError> {
        let (body, attempt) = match body.strip_prefix(BYTE_ORDER_MARK) {
            None => (body, attempt),
            Some(body) => match self.attempt(body) {
                Attempt::Read(value, report) if report.is_clean() => return Ok(value),
                attempt => (body, attempt),
            },
        };
        if body.is_empty() {
            return Err(DecodeError::Empty);
        }
        let text =
            std::str::from_utf8(body).map_err(|error| not_utf8(body, error.valid_up_to()))?;
        let mut violations = Vec::new();
        let instance = instance::read(text, &mut violations).map_err(|error| malformed(&error))?;
        self.validate_into(Location::Body, &instance, &mut violations);
        self.finish(Location::Body, &instance, violations, attempt)
            .map_err(DecodeError::Invalid)
    }
}

#[inline]
fn read_fast<T: DeserializeOwned>(body: &[u8], guide: Guide<'_>) -> Option<T> {
    // Checking all bytes at once for UTF-8 costs less than checking each string.
    let mut json = serde_json::Deserializer::from_str(std::str::from_utf8(body).ok()?);
    let value: T = strict::read(&mut json, guide).ok()?;
    json.end().ok()?;
    Some(value)
}

/// What the fast path has made of a body, or of text.
pub(crate) enum Attempt<T> {
    /// Nothing: it was not tried, or says nothing about the slow path.
    None,
    /// serde cannot read the type.
    Failed,
    /// The value and what its checks report.
    Read(T, Report),
}

impl<T: Schema> Attempt<T> {
    #[inline]
    fn checked(value: T) -> Self {
        let mut report = Report::new();
        value.check(InstanceLocation::ROOT, &mut report);
        Self::Read(value, report)
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
    /// Finishes every slow path: returns `T` from a validated instance, or the violations found so far with those of the
    /// type's own checks and, if there are none, that of serde.
    pub(crate) fn finish<T: DeserializeOwned + Schema>(
        &self,
        location: Location,
        instance: &Instance<'_>,
        mut violations: Vec<Violation>,
        attempt: Attempt<T>,
    ) -> Result<T, Violations> {
        if self.is_too_ambiguous(instance) {
            if violations.is_empty() {
                violations.push(Violation::new(location, "", Rule::Ambiguous));
            }
            return Err(dedup(violations));
        }
        let read = match attempt {
            Attempt::Read(value, report) => Ok((value, report)),
            // Only of duplicate members does an instance have one that can be read.
            Attempt::Failed if !violations.is_empty() && !violations.iter().any(is_duplicate) => {
                return Err(dedup(violations));
            }
            Attempt::None | Attempt::Failed => instance.read::<T>().map(|value| {
                let mut report = Report::new();
                value.check(InstanceLocation::ROOT, &mut report);
                (value, report)
            }),
        };
        match read {
            Ok((value, report)) => {
                add_checked(report.into_violations(location), &mut violations);
                if violations.is_empty() {
                    return Ok(value);
                }
            }
            Err(error) if violations.is_empty() => violations.push(reason::of(location, error)),
            Err(_) => {}
        }
        Err(dedup(violations))
    }

    /// Returns why serde rejects an instance that satisfies the schema.
    pub(crate) fn why_rejected<T: DeserializeOwned>(
        &self,
        instance: &Instance<'_>,
    ) -> Option<Violation> {
        let read = instance.read::<T>();
        read.err().map(|error| reason::of(Location::Body, error))
    }
}

/// Adds what the checks of a type have found and the validator has not: its pointers into maps are more precise.
fn add_checked(mut checked: Vec<Violation>, violations: &mut Vec<Violation>) {
    checked.retain(|checked| {
        !violations.iter().any(|known| {
            let rest = known.pointer.strip_prefix(&checked.pointer);
            known.code() == checked.code()
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    });
    violations.append(&mut checked);
}

/// Reads an instance as `T` if the schema of `T` accepts it.
pub(crate) fn accepted<T: DeserializeOwned + Schema>(
    instance: &Instance<'_>,
) -> Option<Result<T, ReadError>> {
    let validator = cache::validator_of::<T>().ok()?;
    validator.is_satisfied_by(instance).then(|| instance.read())
}

fn is_duplicate(violation: &Violation) -> bool {
    violation.rule == Rule::DuplicateField
}

/// Removes duplicates: violations found by both the validator and the checks, and duplicate keys of unknown fields.
fn dedup(mut violations: Vec<Violation>) -> Violations {
    if violations.iter().any(is_duplicate) {
        let unknown: BTreeSet<String> = violations
            .iter()
            .filter(|violation| violation.rule == Rule::UnknownField)
            .map(|violation| violation.pointer.clone())
            .collect();
        violations.retain(|it| !(is_duplicate(it) && unknown.contains(&it.pointer)));
    }
    let mut once: Vec<Violation> = Vec::with_capacity(violations.len().min(MAX_VIOLATIONS));
    for violation in violations {
        let is_known = once
            .iter()
            .any(|known| known.pointer == violation.pointer && known.code() == violation.code());
        if !is_known && once.len() < MAX_VIOLATIONS {
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
