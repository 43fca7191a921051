//! Bodies that are rejected before their content is validated, and how messages list what was sent and what is accepted.

use std::borrow::Cow;

use actix_web::{
    ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};

use crate::error::{ApiError, ErrorResponse};

/// A body that is rejected for its form, before its content is validated.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct BodyError {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl BodyError {
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
            header: None,
        }
    }

    /// Adds a header to the response.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// A part of the body that is larger than its limit.
    #[cfg(feature = "multipart")]
    pub(crate) fn too_large(part: &str, limit: u64) -> Self {
        let message = crate::error::content_too_large(part, limit);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content_too_large", message)
    }
}

impl ResponseError for BodyError {
    fn status_code(&self) -> StatusCode {
        self.status
    }
}

impl ApiError for BodyError {
    fn responses() -> Vec<ErrorResponse> {
        Vec::new()
    }

    fn status(&self) -> StatusCode {
        self.status
    }

    fn code(&self) -> &'static str {
        self.code
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        self.header.iter().cloned().collect()
    }
}

/// Returns headers as a message shows them.
pub(crate) fn quoted<'h>(headers: impl IntoIterator<Item = &'h HeaderValue>) -> String {
    let quoted = headers
        .into_iter()
        .map(|value| format!("`{}`", value.as_bytes().escape_ascii()));
    quoted.collect::<Vec<_>>().join(" and ")
}

/// Returns media types as a message lists them: `` `a`, `b` or `c` ``.
pub(crate) fn listed(names: &[&str], conjunction: &str) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {conjunction} `{last}`", first.join(", "))
        }
    }
}
