//! Ending a connection after the response to a request, whatever the client has sent behind it.
//!
//! `Connection: close` alone does not do that: requests that actix-web has already decoded are processed all the same, but
//! for one case. When the server shuts down gracefully, a connection drops them, finishes its response, and closes. A
//! [`ConnectionEnd`] is that signal for one connection: the listener puts one into the data of each HTTP/1 connection, and
//! looks at it as it looks for the shutdown.

use std::{cell::Cell, rc::Rc};

use actix_web::dev::ServiceRequest;

/// Whether one connection ends after its current response; in the data of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionEnd(Rc<Cell<bool>>);

impl ConnectionEnd {
    /// Returns whether the connection ends. Its task is woken when that changes.
    pub(crate) fn is_near(&self) -> bool {
        self.0.get()
    }
}

/// Ends the connection of a request after the response to it, if the listener supports that.
pub(crate) async fn end_connection(request: &ServiceRequest) {
    if let Some(end) = request.conn_data::<ConnectionEnd>() {
        end.0.set(true);
        // The connection has to find out before the response begins.
        tokio::task::yield_now().await;
    }
}
