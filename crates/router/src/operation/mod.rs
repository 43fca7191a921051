//! The declaration of one operation: a method, a path template, a handler and
//! its description. It is checked in `build/`.

pub(crate) mod data;
pub(crate) mod deprecation;
pub(crate) mod example;
pub(crate) mod info;

use std::{borrow::Cow, time::Duration};

use actix_web::http::Method;
use purlin_openapi::ExternalDocs;
use serde_json::Value;

#[cfg(feature = "multipart")]
use crate::uploads::Uploads;
use crate::{
    auth::{Requirement, any_of},
    endpoint::Endpoint,
    extractor::Extractors,
    handler::Handler,
    replies::reply::Reply,
    unknown_parameters::UnknownParameters,
};
pub use data::MatchedOperation;
use deprecation::Deprecation;
pub(crate) use example::OperationExample;
pub use info::OperationInfo;

/// Something a registry accepts as an operation: an [`Operation`], a value that
/// converts into one, or a handler declared with `#[get]`, `#[post]`, `#[put]`,
/// `#[patch]` or `#[delete]`, which is a function that returns one.
///
/// `By` distinguishes the two and is inferred.
// The note names every implementation; and with two of them that might fit, the compiler says of neither why it does not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare an operation",
    label = "not an operation",
    note = "declare the handler with `#[get(\"/path\")]` (or post, put, patch, delete), or pass `Operation::get(\"/path\", handler)`"
)]
pub trait IntoOperation<By> {
    /// Returns the operation.
    fn into_operation(self) -> Operation;
}

/// Declared by a value.
#[derive(Debug)]
pub enum ByValue {}

/// Declared by a function.
#[derive(Debug)]
pub enum ByFunction {}

#[diagnostic::do_not_recommend]
impl<O: Into<Operation>> IntoOperation<ByValue> for O {
    fn into_operation(self) -> Operation {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce() -> Operation> IntoOperation<ByFunction> for F {
    fn into_operation(self) -> Operation {
        self()
    }
}

/// A method, a path template and a handler, with their description.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, schemas::Message};
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// let registry = Registry::new("Greetings", "1.0.0")
///     .operation(Operation::get("/", get_index).summary("Returns a greeting").tag("greetings"));
/// assert!(registry.build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Operation {
    pub(crate) info: OperationInfo,
    pub(crate) endpoint: Endpoint,
    pub(crate) body_limit: Option<usize>,
    pub(crate) time_limit: Option<Option<Duration>>,
    #[cfg(feature = "multipart")]
    pub(crate) uploads: Option<Uploads>,
    /// `None`: the registry's default.
    pub(crate) authenticators: Option<Requirement>,
    pub(crate) without_default_headers: bool,
    /// `None`: the registry's.
    pub(crate) unknown_parameters: Option<UnknownParameters>,
    pub(crate) without_idempotency: bool,
    pub(crate) json_type: Option<Cow<'static, str>>,
    pub(crate) extensions: Vec<(String, Value)>,
    pub(crate) external_docs: Option<ExternalDocs>,
    pub(crate) examples: Vec<OperationExample>,
    pub(crate) deprecation: Deprecation,
}

macro_rules! constructors {
    ($($name:ident $method:ident),+) => {$(
        #[doc = concat!("Declares an operation for ", stringify!($method), " requests.")]
        pub fn $name<F, A>(template: impl Into<Cow<'static, str>>, handler: F) -> Self
        where
            F: Handler<A> + Send + Sync,
            F::Output: Reply,
            A: Extractors,
        {
            Self::new(Method::$method, template, handler)
        }
    )+};
}

impl Operation {
    constructors!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// Declares an operation of any method. HEAD and OPTIONS are served for every
    /// path already and are rejected when the registry is built; so is a method
    /// OpenAPI has no place for, unless the operation is [`hidden`](Self::hidden).
    pub fn new<F, A>(method: Method, template: impl Into<Cow<'static, str>>, handler: F) -> Self
    where
        F: Handler<A> + Send + Sync,
        F::Output: Reply,
        A: Extractors,
    {
        Self {
            info: OperationInfo {
                index: 0,
                method,
                template: template.into(),
                operation_id: function_name::<F>(),
                summary: None,
                description: None,
                tags: Vec::new(),
                deprecated: false,
                hidden: false,
                source: None,
                handler: function_path(std::any::type_name::<F>()),
                authenticators: Vec::new(),
                is_authentication_optional: false,
            },
            endpoint: Endpoint::new(handler),
            body_limit: None,
            time_limit: None,
            #[cfg(feature = "multipart")]
            uploads: None,
            authenticators: None,
            without_default_headers: false,
            unknown_parameters: None,
            without_idempotency: false,
            json_type: None,
            extensions: Vec::new(),
            external_docs: None,
            examples: Vec::new(),
            deprecation: Deprecation::default(),
        }
    }

    /// Sets the operation id. The default is the name of the handler's function.
    #[must_use]
    pub fn operation_id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.info.operation_id = id.into();
        self
    }

    /// Sets the one line that says what the operation does.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.info.summary = Some(summary.into());
        self
    }

    /// Sets the longer description; CommonMark.
    #[must_use]
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> Self {
        self.info.description = Some(description.into());
        self
    }

    /// Adds a tag, under which documentation groups the operation.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Cow<'static, str>>) -> Self {
        self.info.tags.push(tag.into());
        self
    }

