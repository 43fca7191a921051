//! The `Authorization` header (RFC 9110 section 11.6.2).

use actix_web::{HttpRequest, http::header};

use super::AuthFailure;

/// Returns the credentials a request has for a scheme.
///
/// # Errors
///
/// Returns [`AuthFailure::Missing`] when the header is absent or of another
/// scheme, [`AuthFailure::Invalid`] when it is repeated or malformed.
pub(super) fn credentials<'r>(
    request: &'r HttpRequest,
    wanted: &str,
) -> Result<&'r str, AuthFailure> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next().ok_or(AuthFailure::Missing)?;
    if values.next().is_some() {
        return Err(AuthFailure::Invalid);
    }
    let value = value.to_str().map_err(|_| AuthFailure::Invalid)?.trim();
    let (scheme, credentials) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case(wanted) {
        return Err(AuthFailure::Missing);
    }
    match credentials.trim() {
        "" => Err(AuthFailure::Invalid),
        credentials => Ok(credentials),
    }
}
