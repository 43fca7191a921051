//! What is processed, replayed and rejected.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse,
    dev::Service,
    http::header,
    test::{TestRequest, init_service},
    web,
};
use futures_util::StreamExt;
use purlin_router::{
    Json, Operation,
    error::ErrorStyle,
    extract::Path,
    reply::{NoContent, Opaque, Text},
    testing::TestResponse,
};
use serde_json::{Value, json};

use super::{Orders, call, created, is_replayed, open, order, registry};
use crate::support::{
    self,
    multipart::{BOUNDARY, Body},
};

#[test]
fn a_request_is_processed_once() {
    let client = open();
    let first = call(&client, "/orders", "one", "tea").send();
    assert_eq!(created(&first), (1, false));
    let again = call(&client, "/orders", "one", "tea").send();
    assert_eq!(created(&again), (1, true));
    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(
        created(&call(&client, "/orders", "two", "tea").send()),
        (2, false)
    );
    // Requests without a key are processed whenever they are sent.
    let plain = || client.post("/orders").json(&json!({"item": "tea"})).send();
    assert_eq!(
        [created(&plain()), created(&plain())],
        [(3, false), (4, false)]
    );
}

#[test]
fn a_key_of_another_request_is_rejected() {
    let registry = registry()
        .operation(Operation::post("/orders", order))
        .operation(Operation::post("/orders/{id}", for_id).operation_id("for_id"))
        .operation(Operation::post("/other", order).operation_id("other"));
    let client = support::client(&registry);
    assert_eq!(
        created(&call(&client, "/orders", "one", "tea").send()),
        (1, false)
    );
    for target in ["/orders", "/orders?page=2"] {
        let item = if target.contains('?') {
            "tea"
        } else {
            "coffee"
        };
        let other = call(&client, target, "one", item).send();
        assert_eq!(other.status(), 422);
        assert!(other.text().contains("was used for another request"));
    }
    let json = json!({"item": "tea"}).to_string();
    let call_as = |media_type: &'static str| {
        let call = client.post("/orders").header("Idempotency-Key", "one");
        call.header("Content-Type", media_type)
            .body(json.clone())
            .send()
    };
    assert_eq!(created(&call_as("application/json")), (1, true));
    assert_eq!(call_as("application/json; charset=utf-8").status(), 422);
    // A key is of one operation, whatever the parameters of its path.
    assert_eq!(
        created(&call(&client, "/other", "one", "tea").send()),
        (2, false)
    );
    assert_eq!(
        call(&client, "/orders/1", "one", "tea").send().status(),
        204
    );
    assert_eq!(
        call(&client, "/orders/2", "one", "tea").send().status(),
        422
    );
}

async fn for_id(_: Path<u32>) -> NoContent {
    NoContent
}

#[test]
fn malformed_keys_are_rejected_in_the_style_of_the_registry() {
    for (style, media_type) in [
        (ErrorStyle::Problem, "application/problem+json"),
        (ErrorStyle::Rebar, "application/json"),
    ] {
        let registry = registry().error_style(style);
        let client = support::client(&registry.operation(Operation::post("/orders", order)));
        for key in ["", "two parts", "\u{e9}", &"k".repeat(256)] {
            let response = call(&client, "/orders", key, "tea").send();
            assert_eq!(response.status(), 400, "{key}");
            assert_eq!(response.header("content-type"), Some(media_type));
            assert!(
                response
                    .text()
                    .contains("1 to 255 visible ASCII characters")
            );
        }
        let two = call(&client, "/orders", "one", "tea").header("Idempotency-Key", "two");
        assert!(two.send().text().contains("more than one Idempotency-Key"));
        assert_eq!(
            created(&call(&client, "/orders", &"k".repeat(255), "tea").send()),
            (1, false)
        );
    }
}

#[test]
fn requests_that_the_handler_never_saw_are_not_kept() {
    let client = open();
    for _ in 0..2 {
        let invalid = client.post("/orders").header("Idempotency-Key", "one");
        let invalid = invalid.json(&json!({})).send();
        assert_eq!(
            (invalid.status().as_u16(), is_replayed(&invalid)),
            (400, false)
        );
    }
    let text = client.post("/orders").header("Idempotency-Key", "one");
    assert_eq!(text.body("tea").send().status(), 415);
    let large = "x".repeat(1024 * 1024);
    assert_eq!(call(&client, "/orders", "one", &large).send().status(), 413);
    // The key is free for the request as it should be.
    assert_eq!(
        created(&call(&client, "/orders", "one", "tea").send()),
        (1, false)
    );
}

