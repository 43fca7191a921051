//! Streams and handlers learn of the shutdown of the server.

use std::{
    future::pending,
    pin::{Pin, pin},
    task::Poll,
};

use actix_web::{
    App,
    body::{BoxBody, MessageBody},
    dev::ServiceResponse,
    test as calls,
    web::Bytes,
};
use futures_util::{StreamExt, stream};
use purlin_router::{
    Operation, Registry,
    extract::Shutdown,
    reply::{Event, EventStream, JsonLines},
    testing::TestClient,
};

use crate::support;

async fn respond(operation: Operation, shutdown: Option<&Shutdown>) -> ServiceResponse<BoxBody> {
    let api = Registry::new("T", "1").operation(operation);
    let mut app = App::new();
    if let Some(shutdown) = shutdown {
        app = app.app_data(shutdown.clone());
    }
    let app = calls::init_service(app.service(support::router(&api))).await;
    let response = calls::call_service(&app, calls::TestRequest::get().to_request()).await;
    response.map_into_boxed_body()
}

async fn next(body: &mut BoxBody) -> Option<Bytes> {
    let next = std::future::poll_fn(|cx| MessageBody::poll_next(Pin::new(body), cx));
    next.await.map(|piece| piece.expect("bytes"))
}

async fn is_pending(future: impl Future) -> bool {
    let mut future = pin!(future);
    let polled = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
    polled.await.is_pending()
}

/// One event, and then nothing for ever.
async fn events() -> EventStream<u8> {
    EventStream::new(stream::iter([Event::new(1)]).chain(stream::pending()))
}

#[actix_web::test]
async fn event_stream_ends_with_a_comment_when_the_shutdown_begins() {
    let shutdown = Shutdown::new();
    let response = respond(Operation::get("/", events), Some(&shutdown)).await;
    assert_eq!(response.headers().get("content-encoding"), None);
    let mut body = response.into_body();
    assert_eq!(next(&mut body).await.as_deref(), Some(&b"data: 1\n\n"[..]));
    // From another thread, as a signal handler does it, while the stream waits.
    let waiting =
        actix_web::rt::spawn(async move { (next(&mut body).await, next(&mut body).await) });
    let beginner = shutdown.clone();
    std::thread::spawn(move || beginner.begin())
        .join()
        .expect("a thread");
    let (last, end) = waiting.await.expect("a task");
    assert_eq!(
        last.as_deref(),
        Some(&b": the server is shutting down\n\n"[..])
    );
    assert_eq!(end, None);
    assert!(shutdown.has_begun());
}

#[actix_web::test]
async fn stream_that_is_always_ready_ends_too() {
    async fn endless() -> EventStream<u8> {
        EventStream::new(stream::repeat(Event::new(1)))
    }
    let shutdown = Shutdown::new();
    let response = respond(Operation::get("/", endless), Some(&shutdown)).await;
    let mut body = response.into_body();
    assert!(next(&mut body).await.is_some());
    shutdown.begin();
    let last = next(&mut body).await.expect("a comment");
    assert!(last.starts_with(b": "), "{last:?}");
    assert_eq!(next(&mut body).await, None);
}

#[actix_web::test]
async fn stream_that_outlives_the_shutdown_ends_by_itself() {
    async fn farewell(shutdown: Shutdown) -> EventStream<u8> {
        let end = stream::once(async move { shutdown.begun().await }).map(|()| Event::new(9));
        EventStream::new(end).outlive_shutdown()
    }
    let shutdown = Shutdown::new();
    shutdown.begin();
    let response = respond(Operation::get("/", farewell), Some(&shutdown)).await;
    let mut body = response.into_body();
    assert_eq!(next(&mut body).await.as_deref(), Some(&b"data: 9\n\n"[..]));
    assert_eq!(next(&mut body).await, None);
}

#[actix_web::test]
async fn lines_end_at_the_shutdown_if_they_are_to() {
    async fn lines(ends: bool) -> JsonLines<u8> {
        let lines = JsonLines::new(stream::iter([1]).chain(stream::once(pending())));
        match ends {
            true => lines.end_at_shutdown(),
            false => lines,
        }
    }
    let shutdown = Shutdown::new();
    let ending = Operation::get("/", || lines(true)).operation_id("ending");
    let mut body = respond(ending, Some(&shutdown)).await.into_body();
    assert_eq!(next(&mut body).await.as_deref(), Some(&b"1\n"[..]));
    shutdown.begin();
    assert_eq!(next(&mut body).await, None);

    // An export is no shorter for the shutdown.
    let staying = Operation::get("/", || lines(false)).operation_id("staying");
    let mut body = respond(staying, Some(&shutdown)).await.into_body();
    assert_eq!(next(&mut body).await.as_deref(), Some(&b"1\n"[..]));
    assert!(is_pending(next(&mut body)).await);
}

#[test]
fn shutdown_never_begins_where_there_is_none() {
    async fn state(shutdown: Shutdown) -> purlin_router::Json<bool> {
        purlin_router::Json(shutdown.has_begun())
    }
    let api = Registry::new("T", "1").operation(Operation::get("/", state));
    let client = TestClient::new(&support::router(&api));
    assert!(!client.get("/").send().json::<bool>());
    // A client waits for as long as the process lives.
    let system = actix_web::rt::System::new();
    system.block_on(async {
        assert!(is_pending(Shutdown::new().begun()).await);
    });
}
