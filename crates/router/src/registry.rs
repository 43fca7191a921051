//! The registry: an API as a value. It is checked in `build/`, which reports
//! every error at once.

use std::{any::TypeId, borrow::Cow, fmt, sync::Arc, time::Duration};

use actix_web::web;
use purlin_openapi::{Contact, Dialect, ExternalDocs, Info, License, Server, Tag};
use purlin_schemas::Schema;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[cfg(feature = "multipart")]
use crate::uploads::Uploads;
use crate::{
    auth::{Authenticator, Named, Requirement, any_of},
    compatibility::Compatibility,
    context::DEFAULT_BODY_LIMIT,
    defaults::HeaderRule,
    docs::Places,
    error::{ErrorStyle, policy::ErrorPolicy},
    hooks::{Hooks, UnexpectedError},
    idempotency::Idempotency,
    middleware::DescribeMiddleware,
    operation::{IntoOperation, Operation},
    provided_data::ProvidedData,
    router::Install,
    selection::SelectedVersion,
    slash::TrailingSlash,
    unknown_parameters::UnknownParameters,
    verify::ResponseChecks,
};

/// An API: its title and version, its operations, and the rules they share.
///
/// A registry is a plain value: `clone()` copies it, and a copy may be changed
/// and mounted beside the original. Nothing of it is global.
///
/// ```
/// use purlin_router::{Json, Operation, Registry, error::ErrorStyle, schemas::Message};
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
    /// `None`: that of the style.
    pub(crate) compatibility: Option<Compatibility>,
    pub(crate) first_index: u32,
    pub(crate) body_limit: usize,
    /// `None`: the default, which is no.
    pub(crate) compressed_requests: Option<bool>,
    /// The largest body, whatever an operation sets.
    pub(crate) most_body: usize,
    pub(crate) time_limit: Option<Option<Duration>>,
    #[cfg(feature = "multipart")]
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
    pub(crate) unknown_parameters: UnknownParameters,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) middleware: Vec<Arc<dyn DescribeMiddleware>>,
    pub(crate) json_type: Option<Cow<'static, str>>,
    pub(crate) extensions: Vec<(String, Value)>,
    pub(crate) external_docs: Option<ExternalDocs>,
    pub(crate) includes_hidden: bool,
    pub(crate) is_mocked: bool,
    pub(crate) operations: Vec<Operation>,
    /// The version it is, where requests select one.
    pub(crate) version: Option<SelectedVersion>,
    /// What is wrong with the versions.
    pub(crate) version_errors: Vec<String>,
}

