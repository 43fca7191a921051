//! `Expect: 100-continue` (RFC 9110 section 10.1.1): a client is asked for its body when the body is wanted, and gets the
//! final status at once where the head of its request decides: no such operation, no credential, too large, a wrong
//! media type.
//!
//! actix-http asks a service of its own before the request is processed, and writes `100 Continue` unless that service
//! fails. Here it processes the request: when something reads the body, `100 Continue` is written, and the processing goes on
//! in the service of requests; when a response comes first, it is sent in place of `100 Continue`.

use std::{
    cell::Cell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_http::{Payload, Request, Response, error::PayloadError};
use actix_service::{Service, ServiceFactory, always_ready};
use actix_web::{body::BoxBody, web::Bytes};
use futures_util::{
    Stream,
    future::{LocalBoxFuture, Ready, ready},
};

use super::service::{Shared, process};

/// The service of expectations, and its factory.
pub(super) struct Continue<S>(Rc<Shared<S>>);

impl<S> Continue<S> {
    pub(super) fn new(shared: &Rc<Shared<S>>) -> Self {
        Self(Rc::clone(shared))
    }
}

impl<S> ServiceFactory<Request> for Continue<S>
where
    S: Service<Request, Error = actix_web::Error> + 'static,
    S::Response: Into<Response<BoxBody>>,
    S::Future: 'static,
{
    type Response = Request;
    type Error = Response<BoxBody>;
    type Config = ();
    type Service = Self;
    type InitError = ();
    type Future = Ready<Result<Self, ()>>;

    fn new_service(&self, (): ()) -> Self::Future {
        ready(Ok(Self::new(&self.0)))
    }
}

impl<S> Service<Request> for Continue<S>
where
    S: Service<Request, Error = actix_web::Error> + 'static,
    S::Response: Into<Response<BoxBody>>,
    S::Future: 'static,
{
    type Response = Request;
    type Error = Response<BoxBody>;
    type Future = LocalBoxFuture<'static, Result<Request, Response<BoxBody>>>;

    always_ready!();

    fn call(&self, mut request: Request) -> Self::Future {
        let shared = Rc::clone(&self.0);
        let Some(service) = shared.service() else {
            return Box::pin(ready(Ok(request)));
        };
        let is_wanted = Rc::new(Cell::new(false));
        let body = request.take_payload();
        // Without a body there is nothing to ask for, and the next request may be behind this one.
        if !matches!(body, Payload::None) {
            *request.payload() = Payload::Stream {
                payload: Box::pin(WatchedBody {
                    body,
                    is_wanted: Rc::clone(&is_wanted),
                }),
            };
        }
        let mut waiting = Some(Box::pin(process(&*service, request)));
        Box::pin(poll_fn(move |cx| {
            let Some(processing) = &mut waiting else {
                return Poll::Pending;
            };
            match processing.as_mut().poll(cx) {
                Poll::Ready(Ok(response) | Err(response)) => Poll::Ready(Err(response)),
                Poll::Pending if is_wanted.get() => {
                    if let Some(processing) = waiting.take() {
                        shared.resume(processing);
                    }
                    // In place of the request that is being processed.
                    Poll::Ready(Ok(Request::new()))
                }
                Poll::Pending => Poll::Pending,
            }
        }))
    }
}

/// A body that notes when it is read.
struct WatchedBody {
    body: Payload,
    is_wanted: Rc<Cell<bool>>,
}

impl Stream for WatchedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.is_wanted.set(true);
        Pin::new(&mut this.body).poll_next(cx)
    }
}
