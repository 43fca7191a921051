//! HTML.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, Responder};
use serde_json::json;

use super::binary::content;
use crate::{
    context::Context,
    describe::OperationBuilder,
    media::{self, MediaType},
    replies::reply::{Reply, respond},
};

/// `200 OK` with a page: `text/html; charset=utf-8`.
///
/// The text is sent as it is. Let a template engine write it, which escapes what comes from clients.
///
/// ```
/// use purlin_router::reply::Html;
///
/// async fn page() -> Html {
///     Html::new("<!DOCTYPE html><title>Greetings</title><p>Hello!")
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(pub Cow<'static, str>);

impl Html {
    /// Returns a reply with a page.
    pub fn new(page: impl Into<Cow<'static, str>>) -> Self {
        Self(page.into())
    }
}

#[diagnostic::do_not_recommend]
impl Reply for Html {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.content(
            200,
            media::Html::NAME,
            json!({"type": "string"}),
            "The page.",
        );
    }

    fn reply(self, _: &Context<'_>) -> HttpResponse {
        let bytes = self.0.into_owned();
        content("text/html; charset=utf-8", bytes.into())
    }
}

impl Responder for Html {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
