//! Server-Sent Events (WHATWG HTML, section 9.2): a response that is a stream of events.

use std::{error::Error, fmt, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use futures_core::Stream;
use futures_util::StreamExt;
use purlin_schemas::Schema;
use serde::Serialize;

use super::{Items, body::Body, event::Event, subject};
use crate::{
    context::Context,
    describe::OperationBuilder,
    media::EVENTS,
    replies::reply::{Reply, respond},
    shutdown::Shutdown,
};

/// The time after which a comment is sent by default.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `200 OK` with Server-Sent Events, `text/event-stream`, whose data is JSON.
///
/// While there are none, a comment every 15 seconds keeps the connection open. The response ends with the stream.
/// An error or a panic of the stream ends it too and is logged; the client reconnects by itself, and sends the id of the
/// last event as `Last-Event-ID`.
///
/// When the server shuts down ([`Shutdown`]), a comment is sent and the response ends, so that the client reconnects to
/// another server; [`outlive_shutdown`](Self::outlive_shutdown) leaves the end to the stream.
///
/// ```
/// use futures_util::stream;
/// use purlin_router::{schema, reply::{Event, EventStream}};
///
/// #[schema(response)]
/// struct Price {
///     cents: u32,
/// }
///
/// async fn prices() -> EventStream<Price> {
///     let prices = stream::iter([100, 101]);
///     EventStream::new(futures_util::StreamExt::map(prices, |cents| Event::new(Price { cents })))
/// }
/// ```
pub struct EventStream<T> {
    events: Items<Event<T>>,
    keep_alive: Option<Duration>,
    ends_at_shutdown: bool,
}

impl<T: 'static> EventStream<T> {
    /// Returns a reply with the events of a stream.
    pub fn new(events: impl Stream<Item = Event<T>> + 'static) -> Self {
        Self {
            events: Box::pin(events.map(Ok)),
            keep_alive: Some(KEEP_ALIVE),
            ends_at_shutdown: true,
        }
    }

    /// Returns a reply with the events of a stream that may fail, which ends it.
    pub fn fallible<E>(events: impl Stream<Item = Result<Event<T>, E>> + 'static) -> Self
    where
        E: Into<Box<dyn Error>>,
    {
        Self {
            events: Box::pin(events.map(|event| event.map_err(Into::into))),
            keep_alive: Some(KEEP_ALIVE),
            ends_at_shutdown: true,
        }
    }

    /// Sets the time without events after which a comment is sent; `None` for no comments.
    #[must_use]
    pub fn keep_alive(mut self, after: Option<Duration>) -> Self {
        self.keep_alive = after;
        self
    }

    /// Leaves the end to the stream when the server shuts down, such as one that sends its state first, and then ends by
    /// [`Shutdown::begun`].
    #[must_use]
    pub fn outlive_shutdown(mut self) -> Self {
        self.ends_at_shutdown = false;
        self
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("keep_alive", &self.keep_alive)
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for EventStream<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.items::<T>(
            EVENTS,
            "Server-Sent Events; the schema is that of each event's data, which is JSON.",
            "The data of each event, as JSON.",
        );
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let request = context.request();
        let shutdown = request.app_data::<Shutdown>();
        let body = Body::new(self.events, subject(request))
            .keep_alive(self.keep_alive)
            .until(shutdown.filter(|_| self.ends_at_shutdown));
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(body));
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, EVENTS),
            (header::CACHE_CONTROL, "no-store"),
            // nginx would hold events back.
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl<T: Serialize + Schema> Responder for EventStream<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
