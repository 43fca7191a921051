//! Which `Content-Encoding` a body may have (RFC 9110 section 8.4): none, or where a registry accepts compressed requests,
//! one of gzip and brotli.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap, HeaderValue},
};

use super::body_error::{BodyError, quoted};
use crate::{context::Context, error::Rejection};

/// The codings of compressed requests, as `Accept-Encoding` lists them.
const ACCEPTED: &str = "gzip, br";

/// Returns the one coding of a body other than `identity`; `Err` for several.
fn only(headers: &HeaderMap) -> Result<Option<&str>, ()> {
    let mut found = None;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for coding in value.to_str().map_err(drop)?.split(',').map(str::trim) {
            if coding.is_empty() || coding.eq_ignore_ascii_case("identity") {
                continue;
            }
            if found.replace(coding).is_some() {
                return Err(());
            }
        }
    }
    Ok(found)
}

/// Returns the coding by which a compressed body is decoded.
#[cfg(feature = "compression")]
pub(crate) fn decodable(headers: &HeaderMap) -> Option<crate::coding::Coding> {
    use crate::coding::Coding;

    match only(headers).ok()?? {
        // RFC 9110 section 8.4.1.3.
        gzip if gzip.eq_ignore_ascii_case("gzip") || gzip.eq_ignore_ascii_case("x-gzip") => {
            Some(Coding::Gzip)
        }
        br if br.eq_ignore_ascii_case("br") => Some(Coding::Brotli),
        _ => None,
    }
}

#[cfg(not(feature = "compression"))]
fn decodable(_: &HeaderMap) -> Option<()> {
    None
}

/// Returns whether a body is decoded while it is read.
pub(crate) fn is_decoded(context: &Context<'_>) -> bool {
    context.accepts_compressed() && decodable(context.request().headers()).is_some()
}

/// Checks that a body is not compressed, or in a coding that is accepted.
pub(crate) fn check(context: &Context<'_>) -> Result<(), Rejection> {
    let headers = context.request().headers();
    // Nearly every body.
    if !headers.contains_key(header::CONTENT_ENCODING)
        || is_decoded(context)
        || only(headers) == Ok(None)
    {
        return Ok(());
    }
    let values = headers.get_all(header::CONTENT_ENCODING);
    let found = quoted(values);
    let (remedy, accepted) = if context.accepts_compressed() {
        (
            "send it in one of `gzip` and `br`, or uncompressed",
            ACCEPTED,
        )
    } else {
        ("send it uncompressed", "identity")
    };
    let status = context.error_policy().media_type_status();
    let message = format!("the body has the content coding {found}; {remedy}");
    let error = BodyError::new(status, "unsupported_media_type", message);
    // RFC 9110 section 15.5.16.
    Err(match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let accepted = HeaderValue::from_static(accepted);
            error.with_header(header::ACCEPT_ENCODING, accepted).into()
        }
        _ => error.into(),
    })
}
