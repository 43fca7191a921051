//! The two verdicts on a body, and the violations of one: `Validator::decode` is the server, and the crate
//! `jsonschema`, which Purlin does not use itself, judges the document.

mod judge;

use purlin_schemas::{DecodeError, Direction, Schema, Validator, Violation, Violations};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use judge::judge;

/// What each of the two says of a body: whether it is accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdicts {
    pub(crate) server: bool,
    pub(crate) document: bool,
}

pub(crate) const BOTH_ACCEPT: Verdicts = Verdicts {
    server: true,
    document: true,
};

pub(crate) const BOTH_REFUSE: Verdicts = Verdicts {
    server: false,
    document: false,
};

pub(crate) const ONLY_THE_SERVER_REFUSES: Verdicts = Verdicts {
    server: false,
    document: true,
};

/// Holds a body, written as JSON, against a type and its document.
pub(crate) fn verdicts<T: Schema + DeserializeOwned>(body: &str) -> Verdicts {
    let read: Value = serde_json::from_str(body).unwrap();
    Verdicts {
        server: server::<T>(body).is_ok(),
        document: judge::<T>(Direction::Input).is_valid(&read),
    }
}

/// What the server says of a body.
pub(crate) fn server<T: Schema + DeserializeOwned>(body: &str) -> Result<T, DecodeError> {
    Validator::of::<T>().unwrap().decode(body.as_bytes())
}

/// Returns the violations of a body.
#[track_caller]
pub(crate) fn violations<T: Schema + DeserializeOwned>(body: &str) -> Violations {
    match server::<T>(body) {
        Err(DecodeError::Invalid(violations)) => violations,
        Err(other) => panic!("{body}: {other}"),
        Ok(_) => panic!("{body} is valid"),
    }
}

/// Returns the pointers and codes of violations, sorted.
pub(crate) fn codes(violations: &[Violation]) -> Vec<(String, String)> {
    let mut codes: Vec<_> = violations
        .iter()
        .map(|violation| (violation.pointer.clone(), violation.code().to_owned()))
        .collect();
    codes.sort();
    codes
}

/// Returns expected pointers and codes, to compare with [`codes`].
pub(crate) fn code_pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned()))
        .collect()
}
