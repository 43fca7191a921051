//! The failures a handler declares in its type.

use std::borrow::Cow;

use actix_web::{
    ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::{Map, Value};

/// One status an [`ApiError`] can have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorResponse {
    /// The HTTP status, 400 to 599.
    pub status: u16,
    /// The stable, machine-readable code of the failure, in snake case.
    pub code: Cow<'static, str>,
    /// Its description in the document.
    pub description: Cow<'static, str>,
    /// Headers it may have, with their descriptions.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl ErrorResponse {
    /// An error response of a status, with its code and description.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            description: description.into(),
            headers: Vec::new(),
        }
    }

    /// Adds a header it may have, for the document.
    #[must_use]
    pub fn header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers.push((name.into(), description.into()));
        self
    }
}

/// A failure that knows its status, so that a handler's type says which
/// failures are possible.
///
/// Derived beside `thiserror::Error`:
///
/// ```
/// use purlin_router::ApiError;
///
/// #[derive(Debug, thiserror::Error, ApiError)]
/// enum TodoError {
///     /// There is no such todo.
///     #[error("todo {0} does not exist")]
///     #[status(404)]
///     NotFound(u64),
///     /// The store is away.
///     #[error("the store replied {0}")]
///     #[status(503)]
///     Store(String),
/// }
///
/// let error = TodoError::NotFound(7);
/// assert_eq!(ApiError::status(&error), 404);
/// assert_eq!(error.code(), "not_found");
/// ```
///
/// It is an actix [`ResponseError`] as well, so that a plain actix handler can
/// return it.
///
/// The client reads the `Display` text of failures below 500. From 500 up it
/// reads the status's reason phrase, and the text goes to the log.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which status it has",
    label = "not an `ApiError`",
    note = "put `#[derive(Debug, thiserror::Error, purlin_router::ApiError)]` on it and `#[status(404)]` on each variant",
    note = "or use a ready-made error of `purlin_router::error::http`"
)]
pub trait ApiError: std::error::Error + ResponseError + 'static {
    /// Returns every status this failure can have.
    fn responses() -> Vec<ErrorResponse>;

    /// Returns the status of this one.
    fn status(&self) -> StatusCode;

    /// Returns the stable, machine-readable code of this one, in snake case.
    fn code(&self) -> &'static str;

    /// Returns additional members of the error's body, as Flask-Rebar's
    /// `additional_data`. The document leaves room for them.
    fn additional(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Returns additional headers, such as `Retry-After`; declare them with
    /// [`ErrorResponse::header`].
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }
}