#[test]
fn final_responses_are_kept_and_temporary_ones_are_not() {
    for (status, is_final) in [
        (200, true),
        (303, true),
        (400, true),
        (404, true),
        (410, true),
        (422, true),
        (401, false),
        (403, false),
        (408, false),
        (409, false),
        (425, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        let fail = move |orders: web::Data<Orders>| {
            let number = orders.next().to_string();
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            async move { Opaque(HttpResponse::build(status).body(number)) }
        };
        let operation = Operation::post("/", fail).operation_id("fail");
        let client = support::client(&registry().operation(operation)).without_checks();
        let send = || client.post("/").header("Idempotency-Key", "one").send();
        let (first, again) = (send(), send());
        assert_eq!((first.text(), is_replayed(&first)), ("1".to_owned(), false));
        let expected = if is_final { "1" } else { "2" };
        assert_eq!(
            (again.text(), is_replayed(&again)),
            (expected.to_owned(), is_final),
            "{status}"
        );
    }
}

async fn panics_once(orders: web::Data<Orders>) -> Json<u32> {
    match orders.next() {
        1 => panic!("once"),
        number => Json(number),
    }
}

async fn too_slow_once(orders: web::Data<Orders>) -> Json<u32> {
    match orders.next() {
        1 => pending().await,
        number => Json(number),
    }
}

#[test]
fn a_request_whose_handler_failed_may_be_sent_again() {
    let registry = registry()
        .operation(Operation::post("/panics", panics_once))
        .operation(Operation::post("/slow", too_slow_once).time_limit(Duration::from_millis(2)));
    for (path, status) in [("/panics", 500), ("/slow", 504)] {
        let client = support::client(&registry.clone().app_data(web::Data::new(Orders::default())));
        let send = || client.post(path).header("Idempotency-Key", "one").send();
        assert_eq!(send().status(), status);
        let again = send();
        assert_eq!((again.text(), is_replayed(&again)), ("2".to_owned(), false));
        assert!(is_replayed(&send()));
    }
}

/// Whether handlers wait.
#[derive(Clone, Default)]
struct Hold(Arc<AtomicBool>);

async fn held(hold: web::Data<Hold>, orders: web::Data<Orders>) -> Json<u32> {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        match hold.0.load(Ordering::Relaxed) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    })
    .await;
    Json(orders.next())
}

#[actix_web::test]
async fn of_two_concurrent_requests_one_is_processed() {
    let hold = Hold::default();
    hold.0.store(true, Ordering::Relaxed);
    let registry = registry()
        .app_data(web::Data::new(hold.clone()))
        .operation(Operation::post("/", held));
    let app = init_service(App::new().service(support::router(&registry))).await;
    let send = || {
        let request = TestRequest::post().insert_header(("idempotency-key", "one"));
        app.call(request.to_request())
    };
    let status = async |response: Result<_, actix_web::Error>| {
        let response: actix_web::dev::ServiceResponse = response.unwrap();
        let again = response.headers().get(header::RETRY_AFTER).is_some();
        (response.status().as_u16(), again)
    };
    {
        let mut first = pin!(send());
        assert!(
            poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx)))
                .await
                .is_pending()
        );
        assert_eq!(status(send().await).await, (409, true));
        // The client disconnects.
    }
    let mut second = pin!(send());
    assert!(
        poll_fn(|cx| Poll::Ready(second.as_mut().poll(cx)))
            .await
            .is_pending()
    );
    assert_eq!(status(send().await).await, (409, true));
    hold.0.store(false, Ordering::Relaxed);
    assert_eq!(status(second.await).await, (200, false));
    let replayed = send().await.unwrap();
    assert_eq!(
        replayed.headers().get("idempotency-replayed").unwrap(),
        "true"
    );
}

/// Reads its body by itself.
async fn count(mut payload: web::Payload, orders: web::Data<Orders>) -> Json<(u32, usize)> {
    let mut size = 0;
    while let Some(bytes) = payload.next().await {
        size += bytes.map_or(0, |bytes| bytes.len());
    }
    Json((orders.next(), size))
}

async fn unread(orders: web::Data<Orders>) -> Json<u32> {
    Json(orders.next())
}

