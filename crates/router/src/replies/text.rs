//! Plain text.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, Responder};
use serde_json::json;

use super::binary::content;
use crate::{
    context::Context,
    describe::OperationBuilder,
    media,
    replies::reply::{Reply, respond},
};

/// `200 OK` with text: `text/plain; charset=utf-8`.
///
/// ```
/// use purlin_router::reply::Text;
///
/// async fn version() -> Text {
///     Text::new("1.0.0")
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Cow<'static, str>);

impl Text {
    /// Returns a reply with a text.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

#[diagnostic::do_not_recommend]
impl Reply for Text {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.content(200, media::TEXT, json!({"type": "string"}), "The response.");
    }

    fn reply(self, _: &Context<'_>) -> HttpResponse {
        let bytes = self.0.into_owned();
        content("text/plain; charset=utf-8", bytes.into())
    }
}

impl Responder for Text {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
