//! What a whole request costs: an operation of Purlin against the same handler written by hand on actix-web, serde_json
//! and garde's derive.
//!
//! Both sides receive the same bytes and return the same responses, except for a rejected body: there `by-hand` reports
//! serde's first error, as such handlers do, and `by-hand-all` every violation, see `request/by_hand_all.rs`. Finding the operation among many is measured in
//! `dispatch.rs`, decoding alone in the benches of purlin-schemas.

#[path = "request/by_hand.rs"]
mod by_hand;
#[path = "request/by_hand_all.rs"]
mod by_hand_all;
#[path = "request/by_purlin.rs"]
mod by_purlin;
mod support;

use std::future::Future;

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
    http::{StatusCode, header::ContentType},
    test::{TestRequest, init_service},
};
use support::{Bench, Case, Fallible};

/// A valid body: 310 bytes, 14 fields.
const VALID: &str = concat!(
    r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace@example.com","#,
    r#""quantity":3,"price":19.95,"express":true,"#,
    r#""note":"leave it at the back door, behind the pots","#,
    r#""address":{"street":"12 St James's Square","city":"London","zip":"12345","country":"GB"},"#,
    r#""tags":["fragile","gift","blue"],"kind":"Book"}"#,
);

/// The same with five violations: `/email`, `/quantity`, `/price`, `/address/zip`, `/kind`.
const FIVE_VIOLATIONS: &str = concat!(
    r#"{"id":"ord-000123","customer":"Ada Lovelace","email":"ada.lovelace.example","#,
    r#""quantity":0,"price":-1.5,"express":true,"#,
    r#""note":"leave it at the back door, behind the pots","#,
    r#""address":{"street":"12 St James's Square","city":"London","zip":"1234","country":"GB"},"#,
    r#""tags":["fragile","gift","blue"],"kind":"Tool"}"#,
);

/// A valid body with an optional date-time: six fields.
const BOOKING: &str = concat!(
    r#"{"name":"Ada Lovelace","email":"ada.lovelace@example.com","count":3,"#,
    r#""tags":["window","quiet"],"note":"two of us are late","at":"2027-03-01T19:30:00Z"}"#,
);

/// The same with three violations: `/name`, `/email`, `/count`.
const THREE_VIOLATIONS: &str = concat!(
    r#"{"name":"","email":"ada.lovelace.example","count":0,"#,
    r#""tags":["window","quiet"],"note":"two of us are late","at":"2027-03-01T19:30:00Z"}"#,
);

const CASES: &[Case] = &[
    ("get/purlin", |bench| {
        get(bench, init_service(by_purlin::app()?))
    }),
    ("get/by-hand", |bench| {
        get(bench, init_service(by_hand::app()))
    }),
    ("guarded/purlin", |bench| {
        guarded(bench, init_service(by_purlin::app()?))
    }),
    ("guarded/by-hand", |bench| {
        guarded(bench, init_service(by_hand::app()))
    }),
    ("post/purlin", |bench| {
        valid(bench, "/orders", VALID, init_service(by_purlin::app()?))
    }),
    ("post/by-hand", |bench| {
        valid(bench, "/orders", VALID, init_service(by_hand::app()))
    }),
    ("post/by-hand-web-json", |bench| {
        let app = init_service(by_hand::app());
        valid(bench, "/orders-web-json", VALID, app)
    }),
    ("refused/purlin", |bench| {
        let app = init_service(by_purlin::app()?);
        refused(bench, "/orders", FIVE_VIOLATIONS, app)
    }),
    ("refused/by-hand", |bench| {
        let app = init_service(by_hand::app());
        refused(bench, "/orders", FIVE_VIOLATIONS, app)
    }),
    ("refused/by-hand-all", |bench| {
        let app = init_service(by_hand::app());
        refused(bench, "/orders-all", FIVE_VIOLATIONS, app)
    }),
    ("booking/purlin", |bench| {
        valid(bench, "/bookings", BOOKING, init_service(by_purlin::app()?))
    }),
    ("booking/by-hand-all", |bench| {
        valid(bench, "/bookings", BOOKING, init_service(by_hand::app()))
    }),
    ("booking-refused/purlin", |bench| {
        let app = init_service(by_purlin::app()?);
        refused(bench, "/bookings", THREE_VIOLATIONS, app)
    }),
    ("booking-refused/by-hand-all", |bench| {
        let app = init_service(by_hand::app());
        refused(bench, "/bookings", THREE_VIOLATIONS, app)
    }),
];

fn main() -> Fallible {
    assert_eq!(VALID.len(), 310);
    support::main(CASES)
}

fn get<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(
        service,
        || TestRequest::get().uri("/").to_request(),
        StatusCode::OK,
    )
}

/// The key of the guarded operation.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A GET with a key and a header of a declared type.
fn guarded<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let request = || {
        let request = TestRequest::get().uri("/guarded");
        let request = request.insert_header(("x-api-key", KEY));
        request
            .insert_header(("x-client-version", "42"))
            .to_request()
    };
    bench.serve(service, request, StatusCode::OK)
}

fn post(path: &str, body: &'static str) -> Request {
    let request = TestRequest::post()
        .uri(path)
        .insert_header(ContentType::json());
    request
        .insert_header(("content-length", body.len()))
        .set_payload(body)
        .to_request()
}

fn valid<S>(
    bench: &Bench,
    path: &str,
    body: &'static str,
    service: impl Future<Output = S>,
) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || post(path, body), StatusCode::CREATED)
}

fn refused<S>(
    bench: &Bench,
    path: &str,
    body: &'static str,
    service: impl Future<Output = S>,
) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || post(path, body), StatusCode::BAD_REQUEST)
}
