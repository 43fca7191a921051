//! A built registry: immutable, shared by all workers, ready to serve.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{HttpRequest, Route, dev::Extensions, web};
use purlin_openapi::{Dialect, Document};

use crate::{
    auth::Guards,
    context::OperationData,
    dispatch::{Node, Resources, Trie},
    docs::Published,
    endpoint::Endpoint,
    error::{ErrorStyle, Reason, Rejection},
    operation::OperationInfo,
    unread,
};

/// The extension that names a Rust item.
const ITEM: &str = "x-rust-item";

/// Puts one value of the registry's data where a request finds it.
pub(crate) type Install = Arc<dyn Fn(&mut Extensions) + Send + Sync>;

/// A built [`Registry`](crate::Registry): cloning is cheap, and it joins any
/// actix `App` or scope as a service.
///
/// ```
/// use actix_web::App;
/// use purlin_router::{Json, Message, Operation, Registry};
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
/// # What stands beside it
///
/// At the root of an `App`, paths the registry does not know go on to the
/// services registered after it, and in the end to the App's default service.
///
/// In a `web::scope` actix lets no service pass a request on. There a registry
/// without a prefix answers for the whole scope, and one with a prefix for all
/// that is below the prefix: **what is registered after it is not reached, so
/// register it last**. A path it does not know goes to the *App's* default
/// service; one of the scope's own answers only what no service of the scope
/// has taken.
///
/// # Addresses
///
/// [`MatchedOperation`](crate::MatchedOperation) names the operation that runs.
/// It costs nothing and is always right; prefer it for logs and metrics.
///
/// `HttpRequest::match_pattern` and `HttpRequest::url_for` are actix's. They
/// know every operation (`url_for` by its operation id) and write templates
/// percent-encoded, as in `/caf%C3%A9/{id}`. They look templates up one by one,
/// compare them with the path as it was sent, and know nothing of methods, so
///
/// - a literal that was sent encoded though it need not be is not recognised:
///   `/echo/fixe%64` runs `/echo/fixed`, and `match_pattern` says `/echo/{text}`;
/// - of several registries in one `App`, only the first without a prefix
///   answers `match_pattern`;
/// - an operation id names one operation of the whole `App` for `url_for`: the
///   one registered last. For `url_for`, give the operations of a registry that
///   was cloned other ids, or make the address from
///   [`OperationInfo::template`](crate::OperationInfo::template).
///
/// # What does not come here
///
/// Requests that are no HTTP, and those with a target of more than 65,535 bytes,
/// are refused by actix-web itself: a 400 without a body, in nobody's style.
#[derive(Clone)]
pub struct Router {
    pub(crate) model: Arc<Model>,
}

/// Everything a router holds.
pub(crate) struct Model {
    pub(crate) prefix: String,
    pub(crate) style: ErrorStyle,
    pub(crate) trie: Trie,
    pub(crate) nodes: Vec<Node>,
    pub(crate) operations: Vec<BuiltOperation>,
    pub(crate) resources: Resources,
    pub(crate) app_data: Vec<Install>,
    pub(crate) published: Published,
}

/// An operation that passed every check.
pub(crate) struct BuiltOperation {
    pub(crate) data: Arc<OperationData>,
    pub(crate) endpoint: Endpoint,
    pub(crate) guards: Arc<Guards>,
}

impl Router {
    /// The document, as data.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.model.published.document()
    }

    /// The document with the Rust items it was written from, as `x-rust-item`:
    /// handlers beside operations, types beside component schemas. Clients are
    /// not told these; `cargo xtask contract` names them where something
    /// changed.
    ///
    /// ```
    /// use purlin_router::{Json, Operation, Registry, openapi::Dialect, schema};
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
                // The name begins with `x-`, so it is not refused.
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

    /// The document as it is served: OpenAPI 3.1, JSON.
    #[must_use]
    pub fn openapi_json(&self) -> &str {
        self.model.published.json()
    }

    /// Every operation, in the order of declaration.
    pub fn operations(&self) -> impl Iterator<Item = &OperationInfo> {
        self.model.operations.iter().map(|built| &built.data.info)
    }

    /// Where the OpenAPI 3.1 document is served, with the registry's prefix.
    #[must_use]
    pub fn openapi_path(&self) -> Option<&str> {
        self.model.published.path(Dialect::V3_1)
    }

    /// Where the docs page is served, with the registry's prefix; the first, if
    /// there are several.
    #[must_use]
    pub fn docs_path(&self) -> Option<&str> {
        self.model.published.pages().next()
    }

    /// Every document that is served, with its path.
    pub fn documents(&self) -> impl Iterator<Item = (Dialect, &str)> {
        self.model.published.documents()
    }

    /// The paths of every docs page.
    pub fn docs_paths(&self) -> impl Iterator<Item = &str> {
        self.model.published.pages()
    }

    /// How errors look.
    #[must_use]
    pub fn error_style(&self) -> ErrorStyle {
        self.model.style
    }

    /// Answers 404 in the registry's style; for `App::default_service`.
    #[must_use]
    pub fn not_found(&self) -> Route {
        let style = self.model.style;
        web::to(move |request: HttpRequest, body: web::Payload| async move {
            if let Some(rest) = unread::rest(request.headers(), &mut body.into_inner()) {
                rest.await;
            }
            Rejection::from(Reason::NotFound).render(style)
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

/// The Rust types of component schemas, where they are known.
fn types(document: &Document) -> Vec<(String, String)> {
    let components = &document.components;
    let types = components.schemas.keys().filter_map(|name| {
        // `` `a::Todo` `` or `` `a::Todo` as input``; a name alone says nothing new.
        let path = components.origin(name)?.split('`').nth(1)?;
        path.contains("::").then(|| (name.clone(), path.to_owned()))
    });
    types.collect()
}
