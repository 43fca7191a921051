//! The error styles of registries, for requests that are rejected before their operation is known.

use std::sync::Arc;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use purlin_router::{Router, error::ErrorStyle};

use super::rejection::MiddlewareRejection;
use crate::api;

/// The error styles of the registries behind a middleware, by the paths of their operations.
///
/// Without any registry, errors are problem details (RFC 9457).
///
/// ```
/// use purlin_app::{LimitSettings, middleware::{ErrorStyles, SizeLimits}};
/// use purlin_router::{Registry, error::ErrorStyle};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router = Registry::new("Todos", "1.0.0").error_style(ErrorStyle::Rebar).build()?;
/// let limits = SizeLimits::new(&LimitSettings::default()).error_styles(ErrorStyles::of([&router]));
/// # let _ = limits;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct ErrorStyles(Option<Arc<[(String, ErrorStyle)]>>);

impl ErrorStyles {
    /// Takes the styles of registries. A path below none of them gets the style of the first.
    #[must_use]
    pub fn of<'r>(routers: impl IntoIterator<Item = &'r Router>) -> Self {
        let styles = routers.into_iter().map(|router| {
            let root = api::root(router);
            (
                root.trim_end_matches('/').to_owned(),
                router.error_style().clone(),
            )
        });
        Self(Some(styles.collect()))
    }

    /// Returns the style of the registry with the longest root above the path, or of the first.
    fn for_path(&self, path: &str) -> ErrorStyle {
        let is_above = |root: &str| {
            let rest = path.strip_prefix(root);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let styles = self.0.as_deref().unwrap_or_default();
        let above = styles.iter().filter(|(root, _)| is_above(root));
        let nearest = above.max_by_key(|(root, _)| root.len());
        nearest
            .or(styles.first())
            .map_or_else(ErrorStyle::default, |(_, style)| style.clone())
    }

    /// Returns the response to a rejected request.
    pub(super) async fn respond(
        &self,
        rejection: MiddlewareRejection,
        request: ServiceRequest,
    ) -> ServiceResponse {
        let style = self.for_path(request.path());
        rejection.respond(request, style).await
    }
}
