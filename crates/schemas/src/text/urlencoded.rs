//! Bodies that are forms: `application/x-www-form-urlencoded`, read like query strings.

use std::fmt::Write;

use serde::de::DeserializeOwned;

use crate::{Location, Schema, Validator, Violations};

impl Validator {
    /// Reads a form, `application/x-www-form-urlencoded`, as `T`: by the rules of
    /// [`read_query`](Self::read_query), in the body.
    ///
    /// An empty body is a form without fields.
    ///
    /// # Errors
    /// All violations, each with the field's name as its pointer, at most [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
    ///
    /// ```
    /// # use purlin_schemas::{schema, Validator};
    /// #[schema(request)]
    /// struct Login {
    ///     #[garde(length(min = 1))]
    ///     name: String,
    ///     remember: bool,
    /// }
    ///
    /// let validator = Validator::of::<Login>().unwrap();
    /// let login: Login = validator.read_form(b"name=Ada+Lovelace&remember=true").unwrap();
    /// assert_eq!((login.name.as_str(), login.remember), ("Ada Lovelace", true));
    ///
    /// let violations = validator.read_form::<Login>(b"name=&remember=yes").err().unwrap();
    /// let found: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.code())).collect();
    /// assert_eq!(found, [("/name", "min_length"), ("/remember", "type")]);
    /// ```
    pub fn read_form<T: DeserializeOwned + Schema>(&self, body: &[u8]) -> Result<T, Violations> {
        match std::str::from_utf8(body) {
            Ok(raw) => self.read_pairs(Location::Body, raw, false),
            Err(_) => self.read_pairs(Location::Body, &encoded(body), false),
        }
    }
}

/// Percent-encodes a body that is not UTF-8, so that the invalid field can be reported.
#[cold]
fn encoded(body: &[u8]) -> String {
    let mut raw = String::with_capacity(body.len() + 16);
    for byte in body {
        if byte.is_ascii() {
            raw.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(raw, "%{byte:02X}");
        }
    }
    raw
}
