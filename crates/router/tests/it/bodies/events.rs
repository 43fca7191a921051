//! Server-Sent Events, compared byte by byte.

use std::{io, pin::Pin, time::Duration};

use actix_web::{App, test as calls};
use futures_util::{Stream, StreamExt, stream};
use purlin_router::{
    Operation, Registry,
    reply::{Event, EventStream},
    schema,
};

use crate::support::multipart::client;

use crate::support;

#[schema(response)]
struct Price {
    cents: u32,
    note: Option<String>,
}

fn price(cents: u32) -> Event<Price> {
    Event::new(Price { cents, note: None })
}

async fn three() -> EventStream<Price> {
    let noted = Price {
        cents: 2,
        note: Some("a\r\nb\u{2028}".to_owned()),
    };
    let events = [
        price(1).name("price").id("1"),
        Event::comment("half way"),
        Event::new(noted).retry(Duration::from_secs(3)),
    ];
    EventStream::new(stream::iter(events))
}

const THREE: &str = "event: price\nid: 1\ndata: {\"cents\":1,\"note\":null}\n\n: half way\n\nretry: 3000\ndata: {\"cents\":2,\"note\":\"a\\r\\nb\u{2028}\"}\n\n";

#[test]
fn events_are_serialized() {
    let response = client(Operation::get("/", three)).get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("content-length"), None);
    assert_eq!(response.header("content-encoding"), None);
    assert_eq!(response.text(), THREE);
}

#[test]
fn error_or_panic_ends_the_stream() {
    async fn failing() -> EventStream<Price> {
        let events = [Ok(price(1)), Err(io::Error::other("gone")), Ok(price(2))];
        EventStream::fallible(stream::iter(events))
    }
    async fn panicking() -> EventStream<Price> {
        let events = stream::iter([1, 2, 3]).map(|cents| {
            assert!(cents < 2, "no more");
            price(cents)
        });
        EventStream::new(events)
    }
    async fn two_lines() -> EventStream<Price> {
        EventStream::new(stream::iter([price(1), price(2).id("a\nb"), price(3)]))
    }
    let first = "data: {\"cents\":1,\"note\":null}\n\n";
    for operation in [
        Operation::get("/", failing),
        Operation::get("/", panicking),
        Operation::get("/", two_lines),
    ] {
        assert_eq!(client(operation).get("/").send().text(), first);
    }
}

/// Returns a stream of one event that never ends.
fn one_and_idle() -> impl Stream<Item = Event<Price>> {
    stream::iter([price(1)]).chain(stream::pending())
}

#[actix_web::test]
async fn comments_keep_an_idle_stream_open() {
    async fn silent() -> EventStream<Price> {
        EventStream::new(one_and_idle()).keep_alive(Some(Duration::from_millis(20)))
    }
    let api = Registry::new("T", "1").operation(Operation::get("/", silent));
    let app = calls::init_service(App::new().service(support::router(&api))).await;
    let response = calls::call_service(&app, calls::TestRequest::get().to_request()).await;
    let mut body = response.into_body();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let next = std::future::poll_fn(|cx| {
            actix_web::body::MessageBody::poll_next(Pin::new(&mut body), cx)
        });
        seen.push(next.await.expect("it goes on").expect("bytes"));
    }
    assert_eq!(
        seen,
        ["data: {\"cents\":1,\"note\":null}\n\n", ":\n\n", ":\n\n"]
    );
}
