//! A request turned away: why, and the answer in the style of the registry it was for.

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{HeaderName, HeaderValue},
    },
};
use purlin_router::{__app, ApiError, ErrorStyle, Rejection};

use super::Refused;
use crate::api::Api;

/// Why a request goes no further.
pub(super) struct Refusal {
    pub(super) reason: Refused,
    rejection: Box<Rejection>,
    headers: Vec<(HeaderName, HeaderValue)>,
    closes: bool,
}

impl Refusal {
    #[cold]
    pub(super) fn new<E: ApiError>(reason: Refused, error: &E) -> Self {
        Self {
            reason,
            rejection: Box::new(__app::rejection(error)),
            headers: Vec::new(),
            closes: false,
        }
    }

    /// A header it is answered with.
    pub(super) fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The connection ends with the answer: where the next request begins on it is not known.
    pub(super) fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    pub(super) async fn answer(self, request: ServiceRequest, styles: &Styles) -> ServiceResponse {
        let style = styles.of(request.path());
        let mut response = __app::respond(&self.rejection, request, &style).await;
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        if self.closes {
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        response
    }
}

/// The error styles of all registries: a request that was turned away has no operation yet to tell its own.
pub(super) struct Styles(Vec<(String, ErrorStyle)>);

impl Styles {
    pub(super) fn new(apis: &[Api]) -> Self {
        let root = |api: &Api| api.root().trim_end_matches('/').to_owned();
        Self(
            apis.iter()
                .map(|api| (root(api), api.router.error_style().clone()))
                .collect(),
        )
    }

    /// That of the registry with the longest root above the path, or of the first.
    pub(super) fn of(&self, path: &str) -> ErrorStyle {
        let is_above = |root: &str| {
            let rest = path.strip_prefix(root);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let above = self.0.iter().filter(|(root, _)| is_above(root));
        let nearest = above.max_by_key(|(root, _)| root.len());
        nearest
            .or(self.0.first())
            .map_or_else(ErrorStyle::default, |(_, style)| style.clone())
    }
}
