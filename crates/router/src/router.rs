//! A built registry: immutable, shared by all workers, ready to serve.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::{HttpRequest, dev::Extensions, web};
use purlin_openapi::{Dialect, Document};

use crate::{
    built_operation::BuiltOperation,
    compatibility::Compatibility,
    dispatch::{
        resources::Resources,
        trie::{Node, Trie},
    },
    docs::Published,
    endpoint::Endpoint,
    error::{ErrorStyle, Reason, policy::ErrorPolicy},
    operation::info::OperationInfo,
    selection::SelectedVersion,
    unread_body,
};

/// The extension that names a Rust item.
const ITEM: &str = "x-rust-item";

/// Puts one value of the registry's data into the data of requests.
pub(crate) type Install = Arc<dyn Fn(&mut Extensions) + Send + Sync>;

/// A built [`Registry`](crate::Registry): cloning is cheap, and it joins any
/// actix `App` or scope as a service.
///
/// ```
/// use actix_web::App;
/// use purlin_router::{Json, Operation, Registry, schemas::Message};
///
/// # fn main() -> Result<(), purlin_router::RegistryErrors> {
/// let api = Registry::new("Greetings", "1.0.0")
///     .operation(Operation::get("/", || async { Json(Message::new("Hello")) }).operation_id("hello"))
///     .build()?;
/// let app = App::new().service(api.clone()).default_service(api.not_found());
/// # Ok(())
/// # }
/// ```
///
/// # Beside other services
///
/// At the root of an `App`, paths the registry does not know go on to the
/// services registered after it, and in the end to the App's default service.
///
/// In a `web::scope` actix lets no service pass a request on. There a registry
/// without a prefix serves the whole scope, and one with a prefix everything
/// below the prefix: **what is registered after it is not reached, so
/// register it last**. A path it does not know goes to the *App's* default
/// service; the scope's own default service gets only what no service of the
/// scope has matched.
///
/// # Paths and their parameters
///
/// [`MatchedOperation`](crate::MatchedOperation) names the operation that runs.
/// It costs nothing and is always right; prefer it for logs and metrics.
/// [`Context::path_parameters`](crate::Context::path_parameters) has the values
/// of its path, in extractors, authenticators and middleware alike.
///
/// `HttpRequest::match_info` has them where the handler takes `web::Path`, an
/// `HttpRequest` or an extractor that describes nothing of itself; filling it
/// takes one regular expression a request. Elsewhere it has the parameters of
/// outer scopes alone.
///
/// `HttpRequest::match_pattern` and `HttpRequest::url_for` are actix's. They
/// know every operation (`url_for` by its operation id) and write templates
/// percent-encoded, as in `/caf%C3%A9/{id}`. They look templates up one by one,
/// compare them with the path as it was sent, and know nothing of methods, so
///
/// - a literal that was sent encoded though it need not be is not recognised:
///   `/echo/fixe%64` runs `/echo/fixed`, and `match_pattern` says `/echo/{text}`;
/// - of several registries in one `App`, only the first without a prefix
///   is known to `match_pattern`;
/// - an operation id names one operation of the whole `App` for `url_for`: the
///   one registered last. For `url_for`, give the operations of a registry that
///   was cloned other ids, or make the address from
///   [`OperationInfo::template`](crate::OperationInfo::template).
///
/// # Requests that do not arrive
///
/// Malformed HTTP, and requests with a target of more than 65,535 bytes, are
/// rejected by actix-web itself: a 400 without a body, in no registry's style.
#[derive(Clone)]
pub struct Router {
    pub(crate) model: Arc<Model>,
}

/// The content of a router.
pub(crate) struct Model {
    pub(crate) prefix: String,
    pub(crate) errors: Arc<ErrorPolicy>,
    /// The index of the first operation.
    pub(crate) first_index: u32,
    pub(crate) trie: Trie,
    pub(crate) nodes: Vec<Node>,
    pub(crate) routes: Vec<Route>,
    pub(crate) resources: Resources,
    pub(crate) app_data: Vec<Install>,
    /// The version it is, where requests select one.
    pub(crate) version: Option<SelectedVersion>,
    pub(crate) published: Published,
    /// Whether it serves within a scope, whose path is only known from requests.
    pub(crate) is_scoped: AtomicBool,
}

/// An operation and what serves it.
pub(crate) struct Route {
    pub(crate) operation: Arc<BuiltOperation>,
    pub(crate) endpoint: Endpoint,
}

impl Model {
    /// Returns the operation with an index.
    pub(crate) fn operation(&self, index: u32) -> Option<&BuiltOperation> {
        let index = usize::try_from(index.checked_sub(self.first_index)?).ok()?;
        self.routes.get(index).map(|route| &*route.operation)
    }
}

