//! Which `Content-Type` a body may have.

use actix_web::{
    HttpRequest,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use super::{
    body_error::{BodyError, listed, quoted},
    content_coding,
};
use crate::{context::Context, error::Rejection, media};

/// Checks that a body has one media type, in UTF-8, and no content coding that is not accepted.
pub(crate) fn check_media_type(
    context: &Context<'_>,
    wanted: &'static str,
) -> Result<(), Rejection> {
    let is_wanted = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        media::essence(value).eq_ignore_ascii_case(wanted) && media::is_utf8(value)
    };
    match rejected_types(context.request(), is_wanted) {
        None => content_coding::check(context),
        Some(rejected) => Err(unsupported(context, &rejected, &[wanted])),
    }
}

/// Returns the media type of a body without its parameters, where it has exactly one.
pub(crate) fn only(request: &HttpRequest) -> Option<&str> {
    let mut types = request.headers().get_all(header::CONTENT_TYPE);
    let only = types.next().filter(|_| types.next().is_none())?;
    only.to_str().ok().map(media::essence)
}

/// Returns the rejection of a body of other media types than the wanted ones.
#[cold]
pub(crate) fn unsupported(
    context: &Context<'_>,
    found: &[&HeaderValue],
    wanted: &[&str],
) -> Rejection {
    let status = context.error_policy().media_type_status();
    if found.is_empty() {
        let remedy = listed(wanted, "or");
        let message = format!("the body has no Content-Type; send {remedy}");
        return BodyError::new(status, CODE, message).into();
    }
    another_type(status, &quoted(found.iter().copied()), wanted).into()
}

const CODE: &str = "unsupported_media_type";

/// Returns the error of a body of another media type than the wanted ones.
pub(crate) fn another_type(status: StatusCode, found: &str, wanted: &[&str]) -> BodyError {
    let remedy = listed(wanted, "or");
    let message = format!("the body is {found}; send {remedy}, in UTF-8");
    BodyError::new(status, CODE, message)
}

/// Returns the media types for which a body is rejected; an empty list where it has none, and `None` for an accepted body.
pub(crate) fn rejected_types(
    request: &HttpRequest,
    is_wanted: impl FnOnce(&HeaderValue) -> bool,
) -> Option<Vec<&HeaderValue>> {
    let mut types = request.headers().get_all(header::CONTENT_TYPE);
    let found = types.next();
    // Two types are ambiguous (RFC 9110 section 5.3).
    let second = types.next();
    if second.is_none() && found.is_some_and(is_wanted) {
        return None;
    }
    Some(found.into_iter().chain(second).chain(types).collect())
}
