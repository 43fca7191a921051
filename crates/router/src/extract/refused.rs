//! Bodies that are refused for what they are, not for what they say: another media type, too much, or not whole.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use crate::{
    context::Context,
    error::{ApiError, ErrorResponse, Rejection},
};

/// A body that is refused.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
}

impl Refused {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let message = message.into();
        Self {
            status,
            code,
            message,
        }
    }

    pub(crate) fn too_large(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content_too_large", message)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.status
    }
}

impl ApiError for Refused {
    fn responses() -> Vec<ErrorResponse> {
        Vec::new()
    }

    fn status(&self) -> StatusCode {
        self.status
    }

    fn code(&self) -> &'static str {
        self.code
    }
}

impl From<Refused> for Rejection {
    fn from(refused: Refused) -> Self {
        Self::api(&refused)
    }
}

/// Whether a body is of one media type, in UTF-8 and not compressed.
pub(crate) fn check_media_type(context: &Context<'_>, wanted: &str) -> Result<(), Rejection> {
    let is_wanted = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        essence(value).eq_ignore_ascii_case(wanted) && is_utf8(value)
    };
    let Some(refused) = refused_headers(context.request(), is_wanted) else {
        return Ok(());
    };
    let status = context.error_style().media_type_status();
    let message = if refused.is_empty() {
        format!("the body has no Content-Type; send `{wanted}`")
    } else {
        let found = quoted(refused);
        format!("the body is {found}; send `{wanted}`, in UTF-8 and not compressed")
    };
    Err(Refused::new(status, "unsupported_media_type", message).into())
}

/// The headers by which a body is not of the one media type that is wanted, or is compressed: none at all where it has
/// no media type. `None` for a body that is as wanted.
pub(super) fn refused_headers(
    request: &HttpRequest,
    is_wanted: impl FnOnce(&HeaderValue) -> bool,
) -> Option<Vec<&HeaderValue>> {
    let headers = request.headers();
    let mut types = headers.get_all(header::CONTENT_TYPE);
    let found = types.next();
    // Of two types nobody knows which is meant (RFC 9110 section 5.3).
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

/// Headers as a message shows them.
pub(super) fn quoted<'h>(headers: impl IntoIterator<Item = &'h HeaderValue>) -> String {
    let quoted = headers
        .into_iter()
        .map(|value| format!("`{}`", value.as_bytes().escape_ascii()));
    quoted.collect::<Vec<_>>().join(" and ")
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    let end = media_type.find(';').unwrap_or(media_type.len());
    media_type[..end].trim()
}

/// Whether a media type says nothing of a charset, or UTF-8 (ASCII is a part of it).
pub(crate) fn is_utf8(media_type: &str) -> bool {
    media_type.split(';').skip(1).all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || value.eq_ignore_ascii_case("utf-8")
            || value.eq_ignore_ascii_case("us-ascii")
    })
}
