//! Encrypted sockets: the handshake, and the protocol it agrees on.

use actix_http::{Protocol, error::DispatchError};
use actix_service::{ServiceFactory, ServiceFactoryExt as _};
use actix_tls::accept::{
    TlsError,
    rustls_0_23::{Acceptor, TlsStream},
};
use tokio::net::TcpStream;

use super::{Accepted, Application, Endpoint, connection::Connection};
use crate::{client_certificate, listen::Handshake};

/// Returns the service of one worker for an encrypted socket.
pub(super) fn accept<S: Application>(
    handshake: &Handshake,
    endpoint: Endpoint,
    application: S,
) -> impl ServiceFactory<TcpStream, Config = (), InitError = ()> + use<S> {
    let mut acceptor = Acceptor::new(handshake.config.clone());
    acceptor.set_handshake_timeout(handshake.time_limit);
    let http = endpoint.service(application, client_certificate::keep);
    acceptor
        .map_err(TlsError::into_service_error::<DispatchError>)
        .map(move |stream| agreed(stream, &endpoint))
        .and_then(http.map_err(TlsError::Service))
}

/// Returns the connection with the protocol that was agreed on.
fn agreed(stream: TlsStream<TcpStream>, endpoint: &Endpoint) -> Accepted<TlsStream<TcpStream>> {
    let (socket, session) = stream.get_ref();
    let peer = socket.peer_addr().ok();
    let timeouts = endpoint.limits.timeouts();
    match session.alpn_protocol() {
        #[cfg(feature = "http2")]
        Some(b"h2") => (
            Connection::of_http2(stream, timeouts),
            Protocol::Http2,
            peer,
        ),
        _ => {
            let connection = Connection::new(stream, timeouts, endpoint.limits.max_head);
            (connection, Protocol::Http1, peer)
        }
    }
}
