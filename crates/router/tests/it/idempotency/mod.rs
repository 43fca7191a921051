//! Idempotency keys: a request that is sent again is processed once, for its caller alone.

mod callers;
mod document;
mod requests;
mod stores;

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::web;
use purlin_router::{
    Json, Operation, Registry,
    idempotency::Idempotency,
    reply::Created,
    schema,
    testing::{TestCall, TestClient, TestResponse},
};
use serde_json::json;

use crate::support;

/// An order, numbered as it was processed.
#[schema(response)]
struct Order {
    number: u32,
    item: String,
}

#[schema(request)]
struct NewOrder {
    item: String,
}

/// How many orders were processed.
#[derive(Default)]
struct Orders(AtomicU32);

impl Orders {
    fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

async fn order(order: Json<NewOrder>, orders: web::Data<Orders>) -> Created<Order> {
    Created::new(Order {
        number: orders.next(),
        item: order.into_inner().item,
    })
}

/// A registry that honours keys.
fn registry() -> Registry {
    Registry::new("Orders", "1.0.0")
        .app_data(web::Data::new(Orders::default()))
        .idempotency(Idempotency::default())
}

/// A client of a registry with one operation that anyone may call.
fn open() -> TestClient {
    support::client(&registry().operation(Operation::post("/orders", order)))
}

/// A request with a key.
fn call<'c>(client: &'c TestClient, target: &str, key: &str, item: &str) -> TestCall<'c> {
    let call = client.post(target).json(&json!({"item": item}));
    call.header("Idempotency-Key", key)
}

fn is_replayed(response: &TestResponse) -> bool {
    response.header("Idempotency-Replayed") == Some("true")
}

/// Returns the number of the order in a response, and whether it was replayed.
#[track_caller]
fn created(response: &TestResponse) -> (u64, bool) {
    assert_eq!(response.status(), 201, "{}", response.text());
    let order: serde_json::Value = response.json();
    (order["number"].as_u64().unwrap(), is_replayed(response))
}
