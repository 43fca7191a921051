//! Chunked request bodies of HTTP/1, kept until their response is sent.
//!
//! What actix-web does with a body that was not read depends on whether its payload still exists when the response has been
//! sent. If it does, the connection says `Connection: close`, and ends within `client_disconnect_timeout`. If it was dropped,
//! the rest of a chunked body is read for as long as the client sends it, without any limit. So the payload is kept.
//!
//! The connection ends in any case: actix-web does not parse the trailer section of a chunked body, so where the next
//! request begins is not certain (RFC 9112 sections 7.1.2 and 9.6).

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    dev::Payload,
    error::PayloadError,
    http::{ConnectionType, StatusCode, Version, header},
    web::Bytes,
};
use futures_util::Stream;

use crate::kept_body::keep;

/// A mark on a request whose body is held already.
struct IsHeld;

/// A chunked request body that lives as long as the response to its request.
#[derive(Clone)]
pub struct HeldBody(Rc<Shared>);

struct Shared {
    payload: RefCell<Payload>,
    /// Whether reading asks the client for the body, by `100 Continue`.
    asks_by_reading: bool,
    progress: Cell<Progress>,
}

/// How far a body was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// There is more of it, or may be.
    Unfinished,
    /// To its end.
    Complete,
    /// To an error.
    Broken,
}

impl HeldBody {
    /// Takes the payload of an HTTP/1 request whose body is chunked, and leaves one that reads the same body.
    ///
    /// A request without a body pays a comparison, and one with a length a look for a header field.
    #[inline]
    pub fn take(request: &HttpRequest, payload: &mut Payload) -> Option<Self> {
        // A stream is what middleware has put around the payload.
        let has_body = matches!(payload, Payload::H1 { .. } | Payload::Stream { .. });
        if !has_body || !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return None;
        }
        Self::take_chunked(request, payload)
    }

    fn take_chunked(request: &HttpRequest, payload: &mut Payload) -> Option<Self> {
        let is_held = request.extensions().contains::<IsHeld>();
        if is_held || request.version() > Version::HTTP_11 {
            return None;
        }
        request.extensions_mut().insert(IsHeld);
        let held = Self(Rc::new(Shared {
            payload: RefCell::new(payload.take()),
            asks_by_reading: request.head().expect(),
            progress: Cell::new(Progress::Unfinished),
        }));
        *payload = Payload::Stream {
            payload: Box::pin(held.clone()),
        };
        Some(held)
    }

    /// Closes the connection after the response, and keeps what was not read of the body until the response is sent.
    #[must_use]
    pub fn attach(self, mut response: HttpResponse) -> HttpResponse {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return response;
        }
        let head = response.head_mut();
        head.set_connection_type(ConnectionType::Close);
        if self.skip() != Progress::Unfinished {
            return response;
        }
        response.map_body(|_, body| keep(body, self))
    }

    /// Returns whether the body turned out to be malformed or cut off. A part of it may be discarded.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.skip() == Progress::Broken
    }

    /// Discards what has arrived next of the body; returns how far it was read.
    fn skip(&self) -> Progress {
        if self.0.progress.get() == Progress::Unfinished && !self.0.asks_by_reading {
            let _ = self.poll(&mut Context::from_waker(Waker::noop()));
        }
        self.0.progress.get()
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        let next = Pin::new(&mut *self.0.payload.borrow_mut()).poll_next(cx);
        match next {
            Poll::Ready(None) => self.0.progress.set(Progress::Complete),
            Poll::Ready(Some(Err(_))) => self.0.progress.set(Progress::Broken),
            _ => {}
        }
        next
    }
}

impl Stream for HeldBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}
