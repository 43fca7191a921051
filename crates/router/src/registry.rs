//! The registry: what an API is, as a value. Nothing is checked here; that is
//! what `build()` is for, which reports every mistake at once.

use std::{any::TypeId, borrow::Cow, fmt, sync::Arc, time::Duration};

use purlin_openapi::{Contact, Dialect, ExternalDocs, Info, License, Server, Tag};

use purlin_schemas::Schema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    auth::{Authenticator, Named, Requirement, any_of},
    build::{self, RegistryErrors},
    context::DEFAULT_BODY_LIMIT,
    defaults::HeaderRule,
    docs::Places,
    error::ErrorStyle,
    extract::Uploads,
    hooks::{Hooks, UnexpectedError},
    operation::{IntoOperation, Operation},
    provided_data::ProvidedData,
    router::{Install, Router},
    slash::TrailingSlash,
    verify::ResponseChecks,
};

/// An API: its title and version, its operations, and the rules they share.
///
/// A registry is a plain value: `clone()` copies it, and a copy may be changed
/// and mounted beside the original. Nothing of it is global.
///
/// ```
/// use purlin_router::{ErrorStyle, Json, Message, Operation, Registry};
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello, Being!"))
/// }
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let v1 = Registry::new("Greetings", "1.0.0").operation(Operation::get("/", get_index));
/// let v2 = v1.clone().prefix("/v2").error_style(ErrorStyle::Rebar);
/// let (v1, v2) = (v1.build()?, v2.build()?);
/// assert_eq!(v2.openapi_path(), Some("/v2/openapi.json"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Registry {
    pub(crate) info: Info,
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) servers: Vec<Server>,
    pub(crate) style: ErrorStyle,
    pub(crate) body_limit: usize,
    pub(crate) time_limit: Option<Option<Duration>>,
    pub(crate) uploads: Uploads,
    pub(crate) places: Places,
    pub(crate) authenticators: Vec<Named>,
    pub(crate) default_authenticators: Requirement,
    pub(crate) app_data: Vec<Install>,
    pub(crate) provided: ProvidedData,
    pub(crate) hooks: Hooks,
    pub(crate) response_checks: ResponseChecks,
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) header_rule: Option<HeaderRule>,
    pub(crate) json_type: Option<Cow<'static, str>>,
    pub(crate) extensions: Vec<(String, Value)>,
    pub(crate) external_docs: Option<ExternalDocs>,
    pub(crate) includes_hidden: bool,
    pub(crate) is_mocked: bool,
    pub(crate) operations: Vec<Operation>,
}

