//! Actix responders without a description: a file, a stream, an `HttpResponse`.

use actix_web::{HttpRequest, HttpResponse, Responder, body::MessageBody};

use crate::{
    context::Context,
    describe::OperationBuilder,
    replies::reply::{Reply, respond},
};

/// Any actix [`Responder`]. The document has only a 200 with any body, so prefer
/// a reply that describes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque<R>(pub R);

#[diagnostic::do_not_recommend]
impl<R: Responder + 'static> Reply for Opaque<R> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let anything = serde_json::json!({});
        describe.content(
            200,
            "*/*",
            anything,
            "A response that the document does not describe.",
        );
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        self.0
            .respond_to(context.request())
            .map_body(|_, body| body.boxed())
    }
}

impl<R: Responder + 'static> Responder for Opaque<R> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
