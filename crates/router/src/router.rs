//! A built registry: immutable, shared by all workers, ready to serve.

use std::sync::Arc;

use actix_web::{Route, dev::Extensions, web};
use purlin_openapi::Document;

use crate::{
    auth::Guards,
    context::OperationData,
    dispatch::{Node, Resources, Trie},
    docs::{DocsSite, OpenApiFile},
    endpoint::Endpoint,
    error::{ErrorStyle, Reason, Rejection},
    operation::OperationInfo,
};

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
/// Paths the registry does not know go on to the services registered after it;
/// in a scope, to the App's default service.
///
/// `HttpRequest::url_for` knows every operation by its operation id, and
/// `HttpRequest::match_pattern` gives its template; both are actix's and look
/// templates up one by one. Of several registries in one `App` only the first
/// without a prefix answers `match_pattern`.
/// [`MatchedOperation`](crate::MatchedOperation) costs nothing and always answers.
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
    pub(crate) document: Document,
    pub(crate) json: Arc<str>,
    pub(crate) openapi_path: Option<String>,
    pub(crate) openapi_file: Option<OpenApiFile>,
    pub(crate) docs_path: Option<String>,
    pub(crate) docs_site: Option<DocsSite>,
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
        &self.model.document
    }

    /// The document as it is served: OpenAPI 3.1, JSON.
    #[must_use]
    pub fn openapi_json(&self) -> &str {
        &self.model.json
    }

    /// Every operation, in the order of declaration.
    pub fn operations(&self) -> impl Iterator<Item = &OperationInfo> {
        self.model.operations.iter().map(|built| &built.data.info)
    }

    /// Where the document is served, with the registry's prefix.
    #[must_use]
    pub fn openapi_path(&self) -> Option<&str> {
        self.model.openapi_path.as_deref()
    }

    /// Where the docs page is served, with the registry's prefix.
    #[must_use]
    pub fn docs_path(&self) -> Option<&str> {
        self.model.docs_path.as_deref()
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
        web::to(move || async move { Rejection::from(Reason::NotFound).render(style) })
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
