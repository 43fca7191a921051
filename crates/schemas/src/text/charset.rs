//! Character encodings, of which UTF-8 alone is read, under every name it is known by.

use super::violation;
use crate::{Location, Rule, Violation};

/// The field in which a form states its encoding (RFC 7578 section 4.6, WHATWG HTML section 4.10.22.5).
pub(super) const FIELD: &str = "_charset_";

/// Returns whether the name of a character encoding is one of UTF-8 or of ASCII, which is a part of it.
#[must_use]
pub fn is_utf8_charset(name: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns the violation of a form that states another encoding than UTF-8.
pub(super) fn check(stated: &[u8]) -> Option<Violation> {
    let stated = String::from_utf8_lossy(stated);
    (!is_utf8_charset(stated.trim())).then(|| {
        let found = stated.into_owned();
        violation(Location::Body, FIELD, Rule::Charset { found })
    })
}
