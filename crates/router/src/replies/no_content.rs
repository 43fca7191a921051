//! 204 without a body.

use actix_web::{HttpRequest, HttpResponse, Responder, http::StatusCode};

use crate::{
    context::Context,
    describe::OperationBuilder,
    replies::reply::{Reply, empty, respond},
};

/// `204 No Content` (RFC 9110 section 15.3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoContent;

#[diagnostic::do_not_recommend]
impl Reply for NoContent {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.response(204, "Done.");
    }

    fn reply(self, _: &Context<'_>) -> HttpResponse {
        empty(StatusCode::NO_CONTENT)
    }
}

impl Responder for NoContent {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