impl Registry {
    /// An API without operations. Its document is served at `/openapi.json`
    /// (and in older dialects at `/openapi-3.0.json` and `/swagger`), its docs
    /// page at `/docs` and `/swagger/ui`; errors are problem details; bodies may
    /// have up to 1 MiB.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            info: Info::new(title, version),
            prefix: Cow::Borrowed(""),
            tags: Vec::new(),
            servers: Vec::new(),
            style: ErrorStyle::default(),
            body_limit: DEFAULT_BODY_LIMIT,
            time_limit: None,
            uploads: Uploads::new(),
            places: Places::default(),
            authenticators: Vec::new(),
            default_authenticators: Requirement::nothing(),
            app_data: Vec::new(),
            provided: ProvidedData::default(),
            hooks: Hooks::default(),
            response_checks: ResponseChecks::default(),
            trailing_slash: TrailingSlash::default(),
            header_rule: None,
            json_type: None,
            extensions: Vec::new(),
            external_docs: None,
            includes_hidden: false,
            is_mocked: false,
            operations: Vec::new(),
        }
    }

    /// The API's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.info.title
    }

    /// The API's version, in place of the one it was made with: for a copy that
    /// is the next one.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.info.version = version.into();
        self
    }

    /// What the API is for; CommonMark.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.info.description = Some(description.into());
        self
    }

    /// Whom to ask.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.info.contact = Some(contact);
        self
    }

    /// The licence the API is offered under.
    #[must_use]
    pub fn license(mut self, license: License) -> Self {
        self.info.license = Some(license);
        self
    }

    /// A literal path every operation, the document and the docs page stand
    /// under: `/v2`. For a prefix with parameters mount the router in a
    /// `web::scope`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Declares a tag. Once one is declared, every tag an operation bears has
    /// to be.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// An address the API is reached at. Without any, the document says "where
    /// this document was found", which holds under every scope and proxy.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.servers.push(server);
        self
    }

    /// How errors look.
    #[must_use]
    pub fn error_style(mut self, style: ErrorStyle) -> Self {
        self.style = style;
        self
    }

    /// The largest request body, in bytes; larger ones are answered 413. It
    /// holds for `Json<T>`, `Bytes` and `String`; what an argument of type
    /// `web::Payload` reads is limited by its handler alone.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How long an operation may take, its body's arrival included; without end unless said otherwise. A handler that
    /// is not done is dropped and the request answered 504, or 408 where the body is what has not arrived. A stream may
    /// take longer: the time is for its beginning.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = Some(limit.into());
        self
    }

    /// The [`time_limit`](Self::time_limit) of a registry that says nothing of one.
    #[must_use]
    pub fn or_time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit.get_or_insert(limit.into());
        self
    }

    /// What the operations take of files, unless one says otherwise.
    #[must_use]
    pub fn uploads(mut self, uploads: Uploads) -> Self {
        self.uploads = uploads;
        self
    }

    /// Where the OpenAPI 3.1 document is served, under the prefix:
    /// `/openapi.json` unless said otherwise.
    #[must_use]
    pub fn openapi_path(self, path: impl Into<Cow<'static, str>>) -> Self {
        self.document_path(Dialect::V3_1, path)
    }

    /// Where the document is served in a dialect, under the prefix: OpenAPI 3.1
    /// at `/openapi.json`, 3.0 at `/openapi-3.0.json` and Swagger 2.0 at
    /// `/swagger` unless said otherwise. What stood there before makes room.
    #[must_use]
    pub fn document_path(mut self, dialect: Dialect, path: impl Into<Cow<'static, str>>) -> Self {
        self.places.put_document(dialect, path.into());
        self
    }

    /// Does not serve the document in a dialect.
    #[must_use]
    pub fn without_document(mut self, dialect: Dialect) -> Self {
        self.places.drop_document(dialect);
        self
    }

    /// Serves no document, and so no docs page, which reads it.
    #[must_use]
    pub fn without_openapi(mut self) -> Self {
        self.places.drop_all();
        self
    }

    /// Where the docs page is served, under the prefix: at `/docs` and
    /// `/swagger/ui` unless said otherwise, at this path alone then.
    #[must_use]
    pub fn docs_path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.places.set_pages(vec![path.into()]);
        self
    }

    /// Serves no docs page.
    #[must_use]
    pub fn without_docs(mut self) -> Self {
        self.places.set_pages(Vec::new());
        self
    }

    /// Declares an authenticator under the name operations, and the document's
    /// security schemes, call it by.
    #[must_use]
    pub fn authenticator(
        mut self,
        name: impl Into<Cow<'static, str>>,
        authenticator: impl Authenticator,
    ) -> Self {
        self.authenticators.push(Named {
            name: name.into(),
            authenticator: Arc::new(authenticator),
        });
        self
    }

    /// What every operation requires that does not say so itself; any one of
    /// these lets a request in. Names, or [`Requirement`]s put together with
    /// [`all_of`](crate::all_of) and [`scopes`](crate::scopes).
    #[must_use]
    pub fn default_authenticators<I>(mut self, alternatives: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Requirement>,
    {
        self.default_authenticators = any_of(alternatives);
        self
    }

    /// Provides data to the handlers of this registry, as `App::app_data` does
    /// to those of an app: `registry.app_data(web::Data::new(store))`.
    ///
    /// A handler that takes a `web::Data<T>` nothing provides is an error of
    /// [`build`](Self::build).
    #[must_use]
    pub fn app_data<T: Clone + Send + Sync + 'static>(mut self, data: T) -> Self {
        self.provided.provide::<T>();
        self.app_data.push(Arc::new(move |extensions| {
            extensions.insert(data.clone());
        }));
        self
    }

    /// Declares that the surrounding `App` provides `web::Data<T>`, so that
    /// handlers may take it though this registry does not provide it. Where the
    /// `App` does not keep to that, the requests are answered 500.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use purlin_router::{Operation, Registry, Text};
    ///
    /// struct Motd(&'static str);
    ///
    /// async fn get_motd(motd: web::Data<Motd>) -> Text {
    ///     Text::new(motd.0)
    /// }
    ///
    /// # fn main() -> Result<(), purlin_router::RegistryErrors> {
    /// let registry = Registry::new("Messages", "1.0.0").operation(Operation::get("/motd", get_motd));
    /// assert!(registry.build().is_err());
    /// let router = registry.external_data::<Motd>().build()?;
    /// let app = App::new().app_data(web::Data::new(Motd("Hello"))).service(router);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn external_data<T: ?Sized + 'static>(mut self) -> Self {
        self.provided.declare_external(TypeId::of::<T>());
        self
    }

    /// Declares that the surrounding `App` provides whatever `web::Data` the
    /// handlers take. Nothing is checked then; prefer
    /// [`external_data`](Self::external_data), which names the types.
    #[must_use]
    pub fn allow_external_data(mut self) -> Self {
        self.provided.allow_any();
        self
    }

    /// [`external_data`](Self::external_data) for a type that is known by its id
    /// alone: that of `T`, or of `web::Data<T>`.
    #[doc(hidden)]
    #[must_use]
    pub fn __external_data(mut self, id: TypeId) -> Self {
        self.provided.declare_external(id);
        self
    }

    /// Headers every request has to carry, whether its handler reads them or
    /// not: they are checked and documented. An operation that takes
    /// [`Headers<T>`](crate::Headers) reads those instead.
    #[must_use]
    pub fn default_headers<T: DeserializeOwned + Schema>(mut self) -> Self {
        self.header_rule = Some(HeaderRule::of::<T>());
        self
    }

    /// The media type of JSON replies, such as `application/vnd.api+json`;
    /// `application/json` unless said otherwise.
    #[must_use]
    pub fn default_media_type(mut self, media_type: impl Into<Cow<'static, str>>) -> Self {
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

    /// More to read about the API.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }

    /// Writes hidden operations into the document all the same: for an internal
    /// one, made of a copy of the registry.
    #[must_use]
    pub fn include_hidden(mut self) -> Self {
        self.includes_hidden = true;
        self
    }

    /// Answers every operation with an example of what it declares, and calls no handler: a stub for those who work
    /// against the API before its handlers do (their bodies may be `todo!()`).
    ///
    /// Requests are authenticated and validated as ever, and errors look as they will. The answer is the first
    /// success the operation declares, or the status a request prefers: `Prefer: code=404` (RFC 7240). Its body is
    /// the example stated for that status, or made of the schema as [`example`](purlin_schemas::example) does; where
    /// none can be made, the registry is not built.
    ///
    /// ```
    /// use purlin_router::{Json, Operation, Path, Registry, errors::NotFound, schema, testing::TestClient};
    ///
    /// #[schema(response)]
    /// struct Todo {
    ///     id: u64,
    ///     #[schemars(example = "Buy some milk")]
    ///     title: String,
    /// }
    ///
    /// async fn get_todo(_: Path<u64>) -> Result<Json<Todo>, NotFound> {
    ///     todo!()
    /// }
    ///
    /// # fn main() -> Result<(), purlin_router::RegistryErrors> {
    /// let api = Registry::new("Todos", "1.0.0").operation(Operation::get("/todos/{id}", get_todo));
    /// let client = TestClient::new(&api.mocked().build()?);
    /// let todo: serde_json::Value = client.get("/todos/7").send().json();
    /// assert_eq!(todo["title"], "Buy some milk");
    /// assert_eq!(client.get("/todos/seven").send().status(), 400);
    /// assert_eq!(client.get("/todos/7").header("Prefer", "code=404").send().status(), 404);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn mocked(mut self) -> Self {
        self.is_mocked = true;
        self
    }

    /// Whether `/todos` and `/todos/` are one path; two unless said otherwise.
    #[must_use]
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.trailing_slash = policy;
        self
    }

    /// Holds replies to the document, where their types alone do not: what
    /// Flask-Rebar calls `validate_on_dump`. Off unless said otherwise; a
    /// [`TestClient`](crate::testing::TestClient) always looks.
    #[must_use]
    pub fn check_responses(mut self, checks: ResponseChecks) -> Self {
        self.response_checks = checks;
        self
    }

    /// Tells a function of every error no handler declares, after it was
    /// logged: panics, replies that break their contract, extractors that fail
    /// by themselves. Hooks are called in the order they were added, while the
    /// client waits; one that panics takes the connection with it.
    #[must_use]
    pub fn on_uncaught(
        mut self,
        hook: impl Fn(&UnexpectedError<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.hooks.add(hook);
        self
    }

    /// Adds an operation.
    #[must_use]
    pub fn operation<By>(mut self, operation: impl IntoOperation<By>) -> Self {
        self.operations.push(operation.into_operation());
        self
    }

    /// Checks everything and makes the router.
    ///
    /// # Errors
    ///
    /// Every mistake at once, each naming the subject and the mend.
    pub fn build(&self) -> Result<Router, RegistryErrors> {
        build::build(self)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("info", &self.info)
            .field("prefix", &self.prefix)
            .field("style", &self.style)
            .field("operations", &self.operations)
            .finish_non_exhaustive()
    }
}
