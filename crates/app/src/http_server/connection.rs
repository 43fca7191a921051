//! A connection of HTTP/1, with bounds on what it reads.
//!
//! actix-http reads up to 128 KiB at once and decodes every request in it, several kilobytes each, before it writes a
//! response: 128 KiB of pipelined requests become 35 MB. It reads on while responses wait for a client that does not
//! receive them, and limits the time of the first request head alone. So this stream, which lies between the socket and
//! actix-http, hands over
//!
//! - one request at a time: its head and its body, and the next one when its response has begun, or ended if it is a
//!   stream. At most [`READ_AHEAD`] bytes are kept of what is behind it;
//! - nothing while a response waits to be sent and no request is in progress;
//! - the end of the stream when the head of a later request has not arrived in time, or when the connection has been idle for
//!   too long. actix-http makes a timer for each pause between requests; here a connection has one, which is set again when it
//!   goes off.
//!
//! A write that waits longer than the send timeout fails, which ends the connection. Where a chunked body ends is not known
//! here; the connection is closed after the response to it.

use std::{
    cell::{Cell, RefCell},
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use actix_web::{
    dev::Extensions,
    rt::time::{Instant, Sleep, sleep, sleep_until},
    web::{Buf as _, BytesMut},
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use super::head_scan::HeadScan;

/// Bytes that are read in one step while no body is expected, so that no more than these are behind a request.
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
    /// When the first byte of the next request head arrived, if not all of that head has.
    head_began: Cell<Option<Instant>>,
    /// When the last response began, or ended if it is a stream, unless the next request head has begun.
    idle_since: Cell<Option<Instant>>,
    /// What is read.
    reading: Cell<Reading>,
    /// Where heads end in what was handed over.
    scan: RefCell<HeadScan>,
    /// What is behind the request in progress.
    behind: RefCell<BytesMut>,
    /// Wakes the connection when it may read again.
    suspended: Cell<Option<Waker>>,
}

/// What is read of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// The head of a request, in steps: bytes that are left of this step.
    Head(u64),
    /// Nothing: the head is complete, and actix-http has not begun the request.
    Complete,
    /// The body of the request in progress: bytes that are left.
    Body(u64),
    /// A body of unknown length, in steps: bytes that are left of this step.
    Unknown(u64),
}

/// How much may be handed over.
enum Allowance {
    /// At most as many bytes, of which there are some.
    Bytes(u64),
    /// Nothing in this step. The task has been woken for the next one.
    Later,
    /// Nothing, until a request begins or ends, or a response can be sent.
    None,
    /// Nothing any more: the head is too long.
    End,
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
            idle_since: Cell::new(None),
            reading: Cell::new(Reading::Head(READ_AHEAD)),
            scan: RefCell::default(),
            behind: RefCell::default(),
            suspended: Cell::new(None),
        }
    }

    /// Begins a request, whose head has been read.
    pub(super) fn begin(self: &Rc<Self>, body: RequestBody) -> InProgress {
        self.in_progress.set(self.in_progress.get() + 1);
        self.has_served.set(true);
        self.head_began.set(None);
        let length = match body {
            RequestBody::Empty => 0,
            RequestBody::Sized(length) => length,
            RequestBody::Unknown => u64::MAX,
        };
        let handed_over = self.scan.borrow_mut().begin(length);
        self.reading.set(match body {
            RequestBody::Unknown => Reading::Unknown(STEP),
            _ => Reading::Body(length.saturating_sub(handed_over)),
        });
        self.resume();
        InProgress(Rc::clone(self))
    }

    /// Returns how many bytes may be handed over now.
    fn allowance(&self, is_blocked: bool, max_head: u64, cx: &Context<'_>) -> Allowance {
        let next_step = |step| {
            self.reading.set(step);
            cx.waker().wake_by_ref();
            Allowance::Later
        };
        match self.reading.get() {
            _ if is_blocked && self.in_progress.get() == 0 => Allowance::None,
            Reading::Head(_) if self.scan.borrow().length() > max_head => Allowance::End,
            Reading::Head(0) => next_step(Reading::Head(READ_AHEAD)),
            Reading::Unknown(0) => next_step(Reading::Unknown(STEP)),
            Reading::Body(0) if self.in_progress.get() == 0 => next_step(Reading::Head(READ_AHEAD)),
            Reading::Complete | Reading::Body(0) => Allowance::None,
            Reading::Head(left) | Reading::Unknown(left) | Reading::Body(left) => {
                Allowance::Bytes(left)
            }
        }
    }

    /// Notes bytes that are about to be handed over, and returns how many of them may be: the rest is behind a request.
    fn hand_over(&self, bytes: &[u8]) -> usize {
        let count = bytes.len() as u64;
        match self.reading.get() {
            Reading::Head(left) => {
                if !bytes.is_empty() {
                    self.idle_since.set(None);
                }
                let scanned = self.scan.borrow_mut().scan(bytes);
                let is_begun = !scanned.is_complete && self.has_served.get();
                if is_begun && self.head_began.get().is_none() {
                    self.head_began.set(Some(Instant::now()));
                }
                self.reading.set(match scanned.is_complete {
                    true => Reading::Complete,
                    false => Reading::Head(left.saturating_sub(count)),
                });
                scanned.count
            }
            Reading::Body(left) => {
                self.reading.set(Reading::Body(left.saturating_sub(count)));
                bytes.len()
            }
            Reading::Unknown(left) => {
                self.reading
                    .set(Reading::Unknown(left.saturating_sub(count)));
                bytes.len()
            }
            Reading::Complete => bytes.len(),
        }
    }

    /// Wakes the connection if there are bytes to hand over, or a head to wait for.
    fn resume(&self) {
        let is_needed = !self.behind.borrow().is_empty() || self.scan.borrow().is_ahead();
        if let Some(waker) = self.suspended.take()
            && is_needed
        {
            waker.wake();
        }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let activity = &self.0;
        let left = activity.in_progress.get().saturating_sub(1);
        activity.in_progress.set(left);
        if left == 0 {
            match activity.reading.get() {
                // What was not read of the body comes before the next head, and would look like one.
                Reading::Body(1..) | Reading::Unknown(_) => {}
                _ => activity.reading.set(Reading::Head(READ_AHEAD)),
            }
            let now = Some(Instant::now());
            match activity.scan.borrow().is_ahead() {
                true => activity.head_began.set(now),
                false => activity.idle_since.set(now),
            }
            activity.resume();
        }
    }
}

