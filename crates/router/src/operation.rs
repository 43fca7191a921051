//! One operation: a method, a path template, a handler, and the words that
//! describe it. Whether all of it holds together is checked by `build/`.

use std::{borrow::Cow, future::Future};

use actix_web::http::Method;

use crate::{argument::Arguments, endpoint::Endpoint, reply::Reply};

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
pub trait Declare<By> {
    /// The operation.
    fn declare(self) -> Operation;
}

/// Declared by a value.
#[derive(Debug)]
pub enum ByValue {}

/// Declared by a function.
#[derive(Debug)]
pub enum ByFunction {}

#[diagnostic::do_not_recommend]
impl<O: Into<Operation>> Declare<ByValue> for O {
    fn declare(self) -> Operation {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce() -> Operation> Declare<ByFunction> for F {
    fn declare(self) -> Operation {
        self()
    }
}

/// What an operation can be made of: an async function of up to twelve
/// [arguments](crate::Argument) that answers with a [reply](Reply), or any other
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
    /// `None`: the registry's default authenticators.
    pub(crate) authenticators: Option<Vec<Cow<'static, str>>>,
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

    /// The authenticators that guard the operation, by the names they were
    /// given with [`Registry::authenticator`](crate::Registry::authenticator);
    /// any one of them lets a request in. An empty list opens the operation to
    /// everybody, whatever the registry's default says.
    #[must_use]
    pub fn authenticators<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Cow<'static, str>>,
    {
        self.authenticators = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The largest body this operation reads, in bytes; the registry's limit otherwise.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
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
