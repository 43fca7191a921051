//! What middleware in front of a registry adds to the document: statuses, header fields and parameters. It is described as
//! extractors and replies are, after them and from the inside to the outside.

use std::fmt;

use actix_web::http::StatusCode;
use purlin_openapi::{self as openapi, Header, MediaType, Parameter, Response, Schema};
use serde_json::json;

use crate::{
    error::{ApiError, Rejection, policy::ErrorPolicy},
    operation::info::OperationInfo,
};

/// Middleware that describes what it adds to the operations behind it.
///
/// A registry documents middleware that is passed to
/// [`Registry::document_middleware`](crate::Registry::document_middleware). A closure is enough where the middleware is a
/// function, or of another crate.
///
/// ```
/// use purlin_router::{
///     Json, Operation, Registry,
///     error::http::ServiceUnavailable,
///     middleware::{DescribeMiddleware, MiddlewareDescription},
///     openapi::{Header, Schema},
///     schemas::Message,
/// };
/// use serde_json::json;
///
/// /// Rejects every request while the service is being maintained.
/// struct Maintenance;
///
/// impl DescribeMiddleware for Maintenance {
///     fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
///         let seconds = Header::new(Schema(json!({"type": "integer"}))).required();
///         operation.error(
///             &ServiceUnavailable::default(),
///             "The service is being maintained.",
///             [("Retry-After", seconds)],
///         );
///     }
/// }
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello"))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let router = Registry::new("Greetings", "1.0.0")
///     .operation(Operation::get("/", get_index))
///     .document_middleware(Maintenance)
///     .build()?;
/// assert!(router.openapi_json().contains("The service is being maintained."));
/// # Ok(())
/// # }
/// ```
pub trait DescribeMiddleware: Send + Sync + 'static {
    /// Describes what the middleware adds to an operation. It is called for each one when the registry is built.
    fn describe(&self, operation: &mut MiddlewareDescription<'_>);
}

impl<F> DescribeMiddleware for F
where
    F: Fn(&mut MiddlewareDescription<'_>) + Send + Sync + 'static,
{
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        self(operation);
    }
}

/// An operation as it is described so far, and what middleware in front of it adds.
///
/// A status may have several causes. A response header is required in the document if every one of them sends it.
pub struct MiddlewareDescription<'a> {
    pub(crate) operation: &'a mut openapi::Operation,
    pub(crate) info: &'a OperationInfo,
    pub(crate) policy: &'a ErrorPolicy,
    /// The schema of errors.
    pub(crate) error: Schema,
}

impl MiddlewareDescription<'_> {
    /// Returns the operation's method, path template and name.
    #[must_use]
    pub fn info(&self) -> &OperationInfo {
        self.info
    }

    /// Returns what the handler and the middleware inside of this one describe.
    #[must_use]
    pub fn operation(&self) -> &openapi::Operation {
        self.operation
    }

    /// Adds a rejection with an error, in the registry's error style. Its example is what a client gets: the error with its
    /// message.
    ///
    /// From status 500 up, an error that is sent by actix-web has the reason phrase of its status for a message: describe it
    /// by its default, such as `ServiceUnavailable::default()`.
    pub fn error<E: ApiError>(
        &mut self,
        error: &E,
        description: &str,
        headers: impl IntoIterator<Item = (&'static str, Header)>,
    ) {
        let style = &self.policy.style;
        let mut content = MediaType::new(self.error.clone());
        content.example = self.policy.example(&Rejection::unlogged(error));
        let mut response = Response::new(description);
        response
            .content
            .insert(style.media_type().to_owned(), content);
        self.add(error.status(), response, headers);
    }

    /// Adds a response without a body, such as a 304.
    pub fn response(
        &mut self,
        status: StatusCode,
        description: &str,
        headers: impl IntoIterator<Item = (&'static str, Header)>,
    ) {
        self.add(status, Response::new(description), headers);
    }

    /// Adds a header field to every response described so far, which is what the service inside of this middleware returns.
    pub fn response_header(&mut self, name: &str, header: &Header) {
        for response in self.operation.responses.values_mut() {
            response.headers.insert(name.to_owned(), header.clone());
        }
    }

    /// Adds a header field to the response with a status, if there is one.
    pub fn response_header_of(&mut self, status: StatusCode, name: &str, header: Header) {
        if let Some(response) = self.operation.responses.get_mut(status.as_str()) {
            let known = response.headers.entry(name.to_owned());
            known.or_insert(header);
        }
    }

    /// Adds a parameter that the middleware reads, unless the handler reads it as well.
    pub fn parameter(&mut self, parameter: Parameter) {
        let parameters = &mut self.operation.parameters;
        let is_known = parameters.iter().any(|known| {
            known.location == parameter.location && known.name.eq_ignore_ascii_case(&parameter.name)
        });
        if !is_known {
            parameters.push(parameter);
        }
    }

    fn add(
        &mut self,
        status: StatusCode,
        mut added: Response,
        headers: impl IntoIterator<Item = (&'static str, Header)>,
    ) {
        let headers = headers.into_iter();
        added.headers = headers
            .map(|(name, header)| (name.to_owned(), header))
            .collect();
        let responses = &mut self.operation.responses;
        match responses.get_mut(status.as_str()) {
            Some(known) => merge(known, added),
            None => drop(responses.insert(status.as_str().to_owned(), added)),
        }
    }
}

/// Adds another cause of a status to its response. The first cause has the example.
fn merge(known: &mut Response, added: Response) {
    if !known.description.contains(&added.description) {
        known.description.push(' ');
        known.description.push_str(&added.description);
    }
    for (name, header) in &mut known.headers {
        let is_sent = added.headers.get(name).is_some_and(|it| it.required);
        header.required &= is_sent;
    }
    for (name, mut header) in added.headers {
        header.required = false;
        known.headers.entry(name).or_insert(header);
    }
    for (media_type, content) in added.content {
        match known.content.get_mut(&media_type) {
            // Errors of the handler may have members that this one does not have.
            Some(known) if known.schema != content.schema => {
                known.schema = Schema(json!({"anyOf": [known.schema, content.schema]}));
            }
            Some(_) => {}
            None => drop(known.content.insert(media_type, content)),
        }
    }
}

impl fmt::Debug for MiddlewareDescription<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiddlewareDescription")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
