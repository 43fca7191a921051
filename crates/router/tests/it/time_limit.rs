//! The time limit of operations, and the response when it is exceeded.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{rt::time::sleep, web};
use purlin_router::{Json, Operation, Registry, error::ErrorStyle, schemas::Message};

use crate::support;

const SHORT: Duration = Duration::from_millis(2);

/// Records that it was dropped.
struct DropFlag(Arc<AtomicBool>);

impl Drop for DropFlag {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn slow(dropped: web::Data<Arc<AtomicBool>>) -> Json<Message> {
    let _flag = DropFlag(Arc::clone(&dropped));
    pending().await
}

/// Takes longer than `SHORT`: only a real delay can show that no limit applies.
async fn longer() -> Json<Message> {
    sleep(SHORT * 3).await;
    Json(Message::new("done"))
}

fn registry(dropped: &Arc<AtomicBool>) -> Registry {
    Registry::new("Slow", "1.0.0")
        .app_data(web::Data::new(Arc::clone(dropped)))
        .operation(Operation::get("/slow", slow))
        .operation(Operation::get("/own", longer).time_limit(None))
}

#[test]
fn operation_beyond_its_time_limit_is_cancelled_with_504() {
    for (style, media_type) in [
        (ErrorStyle::Problem, "application/problem+json"),
        (ErrorStyle::Rebar, "application/json"),
    ] {
        let dropped = Arc::default();
        let registry = registry(&dropped).error_style(style).time_limit(SHORT);
        let client = support::client(&registry);
        let response = client.get("/slow").send();
        assert_eq!(response.status(), 504);
        assert_eq!(response.header("content-type"), Some(media_type));
        assert!(
            response.text().contains("took too long"),
            "{}",
            response.text()
        );
        assert!(dropped.load(Ordering::Relaxed));
        assert_eq!(client.get("/own").send().status(), 200);
    }
}

#[test]
fn time_limit_of_the_registry_precedes_the_default() {
    let api = Registry::new("Slow", "1.0.0")
        .operation(Operation::get("/", longer))
        .time_limit(None)
        .__or_time_limit(SHORT);
    let client = support::client(&api);
    assert_eq!(client.get("/").send().status(), 200);
}
