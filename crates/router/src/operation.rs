//! One operation: a method, a path template, a handler, and the words that
//! describe it. Whether all of it holds together is checked by `build/`.

use std::{borrow::Cow, future::Future, time::Duration};

use actix_web::http::Method;
use purlin_openapi::ExternalDocs;
use serde_json::Value;

use crate::{
    auth::{Requirement, any_of},
    endpoint::Endpoint,
    extract::Uploads,
    extractor::Extractors,
    reply::Reply,
};

/// Something a registry can take: an [`Operation`], what can be made into one,
/// or a handler declared with `#[get]`, `#[post]`, `#[put]`, `#[patch]` or
/// `#[delete]`, which is a function that makes one.
///
/// `By` tells the two apart and is found by the compiler.
// The note names every implementation; and with two of them that might fit, the compiler says of neither why it does not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare an operation",
    label = "not an operation",
    note = "declare the handler with `#[get(\"/path\")]` (or post, put, patch, delete), or pass `Operation::get(\"/path\", handler)`"
)]
pub trait IntoOperation<By> {
    /// The operation.
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

/// What an operation can be made of: an async function of up to twelve
/// [arguments](crate::Extractor) that answers with a [reply](Reply), or any other
/// handler actix takes.
// A trait of ours, since actix's does not say what to do where it is not met.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function that takes up to twelve arguments: write `async fn`, or `async || …`"
)]
pub trait Handler<A>: Clone + 'static {
    /// What it answers.
    type Output;

    /// Calls it.
    fn call(&self, arguments: A) -> impl Future<Output = Self::Output>;
}

#[diagnostic::do_not_recommend]
impl<F: actix_web::Handler<A>, A> Handler<A> for F {
    type Output = F::Output;

    fn call(&self, arguments: A) -> impl Future<Output = F::Output> {
        actix_web::Handler::call(self, arguments)
    }
}

/// A method, a path template and a handler, with the words that describe them.
///
/// ```
/// use purlin_router::{Json, Message, Operation, Registry};
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// let registry = Registry::new("Greetings", "1.0.0")
///     .operation(Operation::get("/", get_index).summary("Greet whoever asks").tag("greetings"));
/// assert!(registry.build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Operation {
    pub(crate) info: OperationInfo,
    pub(crate) endpoint: Endpoint,
    pub(crate) body_limit: Option<usize>,
    pub(crate) time_limit: Option<Option<Duration>>,
    pub(crate) uploads: Option<Uploads>,
    /// `None`: the registry's default.
    pub(crate) authenticators: Option<Requirement>,
    pub(crate) without_default_headers: bool,
    pub(crate) json_type: Option<Cow<'static, str>>,
    pub(crate) extensions: Vec<(String, Value)>,
    pub(crate) external_docs: Option<ExternalDocs>,
    pub(crate) examples: Vec<OperationExample>,
}

/// An example of what an operation reads or answers.
#[derive(Clone, Debug)]
pub(crate) struct OperationExample {
    /// `None`: the request's body.
    pub(crate) status: Option<u16>,
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// What is known of an operation without calling it.
#[derive(Clone, Debug)]
pub struct OperationInfo {
    pub(crate) method: Method,
    pub(crate) template: Cow<'static, str>,
    pub(crate) operation_id: Cow<'static, str>,
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) description: Option<Cow<'static, str>>,
    pub(crate) tags: Vec<Cow<'static, str>>,
    pub(crate) deprecated: bool,
    pub(crate) hidden: bool,
    pub(crate) source: Option<(&'static str, u32)>,
    pub(crate) handler: &'static str,
    pub(crate) authenticators: Vec<Cow<'static, str>>,
}

impl OperationInfo {
    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path template, with the registry's prefix: `/todos/{id}`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The operation's name, unique in its registry.
    #[must_use]
    pub fn operation_id(&self) -> &str {
        &self.operation_id
    }

    /// One line that says what the operation does.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// The authenticators that guard it; any one of them lets a request in.
    pub fn authenticators(&self) -> impl Iterator<Item = &str> {
        self.authenticators.iter().map(AsRef::as_ref)
    }

    /// The Rust path of the handler: `purlin_greetings::routes::get_index`. Of a
    /// closure, that of the function it stands in.
    #[must_use]
    pub fn handler(&self) -> &'static str {
        match self.source {
            // An attribute makes the handler `call`, in a function of the handler's name.
            Some(_) => self.handler.strip_suffix("::call").unwrap_or(self.handler),
            None => self.handler,
        }
    }

