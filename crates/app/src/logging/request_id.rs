//! The id of the request that a task works on, so that every line logged meanwhile carries it.

use std::{
    cell::Cell,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::http::header::HeaderValue;
use pin_project_lite::pin_project;

use crate::telemetry::SpanScope;

thread_local! {
    /// The id of the request that is being processed.
    static CURRENT: Cell<Option<HeaderValue>> = const { Cell::new(None) };
}

/// The id of a request, if it has one, and its span, if it is traced.
pub(crate) struct RequestId {
    pub(crate) id: Option<HeaderValue>,
    pub(crate) span: Option<SpanScope>,
}

impl RequestId {
    /// Returns `future` such that lines logged by it carry this id, also while it is dropped. Its spans belong to that of the
    /// request.
    pub(crate) fn scope<F: Future>(self, future: F) -> Scoped<F> {
        Scoped {
            id: self.id,
            span: self.span,
            future: Some(future),
        }
    }
}

pin_project! {
    /// A future whose lines in the log carry the id of a request.
    pub(crate) struct Scoped<F> {
        // That of the outer scope while the future is polled.
        id: Option<HeaderValue>,
        span: Option<SpanScope>,
        // Nothing once it is ready.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _entered = Entered::new(this.id);
                let _span = this.span.as_ref().map(SpanScope::enter);
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = Entered::new(this.id);
        let _span = this.span.as_ref().map(SpanScope::enter);
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = future.poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

/// Exchanges the current id with another one until it is dropped.
struct Entered<'i>(&'i mut Option<HeaderValue>);

impl<'i> Entered<'i> {
    fn new(id: &'i mut Option<HeaderValue>) -> Self {
        exchange(id);
        Self(id)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        exchange(self.0);
    }
}

fn exchange(id: &mut Option<HeaderValue>) {
    // A thread that ends has no current request.
    let _ = CURRENT.try_with(|current| *id = current.replace(mem::take(id)));
}

/// Calls `then` with the id of the request being processed. A task spawned by a handler has none.
pub(super) fn with_current_id<R>(then: impl FnOnce(Option<&str>) -> R) -> R {
    let mut id = None;
    let _ = CURRENT.try_with(|current| {
        let taken = current.take();
        id.clone_from(&taken);
        current.set(taken);
    });
    then(id.as_ref().and_then(|id| id.to_str().ok()))
}
