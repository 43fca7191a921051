//! Server-Sent Events (WHATWG HTML, section 9.2): a response that is a stream of events.

mod body;
mod event;

use std::{error::Error, fmt, pin::Pin, time::Duration};

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

use crate::{
    context::Context,
    describe::OperationBuilder,
    operation::data::MatchedOperation,
    replies::reply::{Reply, respond},
};
use body::Body;
pub use event::Event;

type Events<T> = Pin<Box<dyn Stream<Item = Result<Event<T>, Box<dyn Error>>>>>;

const MEDIA_TYPE: &str = "text/event-stream";

/// `200 OK` with Server-Sent Events, `text/event-stream`, whose data is JSON.
///
/// While there are none, a comment every 15 seconds keeps the connection open. The response ends with the stream.
/// An error or a panic of the stream ends it too and is logged; the client reconnects by itself, and sends the id of the
/// last event as `Last-Event-ID`.
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
    events: Events<T>,
    keep_alive: Option<Duration>,
}

impl<T: 'static> EventStream<T> {
    /// Returns a reply with the events of a stream.
    pub fn new(events: impl Stream<Item = Event<T>> + 'static) -> Self {
        Self {
            events: Box::pin(events.map(Ok)),
            keep_alive: Some(Duration::from_secs(15)),
        }
    }

    /// Returns a reply with the events of a stream that may fail, which ends it.
    pub fn fallible<E>(events: impl Stream<Item = Result<Event<T>, E>> + 'static) -> Self
    where
        E: Into<Box<dyn Error>>,
    {
        Self {
            events: Box::pin(events.map(|event| event.map_err(Into::into))),
            keep_alive: Some(Duration::from_secs(15)),
        }
    }

    /// Sets the time without events after which a comment is sent; `None` for no comments.
    #[must_use]
    pub fn keep_alive(mut self, after: Option<Duration>) -> Self {
        self.keep_alive = after;
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
        describe.events::<T>(
            MEDIA_TYPE,
            "Server-Sent Events; the schema is that of each event's data, which is JSON.",
        );
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let operation = context.request().app_data::<MatchedOperation>();
        let subject = operation.map_or_else(
            || format!("a handler at {}", context.request().path()),
            |operation| format!("operation {}", operation.operation_id()),
        );
        let body = Body::new(self.events, self.keep_alive, subject);
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(body));
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, MEDIA_TYPE),
            (header::CACHE_CONTROL, "no-store"),
            // Compression and proxies would hold events back.
            (header::CONTENT_ENCODING, "identity"),
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
