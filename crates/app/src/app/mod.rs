//! The application builder: what a program is composed of, with everything that contradicts itself reported together.

mod extension;
mod layer;
mod resource;
mod sections;
mod store;

use std::{any::TypeId, collections::HashMap, future::Future, sync::Arc, time::Duration};

use actix_web::{
    dev::HttpServiceFactory,
    web::{Data, ServiceConfig},
};
use purlin_router::{
    Registry,
    idempotency::{Idempotency, IdempotencyStore, MemoryStore},
    middleware::DescribeMiddleware,
};
use purlin_store::rate_limit::RateLimitStore;

use self::sections::Sections;
pub(crate) use self::{
    extension::Extensions,
    layer::{Layer, Layers},
    resource::Resources,
};
pub use self::{
    layer::IntoMiddleware,
    resource::{NotOpenError, Resource, ResourceBuilder},
};
use crate::{
    api::{self, Api},
    error::{BoxError, error_chain},
    hooks::Hook,
    middleware::{ClientAddress, DocumentedMiddleware, MiddlewareParts},
    ops::{ReadinessCheck, RejectionCounter, RejectionCounters, StoreStatistics},
    settings::{Section, Settings},
};

/// A line that is printed at startup, made from the URL of the server.
pub(crate) type StartupMessage = Box<dyn FnOnce(&str) -> Option<String>>;

/// The application that [`run`](crate::run) composes and serves: registries, resources, middleware, services and hooks.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use purlin_app::{
///     App,
///     router::{Json, Operation, Registry, schemas::Message},
/// };
///
/// async fn get_index() -> Json<Message> {
///     Json(Message::new("Hello!"))
/// }
///
/// fn main() -> ExitCode {
///     purlin_app::run(purlin_app::program!(), async |app: &mut App| {
///         app.registry(Registry::new("Hello", "1.0.0").operation(Operation::get("/", get_index)));
///         app.startup_message(|url| Some(format!("Open {url}/docs")));
///         Ok(())
///     })
/// }
/// ```
pub struct App {
    pub(crate) settings: Settings,
    sections: Sections,
    registries: Vec<Registry>,
    pub(crate) resources: Resources,
    pub(crate) extensions: Extensions,
    pub(crate) layers: Vec<Layer>,
    described: DocumentedMiddleware,
    pub(crate) startup_hooks: Vec<Hook>,
    pub(crate) shutdown_hooks: Vec<Hook>,
    pub(crate) startup_messages: Vec<StartupMessage>,
    pub(crate) checks: Vec<ReadinessCheck>,
    pub(crate) rejections: Arc<RejectionCounters>,
    pub(crate) idempotency_store: Option<Arc<dyn IdempotencyStore>>,
    pub(crate) rate_limit_store: Option<Arc<dyn RateLimitStore>>,
    /// What is counted of the calls of the store that replicas share, if there is one.
    pub(crate) store_statistics: Option<StoreStatistics>,
    /// Why there is none although the settings name one.
    pub(crate) store_error: Option<String>,
    /// Who provides each type of state that handlers can extract.
    state: HashMap<TypeId, String>,
    errors: Vec<String>,
}

