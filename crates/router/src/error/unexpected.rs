//! Errors that a handler does not expect, and no client can do anything about.

use std::{error::Error, fmt, ops::Deref};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

use super::{ApiError, ErrorResponse, Rejection, policy::DEFAULT_POLICY};

/// An error that no client can do anything about, made from any other error by `?`.
///
/// Its status is 500. It is logged once, with the messages of all its sources, and given to the hooks of
/// [`Registry::on_uncaught`](crate::Registry::on_uncaught); the client reads that the server failed, and nothing else.
///
/// ```
/// use purlin_router::prelude::*;
///
/// /// Returns the number of todos.
/// #[get("/todos/count")]
/// async fn count_todos() -> Result<Json<u64>, Unexpected> {
///     let text = std::fs::read_to_string("count.txt")?;
///     Ok(Json(text.parse()?))
/// }
/// ```
///
/// Beside failures that clients have to know, it is a variant:
///
/// ```
/// use purlin_router::prelude::*;
///
/// #[derive(Debug, thiserror::Error, ApiError)]
/// enum TodoError {
///     /// There is no such todo.
///     #[error("todo {0} does not exist")]
///     #[status(404)]
///     NotFound(u64),
///     #[error(transparent)]
///     #[status(transparent)]
///     Unexpected(#[from] Unexpected),
/// }
///
/// fn count(text: &str) -> Result<u64, TodoError> {
///     // One conversion to `Unexpected`, and one by `?` to the variant.
///     Ok(text.parse().map_err(Unexpected::new)?)
/// }
///
/// # assert_eq!(count("12").unwrap(), 12);
/// assert_eq!(count("twelve").unwrap_err().to_string(), "invalid digit found in string");
/// ```
///
/// It does not implement [`Error`] itself, which would rule out the conversion from every error; it dereferences to the
/// error in it. Errors that do not implement [`Error`] either, such as `Box<dyn Error + Send + Sync>` and those of `anyhow`,
/// are converted with [`Unexpected::new`].
pub struct Unexpected(Box<dyn Error + Send + Sync>);

impl Unexpected {
    /// Returns the error as an unexpected one: an error, a boxed error or a message.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(error.into())
    }

    /// Returns the error in it.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Unexpected {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl Deref for Unexpected {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unexpected").field(&self.0).finish()
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ApiError for Unexpected {
    fn responses() -> Vec<ErrorResponse> {
        // As the document describes the 500 of every operation.
        vec![ErrorResponse::new(
            500,
            "internal_server_error",
            "The server failed.",
        )]
    }

    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn code(&self) -> &'static str {
        "internal_server_error"
    }

    fn source_error(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }

    fn is_unexpected(&self) -> bool {
        true
    }
}

impl ResponseError for Unexpected {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        DEFAULT_POLICY.render(&Rejection::api(self))
    }
}
