//! What a handler may answer. The ready-made replies are in `replies/`.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::StatusCode};

use crate::{
    context::Context,
    describe::OperationBuilder,
    error::{ApiError, Rejection},
};

/// Something a handler can answer with.
///
/// A reply is an actix [`Responder`] that can also say which statuses and
/// bodies it produces. A handler whose type does not say so does not compile,
/// so an undocumented status cannot be answered.
// The note names every implementation, so they are `do_not_recommend`, as those of `Extractor` are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a reply a handler can give",
    label = "not a reply",
    note = "replies are `Json<T>`, `Created<T>`, `Accepted<T>`, `EventStream<T>` (with `T` declared by `#[schema]` or `#[schema(response)]`), `NoContent`, `Text`, `Binary<M>`, `Download<M>`, `Opaque<R>` for any actix responder, `Result<R, E>` with `E: ApiError`, and enums with `#[derive(Reply)]`"
)]
pub trait Reply: Responder {
    /// Writes down the statuses, headers and bodies this reply can produce.
    fn describe(describe: &mut OperationBuilder<'_>);

    /// Makes the response.
    fn reply(self, context: &Context<'_>) -> HttpResponse;
}

/// A failure is answered in the registry's error style.
impl<R, E> Reply for Result<R, E>
where
    R: Reply,
    E: ApiError,
{
    fn describe(describe: &mut OperationBuilder<'_>) {
        R::describe(describe);
        for outcome in E::responses() {
            describe.error(outcome.status, &outcome.description);
            for (name, description) in &outcome.headers {
                describe.response_header(outcome.status, name, description);
            }
        }
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        match self {
            Ok(reply) => reply.reply(context),
            Err(error) => Rejection::api(&error).respond(context),
        }
    }
}

/// A reply that is always empty: its status alone is the answer.
pub(crate) fn empty(status: StatusCode) -> HttpResponse {
    HttpResponse::new(status)
}

/// For `Responder` implementations of our replies: the same answer, whether a
/// registry or plain actix called the handler.
pub(crate) fn respond<R: Reply>(reply: R, request: &HttpRequest) -> HttpResponse<BoxBody> {
    reply.reply(&Context::of(request))
}
