//! Ending a connection after the response to a request, whatever the client has sent behind it.
//!
//! `Connection: close` alone does not do that: requests that actix-web has already decoded are processed all the same, but
//! for one case. When the server shuts down gracefully, a connection drops them, finishes its response, and closes. A
//! [`ConnectionEnd`] is that signal for one connection. The listener puts one into the data of each HTTP/1 connection, and
//! waits for it as it waits for the shutdown.

use std::rc::Rc;

use tokio::sync::Notify;

/// The end of one connection after its current response; in the data of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionEnd(Rc<Notify>);

impl ConnectionEnd {
    /// Ends the connection after the response to the current request.
    pub(crate) fn end(&self) {
        self.0.notify_one();
    }

    /// Waits until the connection is to end.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the listener does not wait for it yet")
    )]
    pub(crate) async fn ended(self) {
        self.0.notified().await;
    }
}