impl Registry {
    /// Returns an API without operations. Its document is served at `/openapi.json`
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
            compatibility: None,
            first_index: 0,
            body_limit: DEFAULT_BODY_LIMIT,
            compressed_requests: None,
            most_body: usize::MAX,
            time_limit: None,
            #[cfg(feature = "multipart")]
            uploads: Uploads::new(),
            places: Places::default(),
            authenticators: Vec::new(),
            default_authenticators: Requirement::public(),
            app_data: Vec::new(),
            provided: ProvidedData::default(),
            hooks: Hooks::default(),
            response_checks: ResponseChecks::default(),
            trailing_slash: TrailingSlash::default(),
            header_rule: None,
            unknown_parameters: UnknownParameters::default(),
            idempotency: None,
            middleware: Vec::new(),
            json_type: None,
            extensions: Vec::new(),
            external_docs: None,
            includes_hidden: false,
            is_mocked: false,
            operations: Vec::new(),
            version: None,
            version_errors: Vec::new(),
        }
    }

    /// Returns the API's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.info.title
    }

    /// Sets the API's version, in place of the one given to `new`: for a copy that
    /// is the next version.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.info.version = version.into();
        self
    }

    /// Sets the description; CommonMark.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.info.description = Some(description.into());
        self
    }

    /// Sets the contact.
    #[must_use]
    pub fn contact(mut self, contact: Contact) -> Self {
        self.info.contact = Some(contact);
        self
    }

    /// Sets the licence of the API.
    #[must_use]
    pub fn license(mut self, license: License) -> Self {
        self.info.license = Some(license);
        self
    }

    /// Sets a literal path in front of every operation, the document and the docs
    /// page: `/v2`. For a prefix with parameters mount the router in a
    /// `web::scope`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Declares a tag. Once one is declared, every tag of an operation has to be.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// Adds a server URL. Without any, the document's server is a relative
    /// reference from the document, which is right under every scope and proxy.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.servers.push(server);
        self
    }

    /// Sets the style of errors, and with it the behaviour the style brings; see
    /// [`ErrorStyle::compatibility`].
    #[must_use]
    pub fn error_style(mut self, style: ErrorStyle) -> Self {
        self.style = style;
        self
    }

    /// Sets how the registry behaves where frameworks differ, in place of what
    /// the [error style](Self::error_style) brings.
    #[must_use]
    pub fn compatibility(mut self, compatibility: Compatibility) -> Self {
        self.compatibility = Some(compatibility);
        self
    }

    /// Sets the largest request body, in bytes; larger ones are rejected with 413.
    /// The limit applies to `Json<T>`, `Bytes` and `String`; an argument of type
    /// `web::Payload` is limited by its handler alone.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets whether bodies of requests may be compressed with gzip or brotli (`Content-Encoding`, RFC 9110 section 8.4). By
    /// default they may not, and are rejected with 415.
    ///
    /// A compressed body is decoded while it is read, so that every limit is one of what is decoded: decoding stops where
    /// a body exceeds it. Bodies in several codings are rejected. `Bytes`, `String` and `web::Payload` are decoded as well,
    /// whereas without this setting they are handed to the handler as they came.
    ///
    /// ```
    /// use purlin_router::{Json, Operation, Registry, schema, testing::TestClient};
    ///
    /// #[schema]
    /// struct Guest {
    ///     name: String,
    /// }
    ///
    /// async fn echo(guest: Json<Guest>) -> Json<Guest> {
    ///     guest
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let api = Registry::new("Guests", "1.0.0").operation(Operation::post("/guests", echo));
    /// let client = TestClient::new(&api.clone().compressed_requests(true).build()?);
    /// let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    /// std::io::Write::write_all(&mut gzip, br#"{"name": "Ada"}"#)?;
    /// let body = gzip.finish()?;
    /// let post = |client: &TestClient| {
    ///     let call = client.post("/guests").header("content-type", "application/json");
    ///     call.header("content-encoding", "gzip").body(body.clone()).send()
    /// };
    /// assert_eq!(post(&client).text(), r#"{"name":"Ada"}"#);
    ///
    /// let response = post(&TestClient::new(&api.build()?));
    /// assert_eq!(response.status(), 415);
    /// assert_eq!(response.header("accept-encoding"), Some("identity"));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "compression")]
    #[must_use]
    pub fn compressed_requests(mut self, are_accepted: bool) -> Self {
        self.compressed_requests = Some(are_accepted);
        self
    }

    /// Sets [`compressed_requests`](Self::compressed_requests) of a registry that does not set it.
    #[cfg(feature = "compression")]
    #[doc(hidden)]
    #[must_use]
    pub fn __or_compressed_requests(mut self, are_accepted: bool) -> Self {
        self.compressed_requests.get_or_insert(are_accepted);
        self
    }

    /// Lowers the body limits of all operations to this one, in bytes.
    #[doc(hidden)]
    #[must_use]
    pub fn __at_most_body(mut self, bytes: usize) -> Self {
        self.most_body = bytes;
        self
    }

    /// Sets how long an operation may take, reading the body included; the default is no limit. On a timeout the handler
    /// is dropped and the response is 504, or 408 where the body has not arrived. A streaming body may
    /// take longer: the limit is for the start of the response.
    #[must_use]
    pub fn time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit = Some(limit.into());
        self
    }

    /// Sets the [`time_limit`](Self::time_limit) of a registry that has none of its own.
    #[doc(hidden)]
    #[must_use]
    pub fn __or_time_limit(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.time_limit.get_or_insert(limit.into());
        self
    }

    /// Sets the limits of uploaded files, for operations without limits of their own.
    #[cfg(feature = "multipart")]
    #[must_use]
    pub fn uploads(mut self, uploads: Uploads) -> Self {
        self.uploads = uploads;
        self
    }

    /// Sets the path of the OpenAPI 3.1 document, under the prefix; the default is
    /// `/openapi.json`.
    #[must_use]
    pub fn openapi_path(self, path: impl Into<Cow<'static, str>>) -> Self {
        self.document_path(Dialect::V3_1, path)
    }

    /// Sets the path of the document in a dialect, under the prefix. The defaults
    /// are `/openapi.json` for OpenAPI 3.1, `/openapi-3.0.json` for 3.0 and
    /// `/swagger` for Swagger 2.0. A document at the same path is replaced.
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

    /// Serves no document, and no docs page, which needs one.
    #[must_use]
    pub fn without_openapi(mut self) -> Self {
        self.places.drop_all();
        self
    }

    /// Sets the path of the docs page, under the prefix, in place of `/docs` and
    /// `/swagger/ui`.
    #[cfg(feature = "swagger-ui")]
    #[must_use]
    pub fn docs_path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.places.set_pages(vec![path.into()]);
        self
    }

    /// Sets the options of the docs page.
    #[cfg(feature = "swagger-ui")]
    #[must_use]
    pub fn docs_page(mut self, page: crate::DocsPage) -> Self {
        self.places.page = page;
        self
    }

    /// Serves no docs page.
    #[must_use]
    pub fn without_docs(mut self) -> Self {
        self.places.set_pages(Vec::new());
        self
    }

    /// Declares an authenticator under the name that operations and the document's
    /// security schemes use.
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

    /// Sets what operations require of their callers by default; any one of these
    /// admits a request. Names, or [`Requirement`]s put together with
    /// [`all_of`](crate::auth::all_of) and [`scopes`](crate::auth::scopes). An empty
    /// list is an error of `build()`: leave the call out where operations are public.
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
    /// `App` does not provide it, the requests fail with 500.
    ///
    /// ```
    /// use actix_web::{App, web};
    /// use purlin_router::{Operation, Registry, reply::Text};
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
        self.provided.declare_external(TypeId::of::<web::Data<T>>());
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

    /// Declares that the surrounding `App` provides application data of the type
    /// with this id: that of `web::Data<T>`, since a bare `T` reaches no handler.
    #[doc(hidden)]
    #[must_use]
    pub fn __external_data(mut self, id: TypeId) -> Self {
        self.provided.declare_external(id);
        self
    }

    /// Sets the headers every request has to have, whether its handler reads them
    /// or not: they are checked and documented. An operation that takes
    /// [`Headers<T>`](crate::extract::Headers) reads those instead.
    #[must_use]
    pub fn default_headers<T: DeserializeOwned + Schema>(mut self) -> Self {
        self.header_rule = Some(HeaderRule::of::<T>());
        self
    }

    /// Sets what happens to parameters of the query that an operation does not declare, for operations without a policy of
    /// their own; the default is to reject them. The types of bodies decide on their own unknown members; see
    /// [`UnknownParameters`].
    #[must_use]
    pub fn unknown_parameters(mut self, policy: UnknownParameters) -> Self {
        self.unknown_parameters = policy;
        self
    }

    /// Honours the `Idempotency-Key` of POST and PATCH requests: one that is sent again with the same key is processed
    /// once. See [`Idempotency`].
    #[must_use]
    pub fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = Some(idempotency);
        self
    }

    /// Sets the [`idempotency`](Self::idempotency) of a registry that has none of its own.
    #[doc(hidden)]
    #[must_use]
    pub fn __or_idempotency(mut self, idempotency: Option<&Idempotency>) -> Self {
        self.idempotency = self.idempotency.or_else(|| idempotency.cloned());
        self
    }

    /// Documents what middleware in front of the registry adds to its operations: statuses, header fields, parameters. The
    /// innermost middleware comes first, as with `App::wrap`. It is documented only: wrap the `App` in it as well.
    ///
    /// A [`TestClient`](crate::testing::TestClient) calls the registry without the middleware, and a
    /// [`Coverage`](crate::testing::Coverage) expects nothing of it.
    ///
    /// ```
    /// use purlin_router::{
    ///     Json, Operation, Registry, error::http::ServiceUnavailable, middleware::MiddlewareDescription,
    ///     schemas::Message,
    /// };
    ///
    /// async fn get_index() -> Json<Message> {
    ///     Json(Message::new("Hello"))
    /// }
    ///
    /// fn maintenance(operation: &mut MiddlewareDescription<'_>) {
    ///     operation.error(&ServiceUnavailable::default(), "The service is being maintained.", []);
    /// }
    ///
    /// # fn main() -> Result<(), purlin_router::RegistryErrors> {
    /// let router = Registry::new("Greetings", "1.0.0")
    ///     .operation(Operation::get("/", get_index))
    ///     .document_middleware(maintenance)
    ///     .build()?;
    /// assert!(router.openapi_json().contains("\"503\""));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn document_middleware(mut self, middleware: impl DescribeMiddleware) -> Self {
        self.middleware.push(Arc::new(middleware));
        self
    }

    /// Adds documented middleware of a process, outside of what the registry has.
    #[doc(hidden)]
    #[must_use]
    pub fn __middleware(mut self, middleware: &[Arc<dyn DescribeMiddleware>]) -> Self {
        self.middleware.extend(middleware.iter().cloned());
        self
    }

    /// Sets the media type of JSON replies, such as `application/vnd.api+json`;
    /// the default is `application/json`.
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

    /// Sets the link to external documentation.
    #[must_use]
    pub fn external_docs(mut self, docs: ExternalDocs) -> Self {
        self.external_docs = Some(docs);
        self
    }

    /// Writes hidden operations into the document too: for an internal document,
    /// made of a copy of the registry.
    #[must_use]
    pub fn include_hidden(mut self) -> Self {
        self.includes_hidden = true;
        self
    }

    /// Replies with examples of what each operation declares, and calls no handler: a stub to develop clients against
    /// before the handlers work (their bodies may be `todo!()`).
    ///
    /// Requests are authenticated and validated, and errors have their usual form. The response is the first
    /// success the operation declares, or the status a request prefers: `Prefer: code=404` (RFC 7240). Its body is
    /// the example declared for that status, or one generated by [`example`](purlin_schemas::example); where
    /// none can be generated, the registry is not built.
    ///
    /// ```
    /// use purlin_router::{Json, Operation, Registry, schema, error::http::NotFound, extract::Path, testing::TestClient};
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

    /// Sets whether `/todos` and `/todos/` are the same path; by default they are two.
    #[must_use]
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.trailing_slash = policy;
        self
    }

    /// Checks replies against the document, where their types alone do not: what
    /// Flask-Rebar calls `validate_on_dump`. The default is off; a
    /// [`TestClient`](crate::testing::TestClient) always checks.
    #[must_use]
    pub fn check_responses(mut self, checks: ResponseChecks) -> Self {
        self.response_checks = checks;
        self
    }

    /// Calls a function for every error no handler declares, after it was logged:
    /// panics, [`Unexpected`](crate::error::Unexpected) errors, replies that break their contract, extractors that fail by
    /// themselves. Hooks are called in the order they were added, before the
    /// response is sent; one that panics aborts the connection.
    #[must_use]
    pub fn on_uncaught(
        mut self,
        hook: impl Fn(&UnexpectedError<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.hooks.add(hook);
        self
    }

    /// Makes it the version with a name, of those that requests select. The documents move, unless they are the usual ones.
    pub(crate) fn selected(
        mut self,
        version: SelectedVersion,
        name: &str,
        is_usual: bool,
        errors: Vec<String>,
    ) -> Self {
        if !is_usual {
            self.places.move_below(&format!("/versions/{name}"));
        }
        if let Some(media_type) = version.media_type() {
            self.json_type = Some(media_type.to_owned().into());
        }
        self.version = Some(version);
        self.version_errors = errors;
        self
    }

    /// Adds an operation.
    #[must_use]
    pub fn operation<By>(mut self, operation: impl IntoOperation<By>) -> Self {
        self.operations.push(operation.into_operation());
        self
    }

    /// Sets the index of the first operation, so that the operations of several
    /// registries have different ones.
    #[doc(hidden)]
    #[must_use]
    pub fn __first_index(mut self, index: u32) -> Self {
        self.first_index = index;
        self
    }

    /// Returns how many operations are declared.
    #[doc(hidden)]
    #[must_use]
    pub fn __operation_count(&self) -> usize {
        self.operations.len()
    }

    pub(crate) fn error_policy(&self) -> ErrorPolicy {
        ErrorPolicy::new(self.style.clone(), self.compatibility)
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