/// The stream of a connection.
pub(super) struct Connection<T> {
    io: T,
    /// Nothing for HTTP/2, whose library reads ahead by its own rules.
    activity: Option<Rc<Activity>>,
    timeouts: Timeouts,
    max_head: u64,
    /// Wakes the task to look at the head that has begun. It is not stopped when the head is complete, so that a connection
    /// has one timer in `head_timeout` however many requests it has.
    head_timer: Option<Pin<Box<Sleep>>>,
    /// Wakes the task to look at how long the connection has been idle. It is not stopped when a request arrives.
    idle_timer: Option<Pin<Box<Sleep>>>,
    /// Ends the connection; present while a write waits.
    send_timer: Option<Pin<Box<Sleep>>>,
}

/// How long a connection waits; zero is no limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// For the end of a request head.
    pub(super) head: Duration,
    /// For the next request.
    pub(super) idle: Duration,
    /// For the client to receive some of a response.
    pub(super) send: Duration,
}

impl<T> Connection<T> {
    /// Takes the stream of a new connection.
    ///
    /// A head longer than `max_head` ends it; actix-http rejects one of more than 128 KiB with 431.
    pub(super) fn new(io: T, timeouts: Timeouts, max_head: u64) -> Self {
        Self {
            io,
            activity: Some(Rc::new(Activity::new())),
            timeouts,
            max_head,
            head_timer: None,
            idle_timer: None,
            send_timer: None,
        }
    }

    /// Takes the stream of a new connection of another protocol.
    #[cfg(feature = "http2")]
    pub(super) fn of_http2(io: T, timeouts: Timeouts) -> Self {
        Self {
            activity: None,
            ..Self::new(io, timeouts, u64::MAX)
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
        is_overdue(&mut self.head_timer, began + self.timeouts.head, cx)
    }

    /// Returns whether the connection has been idle for too long.
    fn is_idle_overdue(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(activity) = &self.activity else {
            return false;
        };
        match activity.idle_since.get() {
            Some(since) if !self.timeouts.idle.is_zero() && activity.in_progress.get() == 0 => {
                is_overdue(&mut self.idle_timer, since + self.timeouts.idle, cx)
            }
            _ => false,
        }
    }
}

/// Returns whether a deadline is over, and makes a timer wake the task if it is not. A timer that is set for an earlier one
/// is set again when it has gone off.
fn is_overdue(
    timer: &mut Option<Pin<Box<Sleep>>>,
    deadline: Instant,
    cx: &mut Context<'_>,
) -> bool {
    let timer = match timer {
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
        let allowance = match activity.allowance(this.send_timer.is_some(), this.max_head, cx) {
            Allowance::Bytes(count) => count,
            Allowance::Later => return Poll::Pending,
            Allowance::End => return Poll::Ready(Ok(())),
            Allowance::None => {
                let mut behind = activity.behind.borrow_mut();
                if behind.is_empty() {
                    if activity.scan.borrow().is_ahead() {
                        activity.suspended.set(Some(cx.waker().clone()));
                    }
                    // So that a client that leaves is noticed.
                    let mut ahead = [const { MaybeUninit::uninit() }; READ_AHEAD as usize];
                    let mut ahead = ReadBuf::uninit(&mut ahead);
                    ready!(Pin::new(&mut this.io).poll_read(cx, &mut ahead))?;
                    if ahead.filled().is_empty() {
                        return Poll::Ready(Ok(()));
                    }
                    behind.extend_from_slice(ahead.filled());
                }
                activity.suspended.set(Some(cx.waker().clone()));
                return Poll::Pending;
            }
        };
        let mut behind = activity.behind.borrow_mut();
        if !behind.is_empty() {
            let most = behind.len().min(buffer.remaining());
            let most = most.min(usize::try_from(allowance).unwrap_or(usize::MAX));
            let count = activity.hand_over(&behind[..most]);
            buffer.put_slice(&behind[..count]);
            behind.advance(count);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let mut bounded = (&mut this.io).take(allowance);
        match Pin::new(&mut bounded).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let bytes = &buffer.filled()[before..];
                let count = activity.hand_over(bytes);
                if count < bytes.len() {
                    behind.extend_from_slice(&bytes[count..]);
                    buffer.set_filled(before + count);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Pending => {
                drop(behind);
                match this.is_head_overdue(cx) || this.is_idle_overdue(cx) {
                    // The end of the stream, after which actix-http closes the connection.
                    true => Poll::Ready(Ok(())),
                    false => Poll::Pending,
                }
            }
            failed => failed,
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
        // The response has been written, and nothing is read until something wakes the task: the client, or this timer.
        if polled.is_ready() && this.is_idle_overdue(cx) {
            cx.waker().wake_by_ref();
        }
        this.limited(polled, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.io).poll_shutdown(cx);
        this.limited(polled, cx)
    }
}
