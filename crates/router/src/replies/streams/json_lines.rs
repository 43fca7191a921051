//! JSON Lines: a response of one JSON value after the other (<https://jsonlines.org>).

use std::{error::Error, fmt};

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

use super::{
    Items,
    body::{Body, Format, Item, WriteError},
    subject,
};
use crate::{
    context::Context,
    describe::OperationBuilder,
    media::JSON_LINES,
    replies::reply::{Reply, respond},
    shutdown::Shutdown,
};

/// `200 OK` with JSON Lines, `application/jsonl`: each item of a stream is a line of JSON, and is sent when it is ready. No
/// more than a few kilobytes of them are in memory.
///
/// An error or a panic of the stream is logged and cuts the connection, so that the client does not take what it has for the
/// whole. When the server shuts down, the stream has its usual time to end; one that never ends is to be ended by
/// [`end_at_shutdown`](Self::end_at_shutdown).
///
/// ```
/// use futures_util::{StreamExt, stream};
/// use purlin_router::{Registry, get, reply::JsonLines, schema};
///
/// #[schema(response)]
/// struct Order {
///     number: u32,
/// }
///
/// #[get("/orders/export")]
/// async fn export_orders() -> JsonLines<Order> {
///     JsonLines::new(stream::iter(1..=100_000).map(|number| Order { number }))
/// }
/// # Registry::new("Orders", "1").operation(export_orders).build().unwrap();
/// ```
pub struct JsonLines<T> {
    items: Items<Line<T>>,
    ends_at_shutdown: bool,
}

struct Line<T>(T);

impl<T: Serialize + 'static> Item for Line<T> {
    const FORMAT: Format = Format {
        name: "lines",
        comment: b"",
        farewell: b"",
        aborts: true,
    };

    fn write(&self, to: &mut Vec<u8>) -> Result<(), WriteError> {
        // JSON without indentation is one line: line breaks in texts are escaped.
        serde_json::to_writer(&mut *to, &self.0)?;
        to.push(b'\n');
        Ok(())
    }
}

impl<T: 'static> JsonLines<T> {
    /// Returns a reply with the items of a stream.
    pub fn new(items: impl Stream<Item = T> + 'static) -> Self {
        Self {
            items: Box::pin(items.map(|item| Ok(Line(item)))),
            ends_at_shutdown: false,
        }
    }

    /// Returns a reply with the items of a stream that may fail, which cuts the connection.
    pub fn fallible<E>(items: impl Stream<Item = Result<T, E>> + 'static) -> Self
    where
        E: Into<Box<dyn Error>>,
    {
        Self {
            items: Box::pin(items.map(|item| item.map(Line).map_err(Into::into))),
            ends_at_shutdown: false,
        }
    }

    /// Ends the response when the server shuts down, for streams that do not end by themselves. What was sent is complete
    /// lines.
    #[must_use]
    pub fn end_at_shutdown(mut self) -> Self {
        self.ends_at_shutdown = true;
        self
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines")
            .field("ends_at_shutdown", &self.ends_at_shutdown)
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for JsonLines<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.items::<T>(
            JSON_LINES,
            "Lines of JSON; the schema is that of each line.",
            "A line.",
        );
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let request = context.request();
        let shutdown = request.app_data::<Shutdown>();
        let body = Body::new(self.items, subject(request))
            .until(shutdown.filter(|_| self.ends_at_shutdown));
        let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(body));
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, JSON_LINES),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // nginx would hold lines back.
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl<T: Serialize + Schema> Responder for JsonLines<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
