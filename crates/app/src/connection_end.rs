//! Ending a connection after the response to a request, whatever the client has sent behind it.
//!
//! Behind most requests, the listener hands nothing over to actix-http before their response is on its way. Where a chunked body
//! ends, or one with an upgrade, only actix-http knows. What it has decoded behind it is processed even after
//! `Connection: close`, but for one case: when the server shuts down gracefully, a connection drops those requests, finishes
//! its response, and closes. A [`ConnectionEnd`] is that signal for one connection: the listener puts one into the data of each
//! HTTP/1 connection, and looks at it as it looks for the shutdown.

use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll};

use actix_web::HttpRequest;

/// Whether one connection ends after its current response; in the data of the connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionEnd(Rc<Cell<bool>>);

impl ConnectionEnd {
    /// Ends the connection of a request after the response to it; `None` if the listener does not support that.
    pub(crate) fn request(request: &HttpRequest) -> Option<Self> {
        let end: &Self = request.conn_data()?;
        end.0.set(true);
        Some(end.clone())
    }

    /// Returns whether the connection ends, for the listener, which then drops its handle.
    pub(crate) fn is_near(&self) -> bool {
        self.0.get()
    }

    /// Waits until the connection knows, before which the response must not begin; or until it is over already.
    pub(crate) async fn known(&self, is_over: impl Fn() -> bool) {
        poll_fn(|cx| {
            // One handle is in the data of the connection, and one here.
            if Rc::strong_count(&self.0) <= 2 || is_over() {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
