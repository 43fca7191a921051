//! The header of a token (RFC 7515 section 4).

use std::borrow::Cow;

use jsonwebtoken::Header;
use serde_json::Value;

/// Returns whether a header has nothing that would have to be understood and is
/// not: extensions (`crit`, RFC 7515 section 4.1.11), a payload without encoding
/// (`b64`, RFC 7797), encryption or compression (`enc`, `zip`, RFC 7516).
///
/// Keys that a header brings along (`jwk`, `jku`, `x5u`, `x5c`) are never used.
pub(super) fn is_understood(header: &Header) -> bool {
    let encodes_payload = match header.extras.inner().get("b64") {
        Some(encodes) => *encodes == Value::Bool(true),
        None => true,
    };
    encodes_payload && header.crit.is_none() && header.enc.is_none() && header.zip.is_none()
}

/// Returns whether a token with this `typ` is of an accepted type (RFC 8725 section
/// 3.11). If no type is required, it is unless it has an explicit type other than
/// that of access tokens (RFC 9068 section 4).
pub(super) fn is_accepted_type(typ: Option<&str>, required: &[Cow<'static, str>]) -> bool {
    let typ = typ.map(subtype);
    if required.is_empty() {
        return typ.is_none_or(|typ| {
            let suffix = typ.rsplit_once('+').map(|(_, suffix)| suffix);
            let is_explicit = suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("jwt"));
            !is_explicit || typ.eq_ignore_ascii_case("at+jwt")
        });
    }
    let mut required = required.iter().map(|required| subtype(required));
    typ.is_some_and(|typ| required.any(|required| required.eq_ignore_ascii_case(typ)))
}

/// Returns a media type without the `application/` that may be left out (RFC 7515
/// section 4.1.9).
fn subtype(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((kind, subtype)) if kind.eq_ignore_ascii_case("application") => subtype,
        _ => typ,
    }
}
