//! Upgrades that no service takes: the request is as if it had not asked (RFC 9110 section 7.8).
//!
//! For a request with `Upgrade: websocket`, actix-web takes everything behind the head for the body, until the connection
//! ends. That is right for a WebSocket, and for nothing else.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    http::{Method, Version, header},
    web::Bytes,
};
use futures_util::Stream;

/// Returns whether actix-web takes what is behind the head for a body without an end.
pub(super) fn is_endless(request: &ServiceRequest) -> bool {
    // The body of `CONNECT` has an end if its length is announced.
    let is_tunnel = request.method() == Method::CONNECT
        && !request.headers().contains_key(header::CONTENT_LENGTH);
    is_tunnel || is_websocket(request)
}

/// Returns whether a request asks for a WebSocket, as actix-web finds out.
fn is_websocket(request: &ServiceRequest) -> bool {
    let mut protocols = request.headers().get_all(header::UPGRADE);
    protocols.any(|protocol| {
        let name = protocol.as_bytes().trim_ascii();
        name.eq_ignore_ascii_case(b"websocket")
    })
}

/// Ends the body where its announced length says, unless the request may open a WebSocket.
pub(super) fn limit_body(request: &mut ServiceRequest) {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.trim().parse().ok());
    // A handshake is a GET of HTTP/1.1 without a body (RFC 6455 section 4.1).
    let may_open = request.method() == Method::GET && request.version() >= Version::HTTP_11;
    let length = match length {
        None | Some(0) if may_open || request.method() == Method::CONNECT => return,
        length => length.unwrap_or(0),
    };
    decline(request);
    let payload = request.take_payload();
    request.set_payload(Payload::Stream {
        payload: Box::pin(Limited {
            payload,
            remaining: length,
        }),
    });
}

/// Removes the wish for an upgrade.
pub(super) fn decline(request: &mut ServiceRequest) {
    request.headers_mut().remove(header::UPGRADE);
}

/// The first bytes of a payload that has no end.
struct Limited {
    payload: Payload,
    remaining: u64,
}

impl Stream for Limited {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.remaining == 0 {
            return Poll::Ready(None);
        }
        let next = ready!(Pin::new(&mut self.payload).poll_next(cx));
        Poll::Ready(next.map(|chunk| {
            let mut chunk = chunk?;
            let remaining = usize::try_from(self.remaining).unwrap_or(usize::MAX);
            chunk.truncate(remaining);
            self.remaining -= chunk.len() as u64;
            Ok(chunk)
        }))
    }
}
