//! The failures a handler declares in its type.

use std::{error::Error, fmt};

use actix_web::{
    ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::{Map, Value};

use super::ErrorResponse;

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
///     /// There are too many todos.
///     #[error("the list has {limit} todos")]
///     #[status(429)]
///     Full {
///         /// The number of todos a list may have.
///         #[member]
///         limit: u32,
///         /// The seconds after which to try again.
///         #[header("Retry-After")]
///         seconds: Option<u64>,
///     },
///     /// The store is away.
///     #[error("the store replied {0}")]
///     #[status(503)]
///     Store(String),
/// }
///
/// let error = TodoError::NotFound(7);
/// assert_eq!(ApiError::status(&error), 404);
/// assert_eq!(error.code(), "not_found");
/// let error = TodoError::Full { limit: 100, seconds: Some(5) };
/// assert_eq!(error.additional()["limit"], 100);
/// assert_eq!(error.headers()[0].1, "5");
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
    note = "or use a ready-made error of `purlin_router::error::http`, or `purlin_router::error::Unexpected`, to which `?` converts every error"
)]
// The first two are supertraits of the third; where they are missing, the compiler then says so in plain terms.
pub trait ApiError: fmt::Debug + fmt::Display + ResponseError + 'static {
    /// Returns every status this failure can have.
    fn responses() -> Vec<ErrorResponse>;

    /// Returns the status of this one.
    fn status(&self) -> StatusCode;

    /// Returns the stable, machine-readable code of this one, in snake case.
    fn code(&self) -> &'static str;

    /// Returns additional members of the error's body, as Flask-Rebar's
    /// `additional_data`; declare them with [`ErrorResponse::member`]. The document leaves room for others.
    fn additional(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Returns additional headers, such as `Retry-After`; declare them with
    /// [`ErrorResponse::typed_header`].
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    /// Returns the error that caused this one, for the log. The derive returns [`Error::source`], if it is implemented.
    fn source_error(&self) -> Option<&(dyn Error + 'static)> {
        None
    }

    /// Returns whether it is reported as an error that no handler declares: as a 500, to the hooks of
    /// [`Registry::on_uncaught`](crate::Registry::on_uncaught). It is true of [`Unexpected`](super::Unexpected) alone, and
    /// of errors that pass one on.
    fn is_unexpected(&self) -> bool {
        false
    }
}
