//! JSON Lines, compared byte by byte.

use std::io;

use actix_web::{App, body::to_bytes, test as calls};
use futures_util::{StreamExt, stream};
use purlin_router::{
    Operation, Registry,
    reply::{Event, EventStream, JsonLines},
    schema,
};
use serde_json::json;

use super::responses;
use crate::support::{self, multipart::client};

#[schema(response)]
struct Order {
    #[garde(range(max = 9))]
    number: u8,
    note: Option<String>,
}

fn order(number: u8) -> Order {
    Order { number, note: None }
}

#[test]
fn each_item_is_a_line() {
    async fn export() -> JsonLines<Order> {
        let noted = Order {
            number: 2,
            note: Some("a\nb".to_owned()),
        };
        JsonLines::new(stream::iter([order(1), noted]))
    }
    let response = client(Operation::get("/", export)).get("/").send();
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("application/jsonl"));
    assert_eq!(
        response.text(),
        "{\"number\":1,\"note\":null}\n{\"number\":2,\"note\":\"a\\nb\"}\n"
    );
    assert_eq!(
        response.json_lines::<serde_json::Value>()[0],
        json!({"number": 1, "note": null})
    );
    let documented = responses(Operation::get("/", export));
    let schema = &documented["200"]["content"]["application/jsonl"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Order");
}

#[test]
#[should_panic(expected = "an item of a 200 breaks its schema: `/number`")]
fn test_client_checks_each_line() {
    async fn export() -> JsonLines<Order> {
        JsonLines::new(stream::iter([order(1), order(10)]))
    }
    let _ = client(Operation::get("/", export)).get("/").send();
}

#[test]
#[should_panic(expected = "an item of a 200 breaks its schema: `/number`")]
fn test_client_checks_the_data_of_each_event() {
    async fn events() -> EventStream<Order> {
        EventStream::new(stream::iter([Event::new(order(1)), Event::new(order(10))]))
    }
    let _ = client(Operation::get("/", events)).get("/").send();
}

#[test]
fn many_items_are_sent_in_few_pieces_of_bounded_size() {
    async fn export() -> JsonLines<Order> {
        JsonLines::new(stream::iter(0..50_000_u32).map(|_| order(7)))
    }
    let system = actix_web::rt::System::new();
    let (pieces, largest) = system.block_on(async {
        let api = Registry::new("T", "1").operation(Operation::get("/", export));
        let app = calls::init_service(App::new().service(support::router(&api))).await;
        let response = calls::call_service(&app, calls::TestRequest::get().to_request()).await;
        let mut body = response.into_body();
        let (mut pieces, mut largest) = (0, 0);
        loop {
            let next = std::future::poll_fn(|cx| {
                actix_web::body::MessageBody::poll_next(std::pin::Pin::new(&mut body), cx)
            });
            let Some(piece) = next.await else { break };
            pieces += 1;
            largest = largest.max(piece.expect("bytes").len());
        }
        (pieces, largest)
    });
    // 50,000 lines of 25 bytes.
    assert!((100..200).contains(&pieces), "{pieces}");
    assert!(largest < 9 * 1024, "{largest}");
}

#[test]
fn failure_cuts_the_connection_after_whole_lines() {
    async fn failing() -> JsonLines<Order> {
        let items = [Ok(order(1)), Err(io::Error::other("gone")), Ok(order(2))];
        JsonLines::fallible(stream::iter(items))
    }
    async fn panicking() -> JsonLines<Order> {
        JsonLines::new(stream::iter([1, 2]).map(|number| {
            assert!(number < 2, "no more");
            order(number)
        }))
    }
    for operation in [Operation::get("/", failing), Operation::get("/", panicking)] {
        let system = actix_web::rt::System::new();
        system.block_on(async {
            let api = Registry::new("T", "1").operation(operation);
            let app = calls::init_service(App::new().service(support::router(&api))).await;
            let response = calls::call_service(&app, calls::TestRequest::get().to_request()).await;
            let mut body = response.into_body();
            let first = std::future::poll_fn(|cx| {
                actix_web::body::MessageBody::poll_next(std::pin::Pin::new(&mut body), cx)
            });
            let first = first.await.expect("a piece").expect("bytes");
            assert_eq!(first, "{\"number\":1,\"note\":null}\n");
            assert!(to_bytes(body).await.is_err());
        });
    }
}

#[test]
fn mock_sends_a_line() {
    async fn export() -> JsonLines<Order> {
        JsonLines::new(stream::empty())
    }
    let registry = Registry::new("T", "1").operation(Operation::get("/", export));
    let response = support::client(&registry.mocked()).get("/").send();
    assert_eq!(response.json_lines::<serde_json::Value>().len(), 1);
}
