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
use purlin_router::__app::{self, HeldBody, LARGE};

pub(super) use self::target::{check, is_of_server};
use super::{
    error_styles::ErrorStyles,
    size_limits::HeaderSummary,
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
        Ok(exchange.finish(response).await)
    }
}

transform!(ProtocolRules);

/// Responds to `OPTIONS *`: the server is there.
pub(super) async fn respond_for_server(request: ServiceRequest) -> ServiceResponse {
    __app::respond(request, HttpResponse::new(StatusCode::NO_CONTENT)).await
}

/// What a request requires of its response and of the connection.
#[derive(Default)]
pub(super) struct Exchange {
    /// The body, if it is chunked.
    held: Option<HeldBody>,
    /// Whether actix-web takes what is behind the head for a body without an end, and then sends no chunks itself.
    is_endless: bool,
    /// Whether the connection ends with the response.
    is_last: bool,
    /// The end of the connection, where only actix-http knows the end of the body and the listener supports that.
    end: Option<ConnectionEnd>,
}

impl Exchange {
    /// Prepares a request. One of HTTP/2, or of HTTP/1.1 without a body and `Connection`, pays a few comparisons.
    pub(super) fn begin(request: &mut ServiceRequest) -> Self {
        let mut exchange = Self::default();
        let (head, payload) = request.parts_mut();
        if matches!(payload, Payload::H1 { .. } | Payload::Stream { .. }) {
            exchange.held = HeldBody::take(head, payload);
            if exchange.held.is_some() {
                upgrade::decline(request);
            } else if upgrade::is_endless(request) {
                exchange.is_endless = true;
                upgrade::limit_body(request);
            }
        }
        let connection = request.head().connection_type();
        // The end of a WebSocket is that of its own protocol.
        let is_declined = connection == ConnectionType::Upgrade && !exchange.is_endless;
        let has_unknown_end = exchange.held.is_some() || is_declined;
        if has_unknown_end {
            exchange.end = ConnectionEnd::request(request.request());
        }
        exchange.is_last = has_unknown_end || connection == ConnectionType::Close;
        exchange
    }

    /// Completes a response. It is not changed by other middleware from here on.
    pub(super) async fn finish(self, response: ServiceResponse) -> ServiceResponse {
        let (request, mut response) = response.into_parts();
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return ServiceResponse::new(request, response);
        }
        let mut closes = self.is_last || self.is_endless;
        response = match response.body().size() {
            _ if request.method() == Method::HEAD => __app::without_content(response),
            BodySize::Stream if request.version() < Version::HTTP_11 || self.is_endless => {
                closes = true;
                response.head_mut().no_chunking(true);
                response
            }
            BodySize::Sized(size) if size > LARGE as u64 => {
                response.map_body(|_, body| __app::in_pieces(body))
            }
            _ => response,
        };
        if closes {
            let head = response.head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        if let Some(end) = self.end {
            // Behind a broken body there is nothing, and the connection does not wait for this response.
            end.known(|| self.held.as_ref().is_some_and(HeldBody::is_broken))
                .await;
        }
        if let Some(held) = self.held {
            response = held.attach(response);
        }
        ServiceResponse::new(request, response)
    }
}
