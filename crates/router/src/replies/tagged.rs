//! A reply with an entity tag.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use crate::{
    conditional::{self, Current, EntityTag, Evaluation, is_read},
    context::Context,
    describe::{HeaderNote, OperationBuilder},
    error::Rejection,
    replies::reply::{Reply, respond},
};

/// A reply with an `ETag`, which names the state that the client sees (RFC 9110 section 8.8.3).
///
/// In response to a GET whose client has that state it is `304 Not Modified`; where the client requires another state it is
/// 412 (RFC 9110 section 13.1). The extractor [`Preconditions`](crate::extract::Preconditions) compares the tag before a
/// change.
///
/// ```
/// use purlin_router::{Json, Registry, get, reply::{EntityTag, Tagged}, schema};
///
/// #[schema(response)]
/// struct Todo {
///     title: String,
/// }
///
/// #[get("/todo")]
/// async fn get_todo() -> Tagged<Json<Todo>> {
///     let todo = Todo { title: "Buy some milk".to_owned() };
///     let tag = EntityTag::of(&todo);
///     Tagged::new(Json(todo), tag)
/// }
/// # Registry::new("Todos", "1").operation(get_todo).build().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged<R> {
    reply: R,
    tag: Option<EntityTag>,
}

impl<R> Tagged<R> {
    /// Returns a reply with the tag of its state; with `None` it has none.
    pub fn new(reply: R, tag: impl Into<Option<EntityTag>>) -> Self {
        Self {
            reply,
            tag: tag.into(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reply> Reply for Tagged<R> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let mut responses = describe.responses_of(R::describe);
        let tag = HeaderNote::text("Names the state of the resource.");
        for (_, response) in responses.range_mut(..400) {
            response.headers.insert("ETag".to_owned(), tag.clone());
        }
        describe.add_responses(responses);
        if is_read(describe.method()) {
            conditional::describe_read(describe);
            describe.response_header(304, "ETag", "Names the state of the resource.");
        }
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        R::check_request(context)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let request = context.request();
        let mut response = self.reply.reply(context);
        // Preconditions count where the response would be a success (RFC 9110 section 13.2.1).
        let (Some(tag), true) = (self.tag, response.status().as_u16() < 400) else {
            return response;
        };
        if is_read(request.method()) && response.status().is_success() {
            let current = Current::new(Some(&tag), None);
            match current.evaluate(request.method(), request.headers()) {
                Evaluation::Failed => return conditional::failed(context),
                Evaluation::NotModified => response = not_modified(response),
                Evaluation::Proceed => {}
            }
        }
        // A tag is ASCII without control characters.
        if let Ok(tag) = HeaderValue::from_str(tag.as_str()) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// Returns the 304 in place of a response: its headers without those of the content (RFC 9110 section 15.4.5).
fn not_modified(mut response: HttpResponse) -> HttpResponse {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    for of_content in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
    ] {
        response.headers_mut().remove(of_content);
    }
    response.set_body(BoxBody::new(()))
}

#[diagnostic::do_not_recommend]
impl<R: Reply> Responder for Tagged<R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
