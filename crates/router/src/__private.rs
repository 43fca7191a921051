//! Items for the code that the macros generate; not a public interface.

use std::{borrow::Cow, marker::PhantomData};

pub use actix_web;

pub use crate::{auth::Requirement, error::ErrorResponse};

use actix_web::{
    HttpResponse,
    http::{Method, StatusCode},
};

use crate::{
    error::{ApiError, Rejection, policy::DEFAULT_POLICY},
    extractor::{Extractor, Extractors},
    handler::Handler,
    operation::Operation,
    replies::{NoContent, reply::Reply},
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

pub const fn assert_argument<T: Extractor>() {}

pub const fn assert_reply<T: Reply>() {}

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
