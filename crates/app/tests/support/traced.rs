//! Handlers that add spans of their own, and continue the trace in requests to other services.

use purlin_app::{
    App,
    router::{
        Json, Operation, Registry, auth::HeaderApiKey, extract::Path, schema, schemas::Message,
    },
    telemetry::TraceContext,
};
use tracing::Instrument as _;

/// What a request to another service would carry.
#[schema(response)]
struct Carried {
    traceparent: Option<String>,
    tracestate: Option<String>,
}

/// Works within a span of its own, which is interrupted once.
async fn get_spans() -> Json<Carried> {
    let work = async {
        tokio::task::yield_now().await;
        log::info!("a record within the span");
        tracing::info!(count = 42, "an event within the span");
        let context = TraceContext::current();
        let traceparent = context.as_ref().map(|it| it.traceparent.clone());
        Json(Carried {
            traceparent,
            tracestate: context.and_then(|it| it.tracestate),
        })
    };
    let work = work.instrument(tracing::info_span!("query", rows = 7));
    work.await
}

async fn get_item(_: Path<u32>) -> Json<Message> {
    Json(Message::new("item"))
}

#[expect(clippy::panic, reason = "the tests look at what a panic does")]
async fn get_failure() -> Json<Message> {
    panic!("a failure")
}

async fn get_never() -> Json<Message> {
    std::future::pending().await
}

pub fn compose(app: &mut App) {
    let key = HeaderApiKey::new("X-Key").key("tests", "secret");
    let registry = Registry::new("Traced", "1.0.0")
        .authenticator("key", key)
        .operation(Operation::get("/spans", get_spans).authenticators(["key"]))
        .operation(Operation::get("/items/{id}", get_item))
        .operation(Operation::get("/failure", get_failure))
        .operation(Operation::get("/never", get_never));
    app.registry(registry);
}
