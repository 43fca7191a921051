//! Ending a connection after the response to a request, whatever the client has sent behind it.
//!
//! `Connection: close` alone does not do that: requests that actix-web has already decoded are processed all the same, but
//! for one case. When the server shuts down gracefully, a connection drops them, finishes its response, and closes. A
//! [`ConnectionEnd`] is that signal for one connection. The listener puts one into the data of each HTTP/1 connection, and
//! waits for it as it waits for the shutdown.

use std::rc::Rc;

use actix_web::dev::ServiceRequest;
use tokio::sync::Notify;

/// The end of one connection after its current response; in the data of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionEnd(Rc<Notify>);

impl ConnectionEnd {
    /// Waits until the connection is to end.
    #[expect(dead_code, reason = "the listener does not wait for it yet")]
    pub(crate) async fn ended(self) {
        self.0.notified().await;
    }
}

/// Ends the connection of a request after the response to it, if the listener supports that.
pub(crate) async fn end_connection(request: &ServiceRequest) {
    if let Some(end) = request.conn_data::<ConnectionEnd>() {
        end.0.notify_one();
        // The connection has to find out before the response begins.
        tokio::task::yield_now().await;
    }
}
