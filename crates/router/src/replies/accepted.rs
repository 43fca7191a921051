//! 202 with a JSON body.

use actix_web::{HttpRequest, HttpResponse, Responder, http::StatusCode};
use purlin_schemas::Schema;
use serde::Serialize;

use crate::{
    context::Context,
    describe::OperationBuilder,
    json,
    replies::reply::{Reply, respond},
};

/// `202 Accepted` (RFC 9110 section 15.3.3): the request is being
/// processed; the JSON body says how to follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for Accepted<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response::<T>(202, "Accepted; the work is under way.");
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        json::write(StatusCode::ACCEPTED, &self.0, context)
    }
}

impl<T: Serialize + Schema> Responder for Accepted<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