impl App {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            sections: Sections::default(),
            registries: Vec::new(),
            resources: Resources::default(),
            extensions: Extensions::default(),
            layers: Vec::new(),
            described: DocumentedMiddleware::new(),
            startup_hooks: Vec::new(),
            shutdown_hooks: Vec::new(),
            startup_messages: Vec::new(),
            checks: Vec::new(),
            rejections: Arc::default(),
            idempotency_store: None,
            rate_limit_store: None,
            store_statistics: None,
            store_error: None,
            state: HashMap::new(),
            errors: Vec::new(),
        }
    }

    /// Returns the settings of this process.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Reads a section of the settings, see [`Settings::section`].
    ///
    /// The name has the form `[a-z][a-z0-9_]*`, without `__` and without `_` at the end, so that environment variables can
    /// name it. Another form, a name of Purlin's own sections, and a name that is used with two types are errors of the
    /// composition.
    pub fn section<T: Section>(&mut self, name: &str) -> T {
        let type_name = std::any::type_name::<T>();
        match self.sections.declare(name, type_name, &self.settings) {
            Ok(()) => self.settings.section(name),
            Err(error) => {
                self.errors.push(error);
                T::default()
            }
        }
    }

    /// Serves the operations of a registry and its OpenAPI documents. Paths that no registry has get a 404 in the error style
    /// of the first one.
    pub fn registry(&mut self, registry: Registry) -> &mut Self {
        self.registries.push(registry);
        self
    }

    /// Manages something that is opened before the first request and closed after the last, such as a pool of connections.
    ///
    /// Handlers of every registry and service extract it as `web::Data<T>`; what is composed before it is open gets the
    /// returned handle. Resources are opened in the order of their registration and closed in reverse; one that cannot be
    /// opened ends the startup. Commands that only print, such as `openapi` and `config`, and `mock` open none.
    ///
    /// A closure that opens it is enough; a [`ResourceBuilder`] adds a check for readiness and a function that closes it:
    ///
    /// ```
    /// # use purlin_app::{App, ResourceBuilder};
    /// # struct Pool;
    /// # impl Pool {
    /// #     async fn connect(_: &str) -> std::io::Result<Self> { Ok(Self) }
    /// #     async fn ping(&self) -> std::io::Result<()> { Ok(()) }
    /// #     async fn close(&self) {}
    /// # }
    /// # struct Cache;
    /// # fn compose(app: &mut App, url: String) {
    /// app.resource("cache", async || Ok(Cache));
    ///
    /// let pool = ResourceBuilder::new(async move || Ok(Pool::connect(&url).await?))
    ///     .check(async |pool: &Pool| Ok(pool.ping().await?))
    ///     .close(async |pool: &Pool| {
    ///         pool.close().await;
    ///         Ok(())
    ///     });
    /// let pool = app.resource("database", pool);
    /// # }
    /// ```
    pub fn resource<T: Send + Sync + 'static>(
        &mut self,
        name: &str,
        resource: impl Into<ResourceBuilder<T>>,
    ) -> Resource<T> {
        if self.resources.contains(name) {
            self.errors.push(format!(
                "two resources are named `{name}`; rename one of them"
            ));
        }
        self.provide::<Data<T>>(format!("the resource `{name}`"));
        let (handle, check) = self.resources.add(name, resource.into());
        self.checks.extend(check);
        handle
    }

    /// Adds state for the handlers of every registry and service, as `App::app_data` of actix does:
    /// `app.app_data(web::Data::new(store))`.
    pub fn app_data<T: Clone + Send + Sync + 'static>(&mut self, data: T) -> &mut Self {
        self.provide::<T>("app_data".to_owned());
        self.extensions.add(move |config| {
            config.app_data(data.clone());
        });
        self
    }

    /// Wraps every registry and service in actix middleware.
    ///
    /// It runs inside the middleware of Purlin: it sees requests that have an id and have passed the limits, and its responses
    /// get security headers and a line in the access log. As in actix, the last one added is the outermost. A `Transform` that
    /// is `Clone + Send + Sync` is given as it is, any other one as a closure that makes one for each worker:
    ///
    /// ```
    /// # use purlin_app::App;
    /// use actix_web::middleware::{DefaultHeaders, from_fn};
    /// # use actix_web::{Error, body::MessageBody, dev::{ServiceRequest, ServiceResponse}, middleware::Next};
    /// # async fn audit(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    /// #     next.call(request).await
    /// # }
    /// # fn compose(app: &mut App) {
    /// app.wrap(|| DefaultHeaders::new().add(("X-Version", "1")));
    /// app.wrap(|| from_fn(audit));
    /// # }
    /// ```
    ///
    /// Middleware of a type that was added before is an error; [`wrap_again`](Self::wrap_again) allows it.
    pub fn wrap<Marker>(&mut self, middleware: impl IntoMiddleware<Marker>) -> &mut Self {
        let layer = middleware.into_layer();
        if self.layers.iter().any(|it| it.is_of_same_type(&layer)) {
            self.errors.push(format!(
                "the middleware `{}` is added twice; remove one, or add the second with `App::wrap_again`",
                layer.type_name(),
            ));
        }
        self.layers.push(layer);
        self
    }

    /// Wraps every registry and service in middleware that describes itself: its statuses, header fields and parameters are in
    /// the documents of all registries.
    ///
    /// ```
    /// # use std::future::{Ready, ready};
    /// # use actix_web::{Error, dev::{Service, ServiceRequest, ServiceResponse, Transform}};
    /// use purlin_app::{
    ///     App,
    ///     router::{
    ///         error::http::ServiceUnavailable,
    ///         middleware::{DescribeMiddleware, MiddlewareDescription},
    ///     },
    /// };
    ///
    /// /// Rejects requests while the service is being maintained.
    /// #[derive(Clone)]
    /// struct Maintenance;
    ///
    /// impl DescribeMiddleware for Maintenance {
    ///     fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
    ///         operation.error(&ServiceUnavailable::default(), "The service is being maintained.", []);
    ///     }
    /// }
    /// # impl<S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static> Transform<S, ServiceRequest> for Maintenance {
    /// #     type Response = ServiceResponse;
    /// #     type Error = Error;
    /// #     type Transform = S;
    /// #     type InitError = ();
    /// #     type Future = Ready<Result<S, ()>>;
    /// #     fn new_transform(&self, service: S) -> Self::Future { ready(Ok(service)) }
    /// # }
    ///
    /// fn compose(app: &mut App) {
    ///     app.wrap_documented(Maintenance);
    /// }
    /// ```
    pub fn wrap_documented<M, Marker>(&mut self, middleware: M) -> &mut Self
    where
        M: IntoMiddleware<Marker> + DescribeMiddleware + Clone,
    {
        self.wrap(middleware.clone())
            .document_middleware(middleware)
    }

    /// Documents what middleware that was [wrapped](Self::wrap) adds to the operations of all registries, where the middleware
    /// itself is a function or of another crate. The innermost middleware comes first.
    ///
    /// ```
    /// # use purlin_app::App;
    /// use actix_web::middleware::DefaultHeaders;
    /// use purlin_app::router::{middleware::MiddlewareDescription, openapi::{Header, Schema}};
    /// use serde_json::json;
    ///
    /// fn compose(app: &mut App) {
    ///     app.wrap(|| DefaultHeaders::new().add(("X-Version", "1")));
    ///     app.document_middleware(|operation: &mut MiddlewareDescription<'_>| {
    ///         let text = Header::new(Schema(json!({"type": "string"})));
    ///         operation.response_header("X-Version", &text.required());
    ///     });
    /// }
    /// ```
    pub fn document_middleware(&mut self, middleware: impl DescribeMiddleware) -> &mut Self {
        self.described.push(Arc::new(middleware));
        self
    }

    /// Wraps every registry and service in middleware of a type that may have been added before.
    pub fn wrap_again<Marker>(&mut self, middleware: impl IntoMiddleware<Marker>) -> &mut Self {
        self.layers.push(middleware.into_layer());
        self
    }

    /// Adds an actix service beside the registries, such as static files or a websocket; the closure makes it for each worker.
    /// Paths of a registry come first.
    ///
    /// ```
    /// # use purlin_app::App;
    /// use actix_web::{HttpResponse, web};
    /// # fn compose(app: &mut App) {
    /// app.service(|| web::resource("/ping").to(|| async { HttpResponse::NoContent() }));
    /// # }
    /// ```
    pub fn service<S: HttpServiceFactory + 'static>(
        &mut self,
        factory: impl Fn() -> S + Send + Sync + 'static,
    ) -> &mut Self {
        self.extensions.add_service(move |config| {
            config.service(factory());
        });
        self
    }

    /// Configures the actix `App` of each worker, after the registries have been added to it.
    ///
    /// State that is added here is not known to the check of state at startup; use [`app_data`](Self::app_data).
    pub fn configure(
        &mut self,
        configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static,
    ) -> &mut Self {
        self.extensions.add_service(configure);
        self
    }

    /// Runs a function before the first request, once all resources are open. Hooks run in order; one that fails ends the
    /// startup. The command `mock` runs none.
    pub fn on_startup<F, R>(&mut self, name: &str, hook: F) -> &mut Self
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), BoxError>> + 'static,
    {
        self.startup_hooks.push(Hook::new(name, hook));
        self
    }

    /// Runs a function after the last request, while resources are still open. Hooks run in reverse order, each for at most
    /// `http.shutdown_timeout` seconds; failures are logged. The command `mock` runs none.
    pub fn on_shutdown<F, R>(&mut self, name: &str, hook: F) -> &mut Self
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), BoxError>> + 'static,
    {
        self.shutdown_hooks.push(Hook::new(name, hook));
        self
    }

    /// Prints a line at startup, beside the URLs. The function is called with the URL of the server, without a final slash, by
    /// `serve` and `mock` alone.
    pub fn startup_message(
        &mut self,
        message: impl FnOnce(&str) -> Option<String> + 'static,
    ) -> &mut Self {
        self.startup_messages.push(Box::new(message));
        self
    }

    /// Adds a check to `/readyz` of the operations port: the server is not ready while the check fails, panics or takes longer
    /// than `timeout`; the cause is logged. Checks run concurrently, at most about once a second, on the thread of the operations
    /// port. A resource has a check of its own, see [`ResourceBuilder::check`].
    pub fn readiness_check<F, R>(&mut self, name: &str, timeout: Duration, check: F) -> &mut Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + 'static,
    {
        self.checks
            .push(ReadinessCheck::new(name, timeout, move || {
                let check = check();
                async move { check.await.map_err(|error| error_chain(&*error)) }
            }));
        self
    }

    /// Returns the counter of requests that are rejected for this reason before an operation sees them, by a limit of your own
    /// for example: `…_http_requests_rejected_total{reason="…"}`. The reasons have to be few and known at
    /// startup; do not derive them from requests.
    pub fn rejection_counter(&mut self, reason: &str) -> RejectionCounter {
        self.rejections.counter(reason)
    }

    /// Stores responses to requests with an idempotency key (section `idempotency`) elsewhere than in the memory of this process,
    /// such as in a database that several processes share.
    pub fn idempotency_store(&mut self, store: impl IdempotencyStore + 'static) -> &mut Self {
        self.idempotency_store = Some(Arc::new(store));
        self
    }

    /// Counts requests for the rate limits (section `rate_limit`) elsewhere than in the memory of this process, such as in a
    /// store that several processes share.
    pub fn rate_limit_store(&mut self, store: impl RateLimitStore + 'static) -> &mut Self {
        self.rate_limit_store = Some(Arc::new(store));
        self
    }

    /// Builds the registries; returns them with all errors of the composition.
    pub(crate) fn build(&mut self, is_mocked: bool) -> (Vec<Api>, Vec<String>) {
        if self.settings.store().is_shared() && !is_mocked {
            self.store_error = store::add(self).err();
        }
        let middleware = self.settings.middleware();
        let (limits, compressed) = (&middleware.limits, middleware.compression.requests);
        let (time_limit, most_body) = (limits.time_limit(), limits.most_body());
        let idempotency = self.idempotency();
        let state: Vec<TypeId> = self.state.keys().copied().collect();
        let described = self.described();
        let registries = std::mem::take(&mut self.registries).into_iter();
        let registries = registries.map(|registry| {
            let registry = registry
                .__or_time_limit(time_limit)
                .__or_compressed_requests(compressed)
                .__or_idempotency(idempotency.as_ref())
                .__at_most_body(most_body)
                .__middleware(&described);
            let registry = with_external_state(registry, &state);
            if is_mocked {
                registry.mocked()
            } else {
                registry
            }
        });
        let (apis, api_errors) = api::build(registries);
        let mut errors = std::mem::take(&mut self.errors);
        if apis.is_empty() && api_errors.is_empty() && !self.extensions.has_services() {
            let error = "there is nothing to serve; add a registry with `App::registry`";
            errors.push(error.to_owned());
        }
        errors.extend(api_errors);
        (apis, errors)
    }

    /// Returns the middleware that describes itself to the documents, innermost first.
    fn described(&mut self) -> DocumentedMiddleware {
        let mut described = std::mem::take(&mut self.described);
        // Errors of the settings are reported with all others.
        let parts = MiddlewareParts::new(self.settings.middleware(), self.rate_limit_store.clone());
        described.extend(parts.into_iter().flat_map(MiddlewareParts::described));
        described
    }

    /// Returns how registries honour idempotency keys, if they are enabled.
    fn idempotency(&self) -> Option<Idempotency> {
        let settings = &self.settings.middleware().idempotency;
        settings.enabled.then(|| {
            let idempotency = match &self.idempotency_store {
                Some(store) => Idempotency::new(Arc::clone(store)),
                None => Idempotency::new(MemoryStore::new(
                    settings.max_bytes.to_usize(),
                    settings.max_bytes_per_caller.to_usize(),
                )),
            };
            idempotency
                .keep(Duration::from_secs(settings.keep.get().into()))
                .max_response(settings.max_response.to_usize())
                .client_address(|request| ClientAddress::of(request).map(|client| client.0))
        })
    }

    /// Notes who provides state of type `D`.
    fn provide<D: 'static>(&mut self, provider: String) {
        let type_name = std::any::type_name::<D>();
        if let Some(first) = self.state.get(&TypeId::of::<D>()) {
            self.errors.push(format!(
                "{provider} and {first} both provide `{type_name}`, and handlers select state by its type; wrap one of \
                 them in a type of its own"
            ));
            return;
        }
        self.state.insert(TypeId::of::<D>(), provider);
    }
}

/// Makes the state of the application known to a registry, whose `build` reports handlers that extract other state.
fn with_external_state(registry: Registry, state: &[TypeId]) -> Registry {
    state
        .iter()
        .fold(registry, |registry, id| registry.__external_data(*id))
}
