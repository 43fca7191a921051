//! Unparsed bodies, as actix's own types: bytes, text, and a stream.

use actix_web::{
    FromRequest,
    dev::Payload,
    web::{self, Bytes},
};
use purlin_openapi as openapi;
use purlin_schemas::{Location, Violation};
use serde_json::json;

use super::{body, content_coding};
use crate::{context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor};

/// Any media type.
const ANY: &str = "*/*";

/// Where compressed bodies are decoded, those in another coding are rejected; elsewhere the handler reads them as they are.
fn check_coding(context: &Context<'_>) -> Result<(), Rejection> {
    match context.accepts_compressed() {
        true => content_coding::check(context),
        false => Ok(()),
    }
}

/// The whole body, of any media type, up to the operation's limit; empty if there is none. Errors: 413.
#[diagnostic::do_not_recommend]
impl Extractor for Bytes {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.body(ANY, openapi::Schema(json!({})));
        describe.too_large();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        check_coding(context)?;
        body::read(context, payload).await
    }
}

/// The whole body as text, of any media type and always in UTF-8, up to the operation's limit; empty if
/// there is none. Errors: 400 when it is not UTF-8, 413.
#[diagnostic::do_not_recommend]
impl Extractor for String {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.body(ANY, openapi::Schema(json!({"type": "string"})));
        describe.too_large();
        describe.violation(Location::Body, "The body is not text in UTF-8.");
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        check_coding(context)?;
        let bytes = body::read(context, payload).await?;
        Self::from_utf8(bytes.into())
            .map_err(|_| Rejection::invalid(vec![Violation::not_utf8(Location::Body, "")]))
    }
}

/// The body of any media type, as it arrives. No limit is enforced: the handler decides how much of it is read.
#[diagnostic::do_not_recommend]
impl Extractor for web::Payload {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.body(ANY, openapi::Schema(json!({})));
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        check_coding(context)?;
        Self::from_request(context.request(), payload)
            .await
            .map_err(Rejection::foreign)
    }
}