    /// Marks the operation as one that new clients should not use.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.info.deprecated = true;
        self
    }

    /// Marks the operation as deprecated since a date, which may be in the future: `2026-11-30`, or an instant of RFC 3339.
    ///
    /// Its responses have the header `Deprecation` (RFC 9745). A text that is no date is an error of `build()`.
    ///
    /// ```
    /// use purlin_router::{Operation, Registry, reply::NoContent, testing::TestClient};
    ///
    /// # fn main() -> Result<(), purlin_router::RegistryErrors> {
    /// let old = Operation::get("/old", async || NoContent)
    ///     .operation_id("old")
    ///     .deprecated_since("2026-01-01")
    ///     .sunset("2027-01-01")
    ///     .deprecation_link("https://example.com/moving-to-v2");
    /// let api = Registry::new("Lists", "1.4.0").operation(old).build()?;
    /// let response = TestClient::new(&api).get("/old").send();
    /// assert_eq!(response.header("deprecation"), Some("@1767225600"));
    /// assert_eq!(response.header("sunset"), Some("Fri, 01 Jan 2027 00:00:00 GMT"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn deprecated_since(mut self, date: impl Into<Cow<'static, str>>) -> Self {
        self.deprecation.since = Some(date.into());
        self.deprecated()
    }

    /// Sets when the operation is expected to end: `2026-11-30`, or an instant of RFC 3339.
    ///
    /// Its responses have the header `Sunset` (RFC 8594), and the document has `x-sunset`, which the comparison of documents
    /// respects. A text that is no date is an error of `build()`, and so is one before
    /// [`deprecated_since`](Self::deprecated_since).
    #[must_use]
    pub fn sunset(mut self, date: impl Into<Cow<'static, str>>) -> Self {
        self.deprecation.sunset = Some(date.into());
        self
    }

    /// Sets where the deprecation of the operation is explained, a URI: its responses have the header `Link` with the
    /// relation `deprecation` (RFC 9745 section 3).
    #[must_use]
    pub fn deprecation_link(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.deprecation.link = Some(uri.into());
        self
    }

    /// Serves the operation but leaves it, and what only it uses, out of the document.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.info.hidden = true;
        self
    }

    /// Sets what the operation requires of its callers, in place of the registry's
    /// default: authenticators by the names they have in
    /// [`Registry::authenticator`](crate::Registry::authenticator), or
    /// [`Requirement`]s put together with [`all_of`](crate::auth::all_of) and
    /// [`scopes`](crate::auth::scopes). Any one of them admits a request. Add
    /// [`registry_default()`](crate::auth::registry_default) to extend the default.
    /// An empty list is an error of `build()`; see [`public`](Self::public).
    #[must_use]
    pub fn authenticators<I>(mut self, alternatives: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Requirement>,
    {
        self.authenticators = Some(any_of(alternatives));
        self
    }

    /// Opens the operation to all callers, whatever the registry's default.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.authenticators = Some(Requirement::public());
        self
    }

    /// Leaves out the headers that the registry requires of every request.
    #[must_use]
    pub fn without_default_headers(mut self) -> Self {
        self.without_default_headers = true;
        self
    }

    /// Ignores the `Idempotency-Key` of requests to this operation, where its [registry](crate::Registry::idempotency)
    /// honours keys: for an operation that may be repeated, or whose responses are not to be stored.
    #[must_use]
    pub fn without_idempotency(mut self) -> Self {
        self.without_idempotency = true;
        self
    }

    /// Sets the media type of this operation's JSON replies; the default is the
    /// registry's.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<Cow<'static, str>>) -> Self {
        self.json_type = Some(media_type.into());
        self
    }

    /// Adds a member of your own to the document; its name begins with `x-`
    /// (OpenAPI 3.1.1 section 4.9).
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extensions.push((name.into(), value.into()));
        self
    }

    /// Sets the link to external documentation.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }

    /// Adds an example of the request's body. One that breaks the body's schema is
    /// an error of `build()`.
    #[must_use]
    pub fn request_example(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.examples.push(OperationExample {
            status: None,
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Adds an example of the body of a status. One that breaks the body's schema
    /// is an error of `build()`.
    #[must_use]
    pub fn response_example(
        mut self,
        status: u16,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Self {
        self.examples.push(OperationExample {
            status: Some(status),
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Sets what happens to parameters of the query that this operation does not declare; the default is the registry's
    /// [`unknown_parameters`](crate::Registry::unknown_parameters).
    #[must_use]
    pub fn unknown_parameters(mut self, policy: UnknownParameters) -> Self {
        self.unknown_parameters = Some(policy);
        self
    }

    /// Sets the largest body this operation reads, in bytes; the default is the registry's limit.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Sets how long this operation may take, `None` for no limit; the default is the registry's limit.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = Some(limit.into());
        self
    }

    /// Sets the limits of uploaded files; the default is the registry's.
    #[cfg(feature = "multipart")]
    #[must_use]
    pub fn uploads(mut self, uploads: Uploads) -> Self {
        self.uploads = Some(uploads);
        self
    }

    /// Sets where the operation is declared; errors name the line.
    #[must_use]
    pub fn source(mut self, file: &'static str, line: u32) -> Self {
        self.info.source = Some((file, line));
        self
    }
}

/// Returns the last segment of a function's path. Closures have no name of their
/// own and take that of the function around them.
fn function_name<F>() -> Cow<'static, str> {
    let path = std::any::type_name::<F>();
    let path = path.split('<').next().unwrap_or(path);
    let name = path
        .rsplit("::")
        .find(|segment| !segment.starts_with('{') && !segment.is_empty());
    Cow::Borrowed(name.unwrap_or(path))
}

/// Returns a function's path; for a closure, that of the function around it.
fn function_path(path: &'static str) -> &'static str {
    let path = path.split('<').next().unwrap_or(path);
    path.trim_end_matches("::{{closure}}")
}

#[cfg(test)]
mod tests {
    use super::function_path;

    #[test]
    fn a_handler_has_the_path_that_people_write() {
        assert_eq!(function_path("a::get_index"), "a::get_index");
        assert_eq!(function_path("a::registry::{{closure}}"), "a::registry");
        assert_eq!(function_path("a::generic<a::T>"), "a::generic");
        assert_eq!(function_path("get"), "get");
    }
}
