//! The two verdicts on a body, and its violations: that of the server is `Validator::decode`, that of the document is
//! the crate `jsonschema`, which Purlin does not use itself.

mod document_validator;

use purlin_schemas::{DecodeError, Direction, Schema, Validator, Violation, Violations};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use document_validator::document_validator;

/// Whether the server and the document accept a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdicts {
    pub(crate) server: bool,
    pub(crate) document: bool,
}

pub(crate) const BOTH_ACCEPT: Verdicts = Verdicts {
    server: true,
    document: true,
};

pub(crate) const BOTH_REJECT: Verdicts = Verdicts {
    server: false,
    document: false,
};

pub(crate) const ONLY_THE_SERVER_REJECTS: Verdicts = Verdicts {
    server: false,
    document: true,
};

/// Decodes a JSON body as a type and validates it by the document.
pub(crate) fn verdicts<T: Schema + DeserializeOwned>(body: &str) -> Verdicts {
    let read: Value = serde_json::from_str(body).unwrap();
    Verdicts {
        server: server::<T>(body).is_ok(),
        document: document_validator::<T>(Direction::Input).is_valid(&read),
    }
}

/// Decodes a body as the server does.
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
