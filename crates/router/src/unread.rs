//! A request's body that nobody has read. HTTP/1.1 wants it read before the next request of the connection, and actix
//! closes the connection instead; what is small is read here and thrown away, so that the connection goes on.

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

/// A longer body costs more to read than a new connection does.
const MOST: usize = 64 * 1024;

/// A client that is slower than this to send what it announced is answered at once, and loses the connection.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reads the rest of a body, or gives up.
pub(crate) type Rest = Pin<Box<dyn Future<Output = ()>>>;

/// What has to be waited for before a request is answered: the rest of its body, if that is left and small.
///
/// A request without a body pays a comparison, and one whose body was read a look at its end.
#[inline]
pub(crate) fn rest(headers: &HeaderMap, payload: &mut Payload) -> Option<Rest> {
    // Only in HTTP/1 does an unread body stand in the way of the next request.
    match payload {
        Payload::H1 { payload: body } => {
            let first = Pin::new(body).poll_next(&mut Context::from_waker(Waker::noop()));
            match first {
                // It was read to its end, or breaks off.
                Poll::Ready(None | Some(Err(_))) => None,
                _ => small_rest(headers, payload),
            }
        }
        _ => None,
    }
}

#[cold]
fn small_rest(headers: &HeaderMap, payload: &mut Payload) -> Option<Rest> {
    // A body in chunks has no length, and actix reads it on by itself.
    let length = headers.get(header::CONTENT_LENGTH)?;
    let length: usize = length.to_str().ok()?.parse().ok()?;
    if length > MOST {
        return None;
    }
    let mut payload = payload.take();
    Some(Box::pin(async move {
        let rest = async {
            while let Some(Ok(_)) = poll_fn(|cx| Pin::new(&mut payload).poll_next(cx)).await {}
        };
        // Whether it came in time or not, the request is answered now.
        let _ = timeout(PATIENCE, rest).await;
    }))
}
