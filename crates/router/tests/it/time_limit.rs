//! How long an operation may take, and what is answered when it takes longer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{rt::time::sleep, web};
use purlin_router::{Json, Operation, Registry, error::ErrorStyle, schemas::Message};

use crate::support;

const SHORT: Duration = Duration::from_millis(20);

/// Tells when it is dropped.
struct Told(Arc<AtomicBool>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn slow(dropped: web::Data<Arc<AtomicBool>>) -> Json<Message> {
    let _told = Told(Arc::clone(&dropped));
    sleep(Duration::from_secs(60)).await;
    Json(Message::new("at last"))
}

async fn somewhat_slow() -> Json<Message> {
    sleep(SHORT * 3).await;
    Json(Message::new("at last"))
}

fn registry(dropped: &Arc<AtomicBool>) -> Registry {
    Registry::new("Slow", "1.0.0")
        .app_data(web::Data::new(Arc::clone(dropped)))
        .operation(Operation::get("/slow", slow))
        .operation(Operation::get("/own", somewhat_slow).time_limit(None))
}

#[test]
fn an_operation_that_takes_too_long_is_dropped_and_answered_504() {
    for (style, media_type) in [
        (ErrorStyle::Problem, "application/problem+json"),
        (ErrorStyle::Rebar, "application/json"),
    ] {
        let dropped = Arc::default();
        let registry = registry(&dropped).error_style(style).time_limit(SHORT);
        let client = support::client(&registry);
        let answer = client.get("/slow").send();
        assert_eq!(answer.status(), 504);
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert!(answer.text().contains("took too long"), "{}", answer.text());
        assert!(dropped.load(Ordering::Relaxed));
        assert_eq!(client.get("/own").send().status(), 200);
    }
}

#[test]
fn what_a_registry_says_of_its_time_is_not_said_again() {
    let api = Registry::new("Slow", "1.0.0")
        .operation(Operation::get("/", somewhat_slow))
        .time_limit(None)
        .__or_time_limit(SHORT);
    let client = support::client(&api);
    assert_eq!(client.get("/").send().status(), 200);
}
