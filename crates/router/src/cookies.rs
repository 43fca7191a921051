//! The `Cookie` header of a request (RFC 6265 section 5.4).

use actix_web::{HttpRequest, http::header};

/// Returns the names and values of the cookies of a request, in their order.
///
/// Nothing is decoded: a cookie is opaque bytes. The quotes that may enclose a value (section 4.1.1) are no part of it. What
/// has no `=` is no cookie.
pub(crate) fn all(request: &HttpRequest) -> impl Iterator<Item = (&[u8], &[u8])> {
    request
        .headers()
        .get_all(header::COOKIE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = pair.split_at(at);
            Some((name.trim_ascii(), unquoted(value.get(1..)?.trim_ascii())))
        })
}

fn unquoted(value: &[u8]) -> &[u8] {
    let inside = value
        .strip_prefix(b"\"")
        .and_then(|it| it.strip_suffix(b"\""));
    inside.unwrap_or(value)
}
