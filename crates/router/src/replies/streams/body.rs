//! The body of a stream: the items, comments while there are none, and an orderly end, also after a panic and when the server
//! shuts down.

use std::{
    any::Any,
    error::Error,
    fmt,
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

use super::Items;
use crate::shutdown::{Shutdown, ShutdownFuture};

/// The size from which on items that are ready are sent, and no more are added to them.
const CHUNK: usize = 8 * 1024;

/// What a stream consists of.
pub(super) trait Item: 'static {
    /// How its items are sent.
    const FORMAT: Format;

    /// Appends the item, or fails before anything of it is sent.
    fn write(&self, to: &mut Vec<u8>) -> Result<(), WriteError>;
}

/// How items are sent.
pub(super) struct Format {
    /// What they are, for the log.
    pub(super) name: &'static str,
    /// What keeps the connection open while there are none.
    pub(super) comment: &'static [u8],
    /// What is sent last when the server shuts down.
    pub(super) farewell: &'static [u8],
    /// Whether the connection is cut where items are missing, since clients cannot see it otherwise.
    pub(super) aborts: bool,
}

/// The reason for which an item cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// A field has a line break, which would begin another field.
    #[error("the {0} of an event has a line break or a NUL in it")]
    Line(&'static str),
    #[error("an item cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Items are missing at the end.
#[derive(Debug, thiserror::Error)]
#[error("the stream failed")]
pub(super) struct Aborted;

pub(super) struct Body<I> {
    /// `None` after the end: a stream that has panicked is not polled again.
    items: Option<Items<I>>,
    pause: Option<Pause>,
    shutdown: Option<ShutdownFuture>,
    /// Who sends the items, for the log.
    subject: String,
    is_aborted: bool,
}

/// The time without items after which a comment keeps proxies from closing the connection.
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

impl<I: Item> Body<I> {
    pub(super) fn new(items: Items<I>, subject: String) -> Self {
        Self {
            items: Some(items),
            pause: None,
            shutdown: None,
            subject,
            is_aborted: false,
        }
    }

    /// Sends a comment after a time without items.
    pub(super) fn keep_alive(mut self, after: Option<Duration>) -> Self {
        self.pause = after.map(|length| Pause {
            length,
            sleep: None,
        });
        self
    }

    /// Ends the items when a shutdown begins.
    pub(super) fn until(mut self, shutdown: Option<&Shutdown>) -> Self {
        self.shutdown = shutdown.map(Shutdown::begun);
        self
    }

    fn fail(&mut self, reason: impl fmt::Display) {
        log::error!(target: "purlin::events", "{} ended its {}: {reason}", self.subject, I::FORMAT.name);
        self.items = None;
        self.is_aborted = I::FORMAT.aborts;
    }

    /// Appends the items that are ready.
    fn write_ready(&mut self, cx: &mut Context<'_>, bytes: &mut Vec<u8>) {
        while bytes.len() < CHUNK {
            let Some(items) = &mut self.items else { return };
            match next(items, cx) {
                Poll::Pending => return,
                Poll::Ready(Err(panic)) => self.fail(panic_message(&*panic)),
                Poll::Ready(Ok(None)) => self.items = None,
                Poll::Ready(Ok(Some(Err(error)))) => self.fail(error),
                Poll::Ready(Ok(Some(Ok(item)))) => {
                    let length = bytes.len();
                    let written = catch_unwind(AssertUnwindSafe(|| item.write(bytes)));
                    if !matches!(written, Ok(Ok(()))) {
                        bytes.truncate(length);
                    }
                    match written {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => self.fail(error),
                        Err(panic) => self.fail(panic_message(&*panic)),
                    }
                }
            }
        }
    }

    fn end(&mut self) -> Poll<Option<Result<Bytes, Aborted>>> {
        let is_aborted = std::mem::take(&mut self.is_aborted);
        Poll::Ready(is_aborted.then_some(Err(Aborted)))
    }
}

impl<I: Item> MessageBody for Body<I> {
    type Error = Aborted;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Aborted>>> {
        let this = &mut *self;
        if this.items.is_none() {
            return this.end();
        }
        if let Some(shutdown) = &mut this.shutdown
            && shutdown.as_mut().poll(cx).is_ready()
        {
            this.items = None;
            let farewell = I::FORMAT.farewell;
            return match farewell.is_empty() {
                true => this.end(),
                false => Poll::Ready(Some(Ok(Bytes::from_static(farewell)))),
            };
        }
        let mut bytes = Vec::new();
        this.write_ready(cx, &mut bytes);
        if !bytes.is_empty() {
            if let Some(pause) = &mut this.pause {
                pause.begin();
            }
            return Poll::Ready(Some(Ok(bytes.into())));
        }
        if this.items.is_none() {
            return this.end();
        }
        let Some(pause) = &mut this.pause else {
            return Poll::Pending;
        };
        ready!(pause.poll(cx));
        // Asks to be polled for the pause that has begun.
        cx.waker().wake_by_ref();
        Poll::Ready(Some(Ok(Bytes::from_static(I::FORMAT.comment))))
    }
}

type NextItem<I> = Option<Result<I, Box<dyn Error>>>;

/// Polls for the next item; an error is a panic of the stream.
fn next<I>(
    items: &mut Items<I>,
    cx: &mut Context<'_>,
) -> Poll<Result<NextItem<I>, Box<dyn Any + Send>>> {
    match catch_unwind(AssertUnwindSafe(|| items.as_mut().poll_next(cx))) {
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
