//! Items for the code that the macros generate; not a public interface.

pub mod explain;

use std::{borrow::Cow, error::Error, marker::PhantomData};

pub use actix_web;

pub use crate::{auth::Requirement, error::ErrorResponse};

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use purlin_schemas::Schema;
use serde::Serialize;

pub use serde_json;
use serde_json::{Map, Value};

use crate::{
    error::{ApiError, Rejection, policy::DEFAULT_POLICY},
    extractor::Extractors,
    handler::Handler,
    operation::Operation,
    replies::{HeaderLines, NoContent, reply::Reply},
};

/// A status the macro has checked already.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

pub fn empty_response(code: u16) -> HttpResponse {
    HttpResponse::new(status(code))
}

pub fn error_response<E: ApiError>(error: &E) -> HttpResponse {
    DEFAULT_POLICY.render(&Rejection::api(error))
}

pub fn error_status<E: ApiError>(error: &E) -> StatusCode {
    error.status()
}

/// The additional members that an error carries. A member that is null is left out.
#[derive(Debug, Default)]
pub struct Members(Map<String, Value>);

impl Members {
    #[must_use]
    pub fn with<T: Sent>(mut self, name: &str, value: &T) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            Ok(value) => {
                self.0.insert(name.to_owned(), value);
            }
            Err(error) => {
                log::error!(target: "purlin::error", "the member `{name}` of an error cannot be written: {error}");
            }
        }
        self
    }

    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

/// The headers that an error carries. A header that is null is left out.
#[derive(Debug, Default)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    #[must_use]
    pub fn with<T: Sent>(mut self, name: &str, value: &T) -> Self {
        match header(name, value) {
            Ok(header) => self.0.extend(header),
            Err(reason) => {
                log::error!(target: "purlin::error", "the header `{name}` of an error cannot be sent: {reason}");
            }
        }
        self
    }

    pub fn into_vec(self) -> Vec<(HeaderName, HeaderValue)> {
        self.0
    }
}

fn header<T: Serialize>(name: &str, value: &T) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let lines = HeaderLines::of(name, value)?;
    let values = lines.values.into_iter();
    Ok(values.map(|value| (lines.name.clone(), value)).collect())
}

/// An error that may have a source.
#[derive(Debug)]
pub struct Source<'e, E>(pub &'e E);

impl<'e, E: Error> Source<'e, E> {
    /// Returns the source: an inherent method comes before [`NoSource`]'s.
    pub fn source_error(self) -> Option<&'e (dyn Error + 'static)> {
        self.0.source()
    }
}

/// Stands in for errors that do not implement [`Error`].
pub trait NoSource<'e>: Sized {
    fn source_error(self) -> Option<&'e (dyn Error + 'static)> {
        None
    }
}

impl<'e, E> NoSource<'e> for Source<'e, E> {}

/// A header or a member that an error carries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent with an error: it is not declared as a schema for responses",
    label = "not a schema",
    note = "put `#[schema(response)]` on the type, or `#[schema]` for both directions"
)]
pub trait Sent: Serialize + Schema {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Sent for T {}

pub fn typed_header<T: Sent>(
    response: ErrorResponse,
    name: &'static str,
    description: &'static str,
) -> ErrorResponse {
    response.typed_header::<T>(name, description)
}

pub fn member<T: Sent>(
    response: ErrorResponse,
    name: &'static str,
    description: &'static str,
) -> ErrorResponse {
    response.member::<T>(name, description)
}

/// A handler that is to become an operation.
#[derive(Debug)]
pub struct Declared<F, A> {
    handler: F,
    arguments: PhantomData<A>,
}

impl<F: Handler<A>, A> Declared<F, A> {
    pub fn new(handler: F) -> Self {
        Self {
            handler,
            arguments: PhantomData,
        }
    }
}

impl<F, A> Declared<F, A>
where
    F: Handler<A> + Send + Sync,
    F::Output: Reply,
    A: Extractors,
{
    /// The operation: an inherent method comes before [`StandIn`]'s.
    pub fn operation(self, method: Method, template: impl Into<Cow<'static, str>>) -> Operation {
        Operation::new(method, template, self.handler)
    }
}

/// Stands in for handlers whose types do not match, which the assertions beside
/// it report better than a second error here could.
pub trait StandIn: Sized {
    fn operation(self, _: Method, _: impl Into<Cow<'static, str>>) -> Operation {
        stand_in()
    }
}

impl<F, A> StandIn for Declared<F, A> {}

/// Stands in for an operation where an error is reported; it never runs.
pub fn stand_in() -> Operation {
    Operation::get("/", async || NoContent)
}
