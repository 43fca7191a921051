//! The rejection of a request by middleware: its reason, and the response.

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{HeaderName, HeaderValue},
    },
};
use purlin_router::{
    __app, ApiError,
    error::{ErrorStyle, Rejection},
};

use super::reject_reason::RejectReason;

/// Why a request goes no further, and what is sent in response.
pub(super) struct MiddlewareRejection {
    pub(super) reason: RejectReason,
    rejection: Box<Rejection>,
    headers: Vec<(HeaderName, HeaderValue)>,
    closes_connection: bool,
}

impl MiddlewareRejection {
    #[cold]
    pub(super) fn new<E: ApiError>(reason: RejectReason, error: &E) -> Self {
        Self {
            reason,
            rejection: Box::new(__app::rejection(error)),
            headers: Vec::new(),
            closes_connection: false,
        }
    }

    /// Adds a header field to the response.
    pub(super) fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Closes the connection after the response: where the next request begins on it is unknown.
    pub(super) fn close_connection(mut self) -> Self {
        self.closes_connection = true;
        self
    }

    pub(super) async fn respond(
        self,
        request: ServiceRequest,
        style: ErrorStyle,
    ) -> ServiceResponse {
        let rendered = self.rejection.render(&style);
        let mut response = __app::respond(request, rendered).await;
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        let inner = response.response_mut();
        inner.extensions_mut().insert(self.reason);
        if self.closes_connection {
            inner.head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    }
}
