//! What finding the operation costs, and how that grows with the number of routes: Purlin against actix-web's own
//! routing.
//!
//! Every case requests the route registered last; it has one path parameter and responds with 204, so that little but
//! dispatch is left to measure. Building a registry of 1,000 operations is measured here too. Decoding, validating and
//! whole requests are measured in `request.rs`.

mod support;

use actix_web::{App, HttpResponse, http::StatusCode, test, web};
use purlin_router::{Operation, Registry, extract::Path, reply::NoContent};
use support::{Bench, Case, Fallible};

const CASES: &[Case] = &[
    ("purlin/1", |bench| purlin(bench, 1)),
    ("purlin/10", |bench| purlin(bench, 10)),
    ("purlin/100", |bench| purlin(bench, 100)),
    ("purlin/1000", |bench| purlin(bench, 1_000)),
    ("purlin/10000", |bench| purlin(bench, 10_000)),
    ("actix/1", |bench| actix(bench, 1)),
    ("actix/10", |bench| actix(bench, 10)),
    ("actix/100", |bench| actix(bench, 100)),
    ("actix/1000", |bench| actix(bench, 1_000)),
    ("actix/10000", |bench| actix(bench, 10_000)),
    ("build/1000", |bench| {
        bench.repeat(|| registry(1_000).build().map_err(|errors| errors.to_string()))
    }),
    ("register/1000", register),
];

fn main() -> Fallible {
    support::main(CASES)
}

/// The template of route number `n`. Numbers have one width, so the last path is as long for 1 route as for 10,000.
fn template(n: usize) -> String {
    format!("/collection-{n:05}/items/{{id}}")
}

/// A request for the last of `routes` routes.
fn last(routes: usize) -> test::TestRequest {
    test::TestRequest::get().uri(&format!("/collection-{:05}/items/42", routes - 1))
}

async fn purlin_handler(_: Path<u64>) -> NoContent {
    NoContent
}

fn registry(routes: usize) -> Registry {
    (0..routes).fold(Registry::new("Bench", "1.0.0"), |registry, n| {
        let operation = Operation::get(template(n), purlin_handler);
        registry.operation(
            operation
                .operation_id(format!("item_{n}"))
                .summary("An item"),
        )
    })
}

fn purlin(bench: &Bench, routes: usize) -> Fallible {
    let router = registry(routes)
        .build()
        .map_err(|errors| errors.to_string())?;
    let service = test::init_service(App::new().service(router));
    bench.serve(
        service,
        || last(routes).to_request(),
        StatusCode::NO_CONTENT,
    )
}

async fn actix_handler(_: web::Path<u64>) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn actix(bench: &Bench, routes: usize) -> Fallible {
    let app = (0..routes).fold(App::new(), |app, n| {
        app.route(&template(n), web::get().to(actix_handler))
    });
    bench.serve(
        test::init_service(app),
        || last(routes).to_request(),
        StatusCode::NO_CONTENT,
    )
}

/// What every worker does once when it starts.
fn register(bench: &Bench) -> Fallible {
    let router = registry(1_000)
        .build()
        .map_err(|errors| errors.to_string())?;
    bench.start(|| test::init_service(App::new().service(router.clone())))
}