#[test]
fn bodies_that_the_handler_reads_are_compared_up_to_the_limit() {
    let operation = Operation::post("/", count).body_limit(10);
    let client = support::client(&registry().operation(operation));
    let send = |body: &'static str| {
        let call = client.post("/").header("Idempotency-Key", "one");
        call.body(body).send()
    };
    assert_eq!(send("1234567890!").status(), 413);
    assert_eq!(send("1234567890").json::<Value>(), json!([1, 10]));
    let again = send("1234567890");
    assert_eq!(
        (again.json::<Value>(), is_replayed(&again)),
        (json!([1, 10]), true)
    );
    assert_eq!(send("123456789").status(), 422);
    // Without a key the handler alone decides how much it reads.
    let plain = client.post("/").body("1234567890!").send();
    assert_eq!(plain.json::<Value>(), json!([2, 11]));
}

#[test]
fn a_body_that_no_extractor_reads_does_not_count() {
    let client = support::client(&registry().operation(Operation::post("/", unread)));
    let send = |body: &'static str| {
        let call = client.post("/").header("Idempotency-Key", "one");
        call.body(body).send()
    };
    assert!(!is_replayed(&send("a")));
    assert!(is_replayed(&send("b")));
}

#[purlin_router::schema(request)]
struct Upload {
    file: purlin_router::extract::File,
}

async fn upload(
    upload: purlin_router::extract::Multipart<Upload>,
    orders: web::Data<Orders>,
) -> Json<(u32, u64)> {
    Json((orders.next(), upload.file.size()))
}

#[test]
fn uploads_are_compared_without_being_buffered() {
    let client = support::client(&registry().operation(Operation::post("/", upload)));
    // Larger than the limit of bodies that are buffered.
    let send = |byte: u8| {
        let file = vec![byte; 3 * 1024 * 1024];
        let call = client.post("/").header("Idempotency-Key", "one");
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let call = call.header("Content-Type", media_type.as_str());
        call.body(Body::new().file("file", "a", "a/b", file).end())
            .send()
    };
    assert_eq!(send(b'x').json::<Value>(), json!([1, 3 * 1024 * 1024]));
    assert!(is_replayed(&send(b'x')));
    assert_eq!(send(b'y').status(), 422);
}

#[test]
fn post_and_patch_have_keys_and_an_operation_may_opt_out() {
    let registry = registry()
        .operation(Operation::post("/", unread))
        .operation(Operation::patch("/", unread).operation_id("patch"))
        .operation(Operation::put("/", unread).operation_id("put"))
        .operation(Operation::delete("/", unread).operation_id("delete"))
        .operation(
            Operation::post("/own", unread)
                .operation_id("own")
                .without_idempotency(),
        );
    let client = support::client(&registry);
    for (method, path, expected) in [
        ("POST", "/", true),
        ("PATCH", "/", true),
        ("PUT", "/", false),
        ("DELETE", "/", false),
        ("POST", "/own", false),
    ] {
        let send = || {
            let call = client.request(method.parse().unwrap(), path);
            call.header("Idempotency-Key", "one").send()
        };
        let [_, again]: [TestResponse; 2] = [send(), send()];
        assert_eq!(is_replayed(&again), expected, "{method} {path}");
    }
    // A registry without idempotency ignores keys.
    let plain = purlin_router::Registry::new("Plain", "1.0.0")
        .app_data(web::Data::new(Orders::default()))
        .operation(Operation::post("/", unread));
    let client = support::client(&plain);
    let send = || {
        client
            .post("/")
            .header("Idempotency-Key", "two parts")
            .send()
    };
    assert_eq!(
        (send().text(), send().text()),
        ("1".to_owned(), "2".to_owned())
    );
}

async fn sized(request: HttpRequest, orders: web::Data<Orders>) -> Text {
    let size = request.query_string().parse().unwrap();
    let text = "x".repeat(size) + &orders.next().to_string();
    Text::new(text)
}

#[test]
fn large_responses_are_not_kept() {
    let idempotency = purlin_router::idempotency::Idempotency::default().max_response(1000);
    let operation = Operation::post("/", sized);
    let client = support::client(&registry().idempotency(idempotency).operation(operation));
    for (size, expected) in [(800, true), (1000, false)] {
        let send = || {
            let call = client.post(&format!("/?{size}"));
            let key = format!("key-{size}");
            call.header("Idempotency-Key", key.as_str()).send()
        };
        assert!(!is_replayed(&send()));
        assert_eq!(is_replayed(&send()), expected, "{size}");
    }
}
