//! A connection of HTTP/1, with bounds on what it reads.
//!
//! actix-http reads up to 128 KiB at once and decodes every request in it, several kilobytes each, before it writes a
//! response: 128 KiB of pipelined requests become 35 MB. It reads on while responses wait for a client that does not
//! receive them, and limits the time of the first request head alone. So this stream, which lies between the socket and
//! actix-http, hands over
//!
//! - the body of the request in progress, and [`READ_AHEAD`] bytes more;
//! - nothing while a response waits to be sent and no request is in progress;
//! - the end of the stream when the head of a later request has not arrived in time.
//!
//! A write that waits longer than the send timeout fails, which ends the connection.

use std::{
    cell::Cell,
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use actix_web::{
    dev::Extensions,
    rt::time::{Instant, Sleep, sleep, sleep_until},
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// Bytes of further requests that are read ahead of the request in progress. A longer head is read in several steps.
const READ_AHEAD: u64 = 4096;

/// Bytes of a body of unknown length that are read in one step.
const STEP: u64 = 16 * 1024;

/// As good as no limit.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// What a connection and the requests on it know of each other.
pub(super) struct Activity {
    /// Requests whose response has not begun, and responses that are streamed.
    in_progress: Cell<u32>,
    /// Whether there was a request. The time of the first head is limited by actix-http, which responds with 408.
    has_served: Cell<bool>,
    /// When the first byte of the next request head arrived.
    head_began: Cell<Option<Instant>>,
    /// Bytes that may be read now.
    credit: Cell<u64>,
    /// Bytes that may be read in the next step, unless the next request has to wait.
    step: Cell<Option<u64>>,
    /// Wakes the connection when it may read again.
    suspended: Cell<Option<Waker>>,
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestBody {
    /// There is none.
    Empty,
    /// It has this many bytes.
    Sized(u64),
    /// Its length is not known: it is chunked, or the connection is upgraded.
    Unknown,
}

/// A request in progress.
pub(super) struct InProgress(Rc<Activity>);

impl Activity {
    fn new() -> Self {
        Self {
            in_progress: Cell::new(0),
            has_served: Cell::new(false),
            head_began: Cell::new(None),
            credit: Cell::new(READ_AHEAD),
            step: Cell::new(Some(READ_AHEAD)),
            suspended: Cell::new(None),
        }
    }

    /// Begins a request, whose head has been read.
    pub(super) fn begin(self: &Rc<Self>, body: RequestBody) -> InProgress {
        self.in_progress.set(self.in_progress.get() + 1);
        self.has_served.set(true);
        self.head_began.set(None);
        let (credit, step) = match body {
            RequestBody::Empty => (READ_AHEAD, None),
            RequestBody::Sized(length) => (length.saturating_add(READ_AHEAD), None),
            RequestBody::Unknown => (STEP, Some(STEP)),
        };
        self.credit.set(credit);
        self.step.set(step);
        InProgress(Rc::clone(self))
    }

    /// Returns whether bytes may be read now; if not, the task is woken when they may.
    fn may_read(&self, is_blocked: bool, cx: &Context<'_>) -> bool {
        if is_blocked && self.in_progress.get() == 0 {
            self.suspended.set(Some(cx.waker().clone()));
            return false;
        }
        if self.credit.get() > 0 {
            return true;
        }
        match self.step.get() {
            Some(step) => {
                self.credit.set(step);
                cx.waker().wake_by_ref();
            }
            None => self.suspended.set(Some(cx.waker().clone())),
        }
        false
    }

    fn bytes_arrived(&self, count: u64) {
        self.credit.set(self.credit.get().saturating_sub(count));
        let is_head = self.has_served.get() && self.in_progress.get() == 0;
        if is_head && self.head_began.get().is_none() {
            self.head_began.set(Some(Instant::now()));
        }
    }

    fn resume(&self) {
        if let Some(waker) = self.suspended.take() {
            waker.wake();
        }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let activity = &self.0;
        activity
            .in_progress
            .set(activity.in_progress.get().saturating_sub(1));
        activity.credit.set(READ_AHEAD);
        activity.step.set(Some(READ_AHEAD));
        activity.resume();
    }
}

/// The stream of a connection.
pub(super) struct Connection<T> {
    io: T,
    /// Nothing for HTTP/2, whose library reads ahead by its own rules.
    activity: Option<Rc<Activity>>,
    timeouts: Timeouts,
    /// Wakes the task to look at the head that has begun. It is not stopped when the head is complete, so that a connection
    /// has one timer in `head_timeout` however many requests it has.
    head_timer: Option<Pin<Box<Sleep>>>,
    /// Ends the connection; present while a write waits.
    send_timer: Option<Pin<Box<Sleep>>>,
}

/// How long a connection waits; zero is no limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// For the end of a request head.
    pub(super) head: Duration,
    /// For the client to receive some of a response.
    pub(super) send: Duration,
}

impl<T> Connection<T> {
    /// Takes the stream of a new connection.
    pub(super) fn new(io: T, timeouts: Timeouts) -> Self {
        Self {
            io,
            activity: Some(Rc::new(Activity::new())),
            timeouts,
            head_timer: None,
            send_timer: None,
        }
    }

    /// Takes the stream of a new connection of another protocol.
    #[cfg(feature = "http2")]
    pub(super) fn of_http2(io: T, timeouts: Timeouts) -> Self {
        Self {
            activity: None,
            ..Self::new(io, timeouts)
        }
    }

    pub(super) fn get_ref(&self) -> &T {
        &self.io
    }

    /// Makes the activity known to the requests of the connection.
    pub(super) fn share(&self, data: &mut Extensions) {
        if let Some(activity) = &self.activity {
            data.insert(Rc::clone(activity));
        }
    }

    /// Returns whether the head of a request that has begun should be complete by now.
    fn is_head_overdue(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(activity) = &self.activity else {
            return false;
        };
        let Some(began) = activity.head_began.get() else {
            return false;
        };
        if self.timeouts.head.is_zero() || activity.in_progress.get() > 0 {
            return false;
        }
        let deadline = began + self.timeouts.head;
        let timer = match &mut self.head_timer {
            // Polled already, so that it wakes this task.
            Some(timer) if !timer.is_elapsed() => return false,
            Some(timer) => timer,
            none => none.insert(Box::pin(sleep_until(deadline))),
        };
        if timer.is_elapsed() {
            if Instant::now() >= deadline {
                return true;
            }
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx).is_ready()
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(activity) = &this.activity else {
            return Pin::new(&mut this.io).poll_read(cx, buffer);
        };
        if !activity.may_read(this.send_timer.is_some(), cx) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let mut bounded = (&mut this.io).take(activity.credit.get());
        match Pin::new(&mut bounded).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let count = buffer.filled().len() - before;
                if count > 0 {
                    activity.bytes_arrived(count as u64);
                }
                Poll::Ready(Ok(()))
            }
            // The end of the stream, after which actix-http closes the connection.
            Poll::Pending if this.is_head_overdue(cx) => Poll::Ready(Ok(())),
            other => other,
        }
    }
}

impl<T: AsyncWrite + Unpin> Connection<T> {
    /// Limits how long a write waits.
    fn limited<R>(
        &mut self,
        polled: Poll<io::Result<R>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<R>> {
        if polled.is_ready() {
            if self.send_timer.take().is_some()
                && let Some(activity) = &self.activity
            {
                activity.resume();
            }
            return polled;
        }
        let limit = match self.timeouts.send {
            Duration::ZERO => NEVER,
            limit => limit,
        };
        let timer = self
            .send_timer
            .get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client does not receive the response",
        )))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_write(cx, bytes);
        this.limited(polled, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_write_vectored(cx, slices);
        this.limited(polled, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_flush(cx);
        this.limited(polled, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_shutdown(cx);
        this.limited(polled, cx)
    }
}
