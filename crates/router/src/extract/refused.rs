//! Bodies that are refused for what they are, not for what they say: another media type, too much, or not whole.

use std::borrow::Cow;

use actix_web::{HttpRequest, ResponseError, http::StatusCode, http::header};

use crate::{
    context::Context,
    error::{ApiError, Outcome, Rejection},
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
    fn outcomes() -> Vec<Outcome> {
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
    let found = wrong_media_type(context.request(), wanted);
    found.map_or(Ok(()), |found| {
        let status = context.error_style().media_type_status();
        let message = if found.is_empty() {
            format!("the body has no Content-Type; send `{wanted}`")
        } else {
            format!("the body is {found}; send `{wanted}`, in UTF-8 and not compressed")
        };
        Err(Refused::new(status, "unsupported_media_type", message).into())
    })
}

/// What is said in place of what is wanted, if that is not said.
fn wrong_media_type(request: &HttpRequest, wanted: &str) -> Option<String> {
    let headers = request.headers();
    let types: Vec<_> = headers.get_all(header::CONTENT_TYPE).collect();
    let is_wanted = |value: &&header::HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        essence(value).eq_ignore_ascii_case(wanted) && is_utf8(value)
    };
    let coded = headers
        .get_all(header::CONTENT_ENCODING)
        .find(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    // Of two types nobody knows which is meant (RFC 9110 section 5.3).
    let refused = match (types.as_slice(), coded) {
        ([one], None) if is_wanted(one) => return None,
        ([one], Some(coding)) if is_wanted(one) => vec![coding],
        (all, _) => all.to_vec(),
    };
    let quoted = refused
        .iter()
        .map(|value| format!("`{}`", value.as_bytes().escape_ascii()));
    Some(quoted.collect::<Vec<_>>().join(" and "))
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
