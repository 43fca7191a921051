//! What a whole request costs: an operation of Purlin against the same handler written by hand on actix-web, serde_json
//! and garde's derive.
//!
//! Both sides get the same bytes and give the same answers, a refused body apart: there the hand-written handler says
//! serde's first error, as such handlers do. Finding the operation among many is measured in `dispatch.rs`, decoding
//! alone in the benches of purlin-schemas.

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

/// 310 bytes, 14 fields, nothing wrong with it.
const VALID: &str = concat!(
    r#"{"sku":"PL-20418","name":"Galvanised purlin","email":"sales@example.com","price":129.95,"#,
    r#""quantity":250,"weight":18,"active":true,"colour":"grey","note":"Deliver to the east gate","#,
    r#""tags":["roof","steel","z-profile"],"country":"DE","postcode":"10115","discount":5,"#,
    r#""parts":[{"id":1,"count":4},{"id":2,"count":8}]}"#,
);

/// The same with five things wrong: `email`, `quantity`, `colour`, `postcode` and the second part's `count`.
const FIVE_VIOLATIONS: &str = concat!(
    r#"{"sku":"PL-20418","name":"Galvanised purlin","email":"nobody","price":129.95,"#,
    r#""quantity":0,"weight":18,"active":true,"colour":"mauve","note":"Deliver to the east gate","#,
    r#""tags":["roof","steel","z-profile"],"country":"DE","postcode":"1011","discount":5,"#,
    r#""parts":[{"id":1,"count":4},{"id":2,"count":"8"}]}"#,
);

const CASES: &[Case] = &[
    ("get/purlin", |bench| get(bench, init_service(by_purlin::app()?))),
    ("get/by-hand", |bench| get(bench, init_service(by_hand::app()))),
    ("post/purlin", |bench| valid(bench, "/orders", init_service(by_purlin::app()?))),
    ("post/by-hand", |bench| valid(bench, "/orders", init_service(by_hand::app()))),
    ("post/by-hand-web-json", |bench| valid(bench, "/orders-web-json", init_service(by_hand::app()))),
    ("refused/purlin", |bench| refused(bench, init_service(by_purlin::app()?))),
    ("refused/by-hand", |bench| refused(bench, init_service(by_hand::app()))),
];

fn main() -> Fallible {
    assert_eq!(VALID.len(), 310);
    support::main(CASES)
}

fn get<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || TestRequest::get().uri("/").to_request(), StatusCode::OK)
}

fn post(path: &str, body: &'static str) -> Request {
    let request = TestRequest::post().uri(path).insert_header(ContentType::json());
    request.insert_header(("content-length", body.len())).set_payload(body).to_request()
}

fn valid<S>(bench: &Bench, path: &str, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || post(path, VALID), StatusCode::CREATED)
}

fn refused<S>(bench: &Bench, service: impl Future<Output = S>) -> Fallible
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    bench.serve(service, || post("/orders", FIVE_VIOLATIONS), StatusCode::BAD_REQUEST)
}

/// The operations as a user of Purlin declares them.
mod by_purlin {
    use actix_web::{
        App,
        dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    };
    use purlin_router::{Created, Json, Message, Registry, get, post, schema};

    use super::{Error, Fallible};

    /// What is ordered, for whom.
    #[schema]
    struct Order {
        #[garde(length(chars, min = 3, max = 20))]
        sku: String,
        #[garde(length(chars, min = 1, max = 80))]
        name: String,
        #[garde(email)]
        email: String,
        #[garde(range(min = 0.0))]
        price: f64,
        #[garde(range(min = 1, max = 10_000))]
        quantity: u32,
        weight: u16,
        active: bool,
        colour: Colour,
        #[garde(length(chars, max = 200))]
        note: Option<String>,
        #[garde(length(max = 10))]
        tags: Vec<String>,
        #[garde(length(chars, min = 2, max = 2))]
        country: String,
        #[garde(length(chars, min = 5, max = 5))]
        postcode: String,
        #[garde(range(max = 100))]
        discount: u8,
        #[garde(length(min = 1))]
        parts: Vec<Part>,
    }

    #[schema]
    struct Part {
        #[garde(range(min = 1))]
        id: u64,
        #[garde(range(min = 1))]
        count: u32,
    }

    #[schema]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Grey,
        Red,
    }

    /// Greet whoever asks.
    #[get("/")]
    async fn get_index() -> Json<Message> {
        Json(Message { message: "Hello, world!".to_owned() })
    }

    /// Take an order.
    #[post("/orders")]
    async fn create_order(order: Json<Order>) -> Created<Order> {
        Created::new(order.into_inner())
    }

    pub(super) fn app() -> Fallible<
        App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>>,
    > {
        let registry = Registry::new("Bench", "1.0.0").operation(get_index).operation(create_order);
        let router = registry.build().map_err(|errors| errors.to_string())?;
        Ok(App::new().service(router))
    }
}

/// The same without Purlin.
mod by_hand {
    use actix_web::{
        App, HttpResponse,
        dev::{ServiceFactory, ServiceRequest, ServiceResponse},
        web,
    };
    use garde::Validate;
    use serde::{Deserialize, Serialize};

    use super::Error;

    #[derive(Serialize)]
    struct Message {
        message: String,
    }

    #[derive(Serialize, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[garde(length(chars, min = 3, max = 20))]
        sku: String,
        #[garde(length(chars, min = 1, max = 80))]
        name: String,
        #[garde(email)]
        email: String,
        #[garde(range(min = 0.0))]
        price: f64,
        #[garde(range(min = 1, max = 10_000))]
        quantity: u32,
        #[garde(skip)]
        weight: u16,
        #[garde(skip)]
        active: bool,
        #[garde(skip)]
        colour: Colour,
        #[garde(length(chars, max = 200))]
        note: Option<String>,
        #[garde(length(max = 10))]
        tags: Vec<String>,
        #[garde(length(chars, min = 2, max = 2))]
        country: String,
        #[garde(length(chars, min = 5, max = 5))]
        postcode: String,
        #[garde(range(max = 100))]
        discount: u8,
        #[garde(length(min = 1), dive)]
        parts: Vec<Part>,
    }

    #[derive(Serialize, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[garde(range(min = 1))]
        id: u64,
        #[garde(range(min = 1))]
        count: u32,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Grey,
        Red,
    }

    async fn get_index() -> HttpResponse {
        HttpResponse::Ok().json(Message { message: "Hello, world!".to_owned() })
    }

    fn refusal(words: impl ToString) -> HttpResponse {
        HttpResponse::BadRequest().json(Message { message: words.to_string() })
    }

    fn created(order: Order) -> HttpResponse {
        match order.validate() {
            Ok(()) => HttpResponse::Created().json(order),
            Err(report) => refusal(report),
        }
    }

    /// The fewest steps there are: bytes, serde_json, garde.
    async fn create_order(body: web::Bytes) -> HttpResponse {
        match serde_json::from_slice::<Order>(&body) {
            Ok(order) => created(order),
            Err(error) => refusal(error),
        }
    }

    /// What most would write: actix-web's own extractor, which also looks at the content type.
    async fn create_order_web_json(order: web::Json<Order>) -> HttpResponse {
        created(order.into_inner())
    }

    pub(super) fn app()
    -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = Error, InitError = ()>>
    {
        App::new()
            .route("/", web::get().to(get_index))
            .route("/orders", web::post().to(create_order))
            .route("/orders-web-json", web::post().to(create_order_web_json))
    }
}
