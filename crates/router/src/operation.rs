//! One operation: a method, a path template, a handler, and the words that
//! describe it. Whether all of it holds together is checked by `build/`.

use std::borrow::Cow;

use actix_web::{Handler, http::Method};

use crate::{
    argument::Arguments,
    auth::{Requirement, any_of},
    endpoint::Endpoint,
    extract::Uploads,
    reply::Reply,
};

/// Something a registry can take: an [`Operation`], or a handler declared with
/// `#[get]`, `#[post]`, `#[put]`, `#[patch]` or `#[delete]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare an operation",
    label = "not an operation",
    note = "declare the handler with `#[get(\"/path\")]` (or post, put, patch, delete), or pass `Operation::get(\"/path\", handler)`"
)]
pub trait Declare {
    /// The operation.
    fn declare(self) -> Operation;
}

impl Declare for Operation {
    fn declare(self) -> Operation {
        self
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
    pub(crate) uploads: Option<Uploads>,
    /// `None`: the registry's default.
    pub(crate) authenticators: Option<Requirement>,
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

    /// Whether the document leaves it out.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// How a mistake names this operation: its id, method, template and,
    /// where known, the line that declares it.
    pub(crate) fn culprit(&self) -> String {
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
            A: Arguments,
        {
            Self::new(Method::$method, template, handler)
        }
    )+};
}

impl Operation {
    constructors!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

    /// An operation of any method. HEAD and OPTIONS are answered for every
    /// path already and are refused when the registry is built.
    pub fn new<F, A>(method: Method, template: impl Into<Cow<'static, str>>, handler: F) -> Self
    where
        F: Handler<A> + Send + Sync,
        F::Output: Reply,
        A: Arguments,
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
                authenticators: Vec::new(),
            },
            endpoint: Endpoint::new(handler),
            body_limit: None,
            uploads: None,
            authenticators: None,
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

    /// The largest body this operation reads, in bytes; the registry's limit otherwise.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
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
