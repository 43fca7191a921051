//! The timeout of an operation, reading the body included. The timer starts once an operation has to wait for something:
//! one that is ready at once pays nothing.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context as Task, Poll, Waker},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::{ConnectionType, header},
    rt::time::sleep,
};
use futures_util::Stream;

use crate::{
    error::{
        Rejection,
        http::{GatewayTimeout, RequestTimeout},
    },
    middleware::MiddlewareDescription,
    operation::data::OperationData,
};

/// Why a response reports a timeout; in the extensions of the response, for middleware that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimedOut {
    /// The body did not arrive in time: 408.
    Body,
    /// The operation was not done in time and was cancelled: 504.
    Operation,
}

/// Returns what `poll` returns within the limit; `None` when the limit is exceeded.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    mut poll: impl FnMut(&mut Task<'_>) -> Poll<T>,
) -> Option<T> {
    let mut timer = None;
    poll_fn(|task| match (poll(task), limit) {
        (Poll::Ready(done), _) => Poll::Ready(Some(done)),
        (Poll::Pending, None) => Poll::Pending,
        (Poll::Pending, Some(limit)) => timer
            .get_or_insert_with(|| Box::pin(sleep(limit)))
            .as_mut()
            .poll(task)
            .map(|()| None),
    })
    .await
}

/// Returns the response to a request whose limit is exceeded; its handler has been dropped.
#[cold]
pub(crate) fn exceeded(
    request: &HttpRequest,
    payload: &mut Payload,
    data: &OperationData,
) -> HttpResponse {
    let (rejection, why) = if data.reads_body && is_outstanding(request, payload) {
        (Rejection::unlogged(&body_timeout()), TimedOut::Body)
    } else {
        log::warn!(
            target: "purlin::timeout",
            "operation {} ({} {}) was not done in time and was cancelled",
            data.info.operation_id(),
            request.method(),
            data.info.template(),
        );
        let rejection = Rejection::unlogged(&operation_timeout());
        (rejection, TimedOut::Operation)
    };
    let mut response = data.errors.render(&rejection);
    response.extensions_mut().insert(why);
    if why == TimedOut::Body {
        // The start of the next request on the connection is not known (RFC 9110 section 15.5.9).
        *payload = Payload::None;
        let head = response.head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    response
}

/// Describes the responses to requests whose limit is exceeded. Only an operation that reads the body waits for it.
pub(crate) fn describe(operation: &mut MiddlewareDescription<'_>) {
    let description = "The operation was not done in time and was cancelled.";
    operation.error(&operation_timeout(), description, []);
    if operation.operation().request_body.is_some() {
        let description = "The body of the request did not arrive in time.";
        operation.error(&body_timeout(), description, []);
    }
}

fn body_timeout() -> RequestTimeout {
    RequestTimeout::new("the body of the request did not arrive in time")
}

fn operation_timeout() -> GatewayTimeout {
    GatewayTimeout::new("the request took too long and was cancelled")
}

/// Returns whether a part of the body has not arrived.
fn is_outstanding(request: &HttpRequest, payload: &mut Payload) -> bool {
    match payload {
        // A multipart payload is moved into its reader, and is dropped with it.
        Payload::None => request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|media_type| media_type.as_bytes().starts_with(b"multipart/")),
        payload => Pin::new(payload)
            .poll_next(&mut Task::from_waker(Waker::noop()))
            .is_pending(),
    }
}
