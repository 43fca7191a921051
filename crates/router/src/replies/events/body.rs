//! The body of an event stream: the events, comments while there are none, and an orderly end even after a panic.

use std::{
    any::Any,
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    body::{BodySize, MessageBody},
    rt::time::{Instant, Sleep, sleep},
    web::Bytes,
};
use serde::Serialize;

use super::{Events, event::Event};

pub(super) struct Body<T> {
    /// `None` after the end: a stream that has panicked is not polled again.
    events: Option<Events<T>>,
    pause: Option<Pause>,
    /// The operation, for the log.
    subject: String,
}

/// The time without events after which a comment keeps proxies from closing the connection.
struct Pause {
    length: Duration,
    /// Created on first use, inside the runtime.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Pause {
    fn begin(&mut self) {
        if let Some(sleep) = &mut self.sleep {
            sleep.as_mut().reset(Instant::now() + self.length);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let length = self.length;
        let pause = self.sleep.get_or_insert_with(|| Box::pin(sleep(length)));
        ready!(pause.as_mut().poll(cx));
        self.begin();
        Poll::Ready(())
    }
}

impl<T> Body<T> {
    pub(super) fn new(events: Events<T>, keep_alive: Option<Duration>, subject: String) -> Self {
        Self {
            events: Some(events),
            pause: keep_alive.map(|length| Pause {
                length,
                sleep: None,
            }),
            subject,
        }
    }

    fn fail(&mut self, reason: impl std::fmt::Display) -> Poll<Option<Result<Bytes, Infallible>>> {
        log::error!(target: "purlin::events", "{} ended its events: {reason}", self.subject);
        self.events = None;
        Poll::Ready(None)
    }
}

impl<T: Serialize + 'static> MessageBody for Body<T> {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = &mut *self;
        let Some(events) = &mut this.events else {
            return Poll::Ready(None);
        };
        let event = match next(events, cx) {
            Poll::Ready(Ok(Some(Ok(event)))) => event,
            Poll::Ready(Ok(Some(Err(error)))) => return this.fail(error),
            Poll::Ready(Err(panic)) => return this.fail(panic_message(&*panic)),
            Poll::Ready(Ok(None)) => {
                this.events = None;
                return Poll::Ready(None);
            }
            Poll::Pending => {
                let Some(pause) = &mut this.pause else {
                    return Poll::Pending;
                };
                ready!(pause.poll(cx));
                // Asks to be polled for the pause that has begun.
                cx.waker().wake_by_ref();
                return Poll::Ready(Some(Ok(Bytes::from_static(b":\n\n"))));
            }
        };
        let mut bytes = Vec::with_capacity(128);
        let written = catch_unwind(AssertUnwindSafe(|| event.write(&mut bytes)));
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return this.fail(error),
            Err(panic) => return this.fail(panic_message(&*panic)),
        }
        if let Some(pause) = &mut this.pause {
            pause.begin();
        }
        Poll::Ready(Some(Ok(bytes.into())))
    }
}

type StreamItem<T> = Option<Result<Event<T>, Box<dyn std::error::Error>>>;

/// Polls for the next event; an error is a panic of the stream.
fn next<T>(
    events: &mut Events<T>,
    cx: &mut Context<'_>,
) -> Poll<Result<StreamItem<T>, Box<dyn Any + Send>>> {
    match catch_unwind(AssertUnwindSafe(|| events.as_mut().poll_next(cx))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// Returns the message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", message.unwrap_or("no message"))
}
