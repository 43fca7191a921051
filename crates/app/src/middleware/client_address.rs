//! The address of the client.

use std::net::IpAddr;

use actix_web::{HttpMessage, HttpRequest};

/// The address of the client: of the peer of the connection, or of the client that a trusted proxy forwards for
/// (setting `proxies.trusted`, [`TrustedProxies`](super::TrustedProxies)).
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse};
/// use purlin_app::middleware::ClientAddress;
///
/// async fn whoami(request: HttpRequest) -> HttpResponse {
///     match ClientAddress::of(&request) {
///         Some(address) => HttpResponse::Ok().body(address.0.to_string()),
///         None => HttpResponse::Ok().body("connected by a Unix socket"),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns the address of the client that sent a request; nothing on a Unix socket.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let forwarded = request.extensions().get::<Self>().copied();
        forwarded.or_else(|| {
            let peer = request.peer_addr()?;
            // An IPv4 address on a dual-stack socket is mapped into IPv6.
            Some(Self(peer.ip().to_canonical()))
        })
    }
}