    /// Whether the document leaves it out.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// How a mistake names this operation: its id, method, template and,
    /// where known, the line that declares it.
    pub(crate) fn subject(&self) -> String {
        let Self {
            operation_id,
            method,
            template,
            ..
        } = self;
        match self.source {
            Some((file, line)) => format!("`{operation_id}` ({method} {template}, {file}:{line})"),
            None => format!("`{operation_id}` ({method} {template})"),
        }
    }
}

macro_rules! constructors {
    ($($name:ident $method:ident),+) => {$(
        #[doc = concat!("An operation that answers ", stringify!($method), " requests.")]
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

    /// An operation of any method. HEAD and OPTIONS are answered for every
    /// path already and are refused when the registry is built; so is a method
    /// OpenAPI has no place for, unless the operation is [`hidden`](Self::hidden).
    pub fn new<F, A>(method: Method, template: impl Into<Cow<'static, str>>, handler: F) -> Self
    where
        F: Handler<A> + Send + Sync,
        F::Output: Reply,
        A: Extractors,
    {
        Self {
            info: OperationInfo {
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
            },
            endpoint: Endpoint::new(handler),
            body_limit: None,
            time_limit: None,
            uploads: None,
            authenticators: None,
            without_default_headers: false,
            json_type: None,
            extensions: Vec::new(),
            external_docs: None,
            examples: Vec::new(),
        }
    }

    /// Names the operation. Without it the handler's function name is used.
    #[must_use]
    pub fn operation_id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
        self.info.operation_id = id.into();
        self
    }

    /// One line that says what the operation does.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<Cow<'static, str>>) -> Self {
        self.info.summary = Some(summary.into());
        self
    }

    /// The longer description; CommonMark.
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

    /// Serves the operation but leaves it, and what only it uses, out of the document.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.info.hidden = true;
        self
    }

    /// What the operation requires of its callers, in place of the registry's
    /// default: authenticators by the names they were given with
    /// [`Registry::authenticator`](crate::Registry::authenticator), or
    /// [`Requirement`]s put together with [`all_of`](crate::all_of) and
    /// [`scopes`](crate::scopes). Any one of them lets a request in. Add
    /// [`registry_default()`](crate::registry_default) to extend the default.
    #[must_use]
    pub fn authenticators<I>(mut self, alternatives: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Requirement>,
    {
        self.authenticators = Some(any_of(alternatives));
        self
    }

    /// Opens the operation to everybody, whatever the registry's default says.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.authenticators = Some(Requirement::nothing());
        self
    }

    /// Does without the headers the registry wants of every request.
    #[must_use]
    pub fn without_default_headers(mut self) -> Self {
        self.without_default_headers = true;
        self
    }

    /// The media type of this operation's JSON replies; the registry's
    /// otherwise.
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

    /// More to read about the operation.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }

    /// An example of the request's body. One that breaks the body's schema is a
    /// mistake `build()` reports.
    #[must_use]
    pub fn request_example(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.examples.push(OperationExample {
            status: None,
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// An example of the body answered with a status. One that breaks the body's
    /// schema is a mistake `build()` reports.
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

    /// The largest body this operation reads, in bytes; the registry's limit otherwise.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// How long this operation may take, without end for `None`; the registry's limit otherwise.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = Some(limit.into());
        self
    }

    /// What the operation takes of files; the registry's limits otherwise.
    #[must_use]
    pub fn uploads(mut self, uploads: Uploads) -> Self {
        self.uploads = Some(uploads);
        self
    }

    /// Where the operation is declared; mistakes name the line.
    #[must_use]
    pub fn source(mut self, file: &'static str, line: u32) -> Self {
        self.info.source = Some((file, line));
        self
    }
}

/// The last segment of a function's path. Closures have no name of their own
/// and take that of the function they stand in.
fn function_name<F>() -> Cow<'static, str> {
    let path = std::any::type_name::<F>();
    let path = path.split('<').next().unwrap_or(path);
    let name = path
        .rsplit("::")
        .find(|segment| !segment.starts_with('{') && !segment.is_empty());
    Cow::Borrowed(name.unwrap_or(path))
}

/// A function's path. A closure goes by that of the function it stands in.
fn function_path(path: &'static str) -> &'static str {
    let path = path.split('<').next().unwrap_or(path);
    path.trim_end_matches("::{{closure}}")
}

#[cfg(test)]
mod tests {
    use super::function_path;

    #[test]
    fn a_handler_is_called_by_the_path_people_write() {
        assert_eq!(function_path("a::get_index"), "a::get_index");
        assert_eq!(function_path("a::registry::{{closure}}"), "a::registry");
        assert_eq!(function_path("a::generic<a::T>"), "a::generic");
        assert_eq!(function_path("get"), "get");
    }
}
