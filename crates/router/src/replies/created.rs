//! 201 with the created resource and its location.

use actix_web::{HttpRequest, HttpResponse, Responder, http::StatusCode};
use purlin_schemas::Schema;
use serde::Serialize;

use crate::{
    context::Context,
    describe::OperationBuilder,
    json,
    replies::{
        location::located,
        reply::{Reply, respond},
    },
};

/// `201 Created` (RFC 9110 section 15.3.2), with a JSON body and, when known,
/// the `Location` of the created resource.
///
/// ```
/// use purlin_router::{reply::Created, schemas::Message};
///
/// async fn post_greeting() -> Created<Message> {
///     Created::new(Message::new("Hello, Being!")).location("/greetings/1")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    body: T,
    location: Option<String>,
}

impl<T> Created<T> {
    /// Returns a 201 with a body.
    pub fn new(body: T) -> Self {
        Self {
            body,
            location: None,
        }
    }

    /// Sets the location of the created resource: a URI reference (RFC 3986
    /// section 4.1), which may be relative. Characters that a URI cannot contain,
    /// such as spaces and letters outside ASCII, are percent-encoded; existing
    /// encodings are kept.
    #[must_use]
    pub fn location(mut self, uri: impl Into<String>) -> Self {
        self.location = Some(uri.into());
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for Created<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response::<T>(201, "Created.");
        describe.response_header(201, "Location", "Where the new resource is.");
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let response = json::write(StatusCode::CREATED, &self.body, context);
        match self.location {
            Some(location) => located(response, &location, context),
            None => response,
        }
    }
}

impl<T: Serialize + Schema> Responder for Created<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
