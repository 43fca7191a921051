//! The rules of HTTP that actix-web leaves to the application, for requests before all other middleware and for responses
//! after it:
//!
//! - `Host` and the target are valid (`target`); `OPTIONS *` is about the server.
//! - An upgrade that no service takes is ignored (`upgrade`).
//! - The connection ends after a chunked request body, and within the disconnect timeout if that was not read.
//! - The connection ends after a request that wants that.
//! - A client of HTTP/1.0 gets no chunks (RFC 9112 section 6.1).
//! - A response to HEAD has no content, whatever is behind its request on the connection.
//! - A large body in memory is sent in pieces.

mod target;
mod upgrade;

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, StatusCode, Version},
};
use purlin_router::{
    __app::{self, HeldBody, LARGE},
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

pub(super) use self::target::{check, describe, is_of_server};
use super::{
    error_styles::ErrorStyles,
    header_summary::HeaderSummary,
    transform::{Stage, transform},
};
use crate::connection_end::ConnectionEnd;

/// Applies the rules of HTTP that actix-web leaves to the application.
///
/// It rejects a request with an invalid `Host` or target with 400, ignores upgrades that no service takes, closes the
/// connection after a chunked request body, sends no chunks to clients of HTTP/1.0, and sends large bodies in pieces.
/// Wrap it last, so that it is outermost.
///
/// ```
/// use purlin_app::middleware::ProtocolRules;
///
/// let app = actix_web::App::new().wrap(ProtocolRules::new());
/// # let _ = app;
/// ```
#[derive(Clone, Debug, Default)]
pub struct ProtocolRules {
    styles: ErrorStyles,
}

impl ProtocolRules {
    /// Creates the middleware.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }
}

impl DescribeMiddleware for ProtocolRules {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        describe(operation);
    }
}

impl Stage for ProtocolRules {
    async fn process<S, B>(
        &self,
        mut request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let exchange = Exchange::begin(&mut request);
        let headers = HeaderSummary::of(&request);
        let response = match check(&request, headers.has_invalid_host) {
            Err(rejection) => self.styles.respond(rejection, request).await,
            Ok(()) if is_of_server(&request) => respond_for_server(request).await,
            Ok(()) => service.call(request).await?.map_into_boxed_body(),
        };
        Ok(match exchange {
            Some(exchange) => exchange.finish(response).await,
            None => finish(response),
        })
    }
}

transform!(ProtocolRules);

/// Responds to `OPTIONS *`: the server is there.
pub(super) async fn respond_for_server(request: ServiceRequest) -> ServiceResponse {
    __app::respond(request, HttpResponse::new(StatusCode::NO_CONTENT)).await
}

/// What a request requires of its response and of the connection, beyond what every response has to be.
pub(super) struct Exchange {
    /// The body, if it is chunked.
    held: Option<HeldBody>,
    /// Whether actix-web takes what is behind the head for a body without an end, and then sends no chunks itself.
    is_endless: bool,
    /// The end of the connection, where only actix-http knows the end of the body and the listener supports that.
    end: Option<ConnectionEnd>,
}

impl Exchange {
    /// Prepares a request. One without a chunked body and `Upgrade` pays a few comparisons, and requires nothing. Boxed, so that the futures of other requests do not contain it.
    pub(super) fn begin(request: &mut ServiceRequest) -> Option<Box<Self>> {
        let (head, payload) = request.parts_mut();
        let has_body = matches!(payload, Payload::H1 { .. } | Payload::Stream { .. });
        let held = if has_body {
            HeldBody::take(head, payload)
        } else {
            None
        };
        let is_endless = has_body && held.is_none() && upgrade::is_endless(request);
        let is_upgrade = request.head().connection_type() == ConnectionType::Upgrade;
        if held.is_none() && !is_endless && !is_upgrade {
            return None;
        }
        if held.is_some() {
            upgrade::decline(request);
        } else if is_endless {
            upgrade::limit_body(request);
        }
        let mut exchange = Self {
            held,
            is_endless,
            end: None,
        };
        // The end of a WebSocket is that of its own protocol.
        let is_declined = is_upgrade && !is_endless;
        if exchange.held.is_some() || is_declined {
            exchange.end = ConnectionEnd::request(request.request());
        }
        Some(Box::new(exchange))
    }

    /// Completes a response, which is the last one of its connection. It is not changed by other middleware from here on.
    pub(super) async fn finish(self: Box<Self>, response: ServiceResponse) -> ServiceResponse {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return response;
        }
        let mut response = complete(response, self.is_endless);
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
        if let Some(end) = self.end {
            // Behind a broken body there is nothing, and the connection does not wait for this response.
            end.known(|| self.held.as_ref().is_some_and(HeldBody::is_broken))
                .await;
        }
        match self.held {
            Some(held) => {
                let (request, response) = response.into_parts();
                ServiceResponse::new(request, held.attach(response))
            }
            None => response,
        }
    }
}

/// Returns whether a response to a request that requires nothing more is complete, as nearly all are, and leaves at once: it
/// has a small body in memory.
pub(super) fn is_complete(response: &ServiceResponse) -> bool {
    let request = response.request();
    let is_small = match response.response().body().size() {
        BodySize::None => true,
        BodySize::Sized(size) => size <= LARGE as u64,
        BodySize::Stream => false,
    };
    is_small && *request.method() != Method::HEAD && request.version() < Version::HTTP_2
}

/// Completes a response to a request that requires nothing more.
pub(super) fn finish(response: ServiceResponse) -> ServiceResponse {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    complete(response, false)
}

/// Makes the content of a response one that its client can receive. A client whose connection has no end of requests, or
/// speaks HTTP/1.0, gets a stream without chunks.
fn complete(response: ServiceResponse, is_endless: bool) -> ServiceResponse {
    let is_head = *response.request().method() == Method::HEAD;
    let size = response.response().body().size();
    let is_large = matches!(size, BodySize::Sized(size) if size > LARGE as u64);
    if !is_head && !is_large && size != BodySize::Stream {
        return response;
    }
    let (request, mut response) = response.into_parts();
    if is_head {
        response = __app::without_content(response);
    } else if is_large {
        response = response.map_body(|_, body| __app::in_pieces(body));
    } else if request.version() < Version::HTTP_11 || is_endless {
        let head = response.head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
    ServiceResponse::new(request, response)
}
