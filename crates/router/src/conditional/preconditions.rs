//! The extractor of preconditions, for handlers that change something.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::{Current, EntityTag, Evaluation, is_read, rejection};
use crate::{
    context::Context,
    describe::OperationBuilder,
    error::{Rejection, http::PreconditionFailed},
    extractor::Extractor,
};

/// The preconditions of a request that changes something, `If-Match` and `If-None-Match` (RFC 9110 section 13.1): the client
/// says which state it has seen, so that it does not overwrite the change of another client.
///
/// Only the handler knows the current state, and can keep it from changing until its own change is made.
///
/// ```
/// use purlin_router::{
///     Json, Registry, error::http::PreconditionFailed, extract::{Path, Preconditions}, put,
///     reply::{EntityTag, NoContent}, schema,
/// };
///
/// #[schema]
/// struct Todo {
///     title: String,
/// }
///
/// # fn load(_: u32) -> Option<Todo> { None }
/// # fn store(_: u32, _: Todo) {}
/// #[put("/todos/{id}")]
/// async fn put_todo(
///     id: Path<u32>,
///     preconditions: Preconditions,
///     todo: Json<Todo>,
/// ) -> Result<NoContent, PreconditionFailed> {
///     let current: Option<Todo> = load(*id);
///     preconditions.check(current.as_ref().and_then(EntityTag::of).as_ref())?;
///     store(*id, todo.into_inner());
///     Ok(NoContent)
/// }
/// # Registry::new("Todos", "1").operation(put_todo).build().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Preconditions(HttpRequest);

impl Preconditions {
    /// Compares the preconditions with the tag of the current state; `None` if there is no such resource, for which
    /// `If-None-Match: *` holds and `If-Match` does not.
    ///
    /// # Errors
    ///
    /// [`PreconditionFailed`] if they do not hold: 412.
    pub fn check(&self, current: Option<&EntityTag>) -> Result<(), PreconditionFailed> {
        let current = Current {
            tag: current,
            modified: None,
            exists: current.is_some(),
        };
        match current.evaluate(self.0.method(), self.0.headers()) {
            Evaluation::Failed => Err(rejection()),
            // 304 is for a reply that has a body.
            Evaluation::Proceed | Evaluation::NotModified => Ok(()),
        }
    }

    /// Returns whether the request has `If-Match`, for operations that require it.
    #[must_use]
    pub fn has_if_match(&self) -> bool {
        self.0.headers().contains_key(header::IF_MATCH)
    }
}

#[diagnostic::do_not_recommend]
impl Extractor for Preconditions {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.optional_header(
            header::IF_MATCH.as_str(),
            "Requires that the entity tag of the current state is one of these (RFC 9110 section 13.1.1).",
        );
        if !is_read(describe.method()) {
            describe.optional_header(
                header::IF_NONE_MATCH.as_str(),
                "Requires that the entity tag of the current state is none of these; `*`, that there is none (RFC 9110 section 13.1.2).",
            );
        }
        describe.error(
            412,
            "The resource is not in the state that the request requires.",
        );
    }

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Ok(Self(context.request().clone()))
    }
}

impl FromRequest for Preconditions {
    type Error = Rejection;
    type Future = Ready<Result<Self, Rejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}
