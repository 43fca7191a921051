//! The reply with one page of a list.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::Schema;
use serde::Serialize;

use super::PageLinks;
use crate::{
    context::Context,
    describe::OperationBuilder,
    json,
    replies::reply::{Reply, respond},
};

/// `200 OK` with one page of a list: a JSON body of any shape, and a `Link` header (RFC 8288) with the pages beside it.
///
/// [`ByOffset::paged`](super::ByOffset::paged) and [`ByCursor::paged`](super::ByCursor::paged) make one with a ready body.
/// For a body of your own, use the links:
///
/// ```
/// use purlin_router::{extract::Query, pagination::{ByOffset, Paged}, schema};
///
/// #[schema(response)]
/// struct Articles {
///     articles: Vec<String>,
///     articles_count: u64,
/// }
///
/// async fn list(page: Query<ByOffset<20, 100>>) -> Paged<Articles> {
///     let found = Articles { articles: Vec::new(), articles_count: 0 };
///     Paged::new(found, page.links(0))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<B> {
    body: B,
    links: PageLinks,
}

impl<B> Paged<B> {
    /// Returns a page with the links to those beside it.
    pub fn new(body: B, links: PageLinks) -> Self {
        Self { body, links }
    }

    /// Returns the body.
    pub fn into_body(self) -> B {
        self.body
    }
}

#[diagnostic::do_not_recommend]
impl<B: Serialize + Schema> Reply for Paged<B> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response::<B>(200, "One page of the list.");
        let description = "The pages beside this one, with the relations `first`, `prev`, `next` and `last` where there are such pages (RFC 8288).";
        describe.response_header(200, "Link", description);
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let mut response = json::write(StatusCode::OK, &self.body, context);
        let query = context.request().query_string();
        let link = self.links.header_value(query);
        // A query has none of the characters that a header value cannot contain.
        if let Some(Ok(link)) = link.map(HeaderValue::try_from)
            && response.status() == StatusCode::OK
        {
            response.headers_mut().append(header::LINK, link);
        }
        response
    }
}

impl<B: Serialize + Schema> Responder for Paged<B> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