impl Router {
    /// Returns the document, as data.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.model.published.document()
    }

    /// Returns the document with the Rust items it was written from, as
    /// `x-rust-item`: handlers beside operations, types beside component schemas.
    /// The served document leaves them out; `cargo xtask contract` names them
    /// where something changed.
    ///
    /// ```
    /// use purlin_router::{Json, Operation, Registry, schema, openapi::Dialect};
    ///
    /// #[schema(response)]
    /// struct Line {
    ///     text: String,
    /// }
    ///
    /// async fn get_index() -> Json<Line> {
    ///     Json(Line { text: "Hello, Being!".to_owned() })
    /// }
    ///
    /// # fn main() -> Result<(), purlin_router::RegistryErrors> {
    /// let api = Registry::new("Greetings", "1.0.0")
    ///     .operation(Operation::get("/", get_index))
    ///     .build()?;
    /// let document = api.document_with_items().to_value(Dialect::V3_1);
    /// for (place, item) in [("/paths/~1/get", "::get_index"), ("/components/schemas/Line", "::Line")] {
    ///     let found = document.pointer(place).and_then(|it| it["x-rust-item"].as_str());
    ///     assert!(found.is_some_and(|found| found.ends_with(item)));
    /// }
    /// assert!(!api.openapi_json().contains("x-rust-item"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn document_with_items(&self) -> Document {
        let mut document = self.document().clone();
        let handlers: BTreeMap<_, _> = self
            .operations()
            .map(|info| (info.operation_id(), info.handler()))
            .collect();
        let operations = document.paths.values_mut();
        for operation in operations.flat_map(|item| item.operations.values_mut()) {
            if let Some(handler) = handlers.get(operation.operation_id.as_str()) {
                // The name begins with `x-`, so it is accepted.
                let _ = operation.extensions.insert(ITEM, *handler);
            }
        }
        for (name, item) in types(&document) {
            let schema = document.components.schemas.get_mut(&name);
            if let Some(schema) = schema.and_then(|schema| schema.0.as_object_mut()) {
                schema.insert(ITEM.to_owned(), item.into());
            }
        }
        document
    }

    /// Returns the document as it is served: OpenAPI 3.1, JSON.
    #[must_use]
    pub fn openapi_json(&self) -> &str {
        self.model.published.json()
    }

    /// Returns every operation, in the order of declaration.
    pub fn operations(&self) -> impl Iterator<Item = &OperationInfo> {
        let routes = self.model.routes.iter();
        routes.map(|route| &route.operation.data.info)
    }

    /// Returns the largest body limit of an operation, in bytes.
    #[doc(hidden)]
    #[must_use]
    pub fn __largest_body(&self) -> usize {
        let routes = self.model.routes.iter();
        let limits = routes.map(|route| route.operation.data.body_limit);
        limits.max().unwrap_or(0)
    }

    /// Returns the path of the OpenAPI 3.1 document, with the registry's prefix.
    #[must_use]
    pub fn openapi_path(&self) -> Option<&str> {
        self.model.published.path(Dialect::V3_1)
    }

    /// Returns the path of the docs page, with the registry's prefix; the first,
    /// if there are several.
    #[must_use]
    pub fn docs_path(&self) -> Option<&str> {
        self.model.published.pages().next()
    }

    /// Returns every document that is served, with its path.
    pub fn documents(&self) -> impl Iterator<Item = (Dialect, &str)> {
        self.model.published.documents()
    }

    /// Returns the paths of the docs pages.
    pub fn docs_paths(&self) -> impl Iterator<Item = &str> {
        self.model.published.pages()
    }

    /// Returns whether two routers are different [`Versions`](crate::Versions) of one API, so that they can have the same paths.
    #[doc(hidden)]
    #[must_use]
    pub fn __is_version_beside(&self, other: &Self) -> bool {
        let versions = self
            .model
            .version
            .as_ref()
            .zip(other.model.version.as_ref());
        versions.is_some_and(|(one, other)| one.is_beside(other))
    }

    /// Returns the style of errors.
    #[must_use]
    pub fn error_style(&self) -> &ErrorStyle {
        &self.model.errors.style
    }

    /// Returns the behaviour where frameworks differ.
    #[must_use]
    pub fn compatibility(&self) -> Compatibility {
        self.model.errors.compatibility
    }

    /// Returns a route that responds 404 in the registry's style; for
    /// `App::default_service`.
    ///
    /// A browser, which prefers HTML to JSON, gets a page with links to the docs page
    /// and the documents instead, and the same links in `Link` (RFC 8631). If the
    /// router is in a scope, this is so for addresses within the scope.
    #[must_use]
    pub fn not_found(&self) -> actix_web::Route {
        let model = Arc::clone(&self.model);
        web::to(move |request: HttpRequest, body: web::Payload| {
            let model = Arc::clone(&model);
            async move {
                // What the scopes around the service have read of the path.
                let info = request.match_info();
                let read = info.as_str().len() - info.unprocessed().len();
                let base = info.as_str().get(..read).unwrap_or_default();
                let is_scoped = model.is_scoped.load(Ordering::Relaxed);
                let page = if is_scoped && base.is_empty() {
                    None
                } else {
                    model.published.not_found_page(&request, base)
                };
                let response =
                    page.unwrap_or_else(|| model.errors.render(&Reason::NotFound.into()));
                unread_body::respond(&request, &mut body.into_inner(), response).await
            }
        })
    }
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Router")
            .field("prefix", &self.model.prefix)
            .field("operations", &self.operations().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Returns the Rust types of component schemas, where they are known.
fn types(document: &Document) -> Vec<(String, String)> {
    let components = &document.components;
    let types = components.schemas.keys().filter_map(|name| {
        // `` `a::Todo` `` or `` `a::Todo` as input``; a name alone says nothing new.
        let path = components.origin(name)?.split('`').nth(1)?;
        path.contains("::").then(|| (name.clone(), path.to_owned()))
    });
    types.collect()
}
