//! Which `Content-Type` and `Content-Encoding` a body may have.

use actix_web::{
    HttpRequest,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use super::body::BodyError;
use crate::{context::Context, error::Rejection, media};

/// Checks that a body has one media type, in UTF-8 and not compressed.
pub(crate) fn check_media_type(context: &Context<'_>, wanted: &str) -> Result<(), Rejection> {
    let is_wanted = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        media::essence(value).eq_ignore_ascii_case(wanted) && media::is_utf8(value)
    };
    let Some(rejected) = rejected_headers(context.request(), is_wanted) else {
        return Ok(());
    };
    let status = context.error_policy().media_type_status();
    if rejected.is_empty() {
        let message = format!("the body has no Content-Type; send `{wanted}`");
        return Err(BodyError::new(status, CODE, message).into());
    }
    Err(wrong_media_type(status, &quoted(rejected), wanted).into())
}

const CODE: &str = "unsupported_media_type";

/// Returns the error of a body of another media type than the wanted one.
pub(crate) fn wrong_media_type(status: StatusCode, found: &str, wanted: &str) -> BodyError {
    let message = format!("the body is {found}; send `{wanted}`, in UTF-8 and not compressed");
    BodyError::new(status, CODE, message)
}

/// Returns the headers for which a body is rejected, as they state another media type or a content coding; an empty list
/// where it has no media type, and `None` for an accepted body.
pub(crate) fn rejected_headers(
    request: &HttpRequest,
    is_wanted: impl FnOnce(&HeaderValue) -> bool,
) -> Option<Vec<&HeaderValue>> {
    let headers = request.headers();
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let found = types.next();
    // Two types are ambiguous (RFC 9110 section 5.3).
    let second = types.next();
    let as_wanted = second.is_none() && found.is_some_and(is_wanted);
    let coded = headers
        .get_all(header::CONTENT_ENCODING)
        .find(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    match (as_wanted, coded) {
        (true, None) => None,
        (true, Some(coding)) => Some(vec![coding]),
        (false, _) => Some(found.into_iter().chain(second).chain(types).collect()),
    }
}

/// Returns headers as a message shows them.
pub(crate) fn quoted<'h>(headers: impl IntoIterator<Item = &'h HeaderValue>) -> String {
    let quoted = headers
        .into_iter()
        .map(|value| format!("`{}`", value.as_bytes().escape_ascii()));
    quoted.collect::<Vec<_>>().join(" and ")
}
