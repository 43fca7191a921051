//! Draining bodies with a length. actix-web closes the connection after one that was not read; small ones are read and
//! discarded here, so that the connection stays open.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use actix_web::{
    dev::Payload,
    http::header::{self, HeaderMap},
    rt::time::timeout,
};
use futures_util::Stream;

/// The longest rest that is read. A longer one costs more than a new connection.
const MAXIMUM: usize = 64 * 1024;

/// How long the rest may take to arrive. For a slower client the connection is closed after the response.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Reads the rest of a body until the timeout.
pub(crate) type Rest = Pin<Box<dyn Future<Output = ()>>>;

/// Returns what to wait for before the response is sent: the rest of the body, if there is one and it is small.
///
/// A request without a body pays a comparison, and one whose body was read a poll of its end.
#[inline]
pub(crate) fn rest(headers: &HeaderMap, payload: &mut Payload) -> Option<Rest> {
    // Only in HTTP/1 does an unread body block the next request.
    match payload {
        Payload::H1 { payload: body } => {
            let first = Pin::new(body).poll_next(&mut Context::from_waker(Waker::noop()));
            match first {
                // It was read to its end, or is broken.
                Poll::Ready(None | Some(Err(_))) => None,
                _ => small_rest(headers, payload),
            }
        }
        _ => None,
    }
}

#[cold]
fn small_rest(headers: &HeaderMap, payload: &mut Payload) -> Option<Rest> {
    // A chunked body has no length; the connection ends after it, see `held`.
    let length = headers.get(header::CONTENT_LENGTH)?;
    let length: usize = length.to_str().ok()?.parse().ok()?;
    if length > MAXIMUM {
        return None;
    }
    let mut payload = payload.take();
    Some(Box::pin(async move {
        let rest = async {
            while let Some(Ok(_)) = poll_fn(|cx| Pin::new(&mut payload).poll_next(cx)).await {}
        };
        // The response is sent, whether the rest has arrived or not.
        let _ = timeout(TIMEOUT, rest).await;
    }))
}
