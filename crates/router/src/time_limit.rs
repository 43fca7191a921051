//! How long an operation may take, its body's arrival included. Time is looked at only once an operation has to wait
//! for something: one that answers at once pays nothing.

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
    context::OperationData,
    error::{
        Rejection,
        http::{GatewayTimeout, RequestTimeout},
    },
};

/// Why an answer says that time was up; in the extensions of that answer, for middleware that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimedOut {
    /// The body did not arrive in time: 408.
    Body,
    /// The operation was not done in time and was given up: 504.
    Operation,
}

/// What `poll` comes to within the limit; `None` when it does not.
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

/// The answer to a request whose time is up; whatever worked at it has been dropped.
#[cold]
pub(crate) fn answer(
    request: &HttpRequest,
    payload: &mut Payload,
    data: &OperationData,
) -> HttpResponse {
    let (rejection, why) = if is_outstanding(request, payload) {
        let words = "the body of the request did not arrive in time";
        let error = RequestTimeout::new(words);
        (Rejection::turned_away(&error), TimedOut::Body)
    } else {
        log::warn!(
            target: "purlin::timeout",
            "operation {} ({} {}) was not done in time and was given up",
            data.info.operation_id(),
            request.method(),
            data.info.template(),
        );
        let error = GatewayTimeout::new("the request took too long and was given up");
        (Rejection::turned_away(&error), TimedOut::Operation)
    };
    let mut response = rejection.render(data.style);
    response.extensions_mut().insert(why);
    if why == TimedOut::Body {
        // Where one request ends and the next begins is not known here any more (RFC 9110 section 15.5.9).
        *payload = Payload::None;
        let head = response.head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    response
}

/// Whether the client still owes some of the body.
fn is_outstanding(request: &HttpRequest, payload: &mut Payload) -> bool {
    match payload {
        // Parts are read from a payload that was lent, which is handed back at their end and is lost with who reads.
        Payload::None => request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|media_type| media_type.as_bytes().starts_with(b"multipart/")),
        payload => Pin::new(payload)
            .poll_next(&mut Task::from_waker(Waker::noop()))
            .is_pending(),
    }
}
