//! What a handler may return. The ready-made replies are in `replies/` and `json.rs`.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode};

use crate::{
    context::Context,
    describe::OperationBuilder,
    error::{ApiError, Rejection},
};

/// The result of a handler.
///
/// It is an actix [`Responder`] that also describes which statuses and bodies
/// it produces. A handler whose result does not describe itself does not
/// compile, so an undocumented status cannot be sent.
// The note names every implementation, so they are `do_not_recommend`, as those of `Extractor` are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reply a handler can give",
    label = "not a reply",
    note = "replies are `Json<T>`, `Created<T>`, `Accepted<T>`, `EventStream<T>` (with `T` declared by `#[schema]` or `#[schema(response)]`), `NoContent`, `Text`, `Html`, `Binary<M>`, `Download<M>`, `JsonLines<T>`, `Redirect<CODE>`, `Status<CODE, R>`, `Negotiated<R>`, `Opaque<R>` for any actix responder, `Result<R, E>` with `E: ApiError`, and enums with `#[derive(Reply)]`"
)]
pub trait Reply: Responder {
    /// Describes the statuses, headers and bodies this reply can produce.
    fn describe(describe: &mut OperationBuilder<'_>);

    /// Rejects a request that has no response of this type, such as one that accepts none of the media types. The handler
    /// is not called then, so that nothing is done for a client that cannot read the result.
    ///
    /// # Errors
    ///
    /// The rejection; by default there is none.
    fn check_request(_: &Context<'_>) -> Result<(), Rejection> {
        Ok(())
    }

    /// Returns the response.
    fn reply(self, context: &Context<'_>) -> HttpResponse;
}

/// A failure becomes an error response in the registry's style.
impl<R, E> Reply for Result<R, E>
where
    R: Reply,
    E: ApiError,
{
    fn describe(describe: &mut OperationBuilder<'_>) {
        R::describe(describe);
        for response in E::responses() {
            describe.error_response(&response);
        }
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        R::check_request(context)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        match self {
            Ok(reply) => reply.reply(context),
            Err(error) => context.reject(&Rejection::api(&error)),
        }
    }
}

/// Returns a response without a body.
pub(crate) fn empty(status: StatusCode) -> HttpResponse {
    HttpResponse::new(status)
}

/// Implements `Responder` for our replies: the same response, whether a registry
/// or plain actix called the handler.
pub(crate) fn respond<R: Reply>(reply: R, request: &HttpRequest) -> HttpResponse<BoxBody> {
    reply.reply(&Context::of(request))
}
