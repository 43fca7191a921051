//! The same without Purlin.

use actix_web::{
    App, HttpRequest, HttpResponse,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header::HeaderValue,
    web,
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Error, KEY, by_hand_all};

#[derive(Serialize)]
struct Message {
    message: String,
}

#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Order {
    #[garde(length(chars, min = 1, max = 40))]
    id: String,
    #[garde(length(chars, min = 1, max = 80))]
    customer: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 1, max = 100))]
    quantity: u32,
    #[garde(range(min = 0.0))]
    price: f64,
    express: bool,
    #[garde(length(chars, max = 200))]
    note: Option<String>,
    #[garde(dive)]
    address: Address,
    #[garde(length(max = 10))]
    tags: Vec<String>,
    kind: Kind,
}

#[derive(Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct Address {
    #[garde(length(chars, min = 1))]
    street: String,
    #[garde(length(chars, min = 1))]
    city: String,
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
    #[garde(length(chars, equal = 2))]
    country: String,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Book,
    Food,
}

async fn get_index() -> HttpResponse {
    HttpResponse::Ok().json(Message {
        message: "Hello, world!".to_owned(),
    })
}

/// Compares the key in constant time, reads the header as a number, and rejects
/// everything else, as a careful author would.
async fn get_guarded(request: HttpRequest) -> HttpResponse {
    let headers = request.headers();
    let key = headers.get("x-api-key").map(HeaderValue::as_bytes);
    if !key.is_some_and(|key| bool::from(key.ct_eq(KEY.as_bytes()))) {
        return HttpResponse::Unauthorized().finish();
    }
    let version = headers.get("x-client-version");
    let version = version.and_then(|version| version.to_str().ok()?.parse::<u32>().ok());
    match version {
        Some(_) => HttpResponse::Ok().json(Message {
            message: "Hello, world!".to_owned(),
        }),
        None => rejection("X-Client-Version is missing or no number"),
    }
}

fn rejection(message: impl ToString) -> HttpResponse {
    HttpResponse::BadRequest().json(Message {
        message: message.to_string(),
    })
}

fn created(order: Order) -> HttpResponse {
    match order.validate() {
        Ok(()) => HttpResponse::Created().json(order),
        Err(report) => rejection(report),
    }
}

/// Reads the body in the fewest steps: bytes, serde_json, garde.
async fn create_order(body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<Order>(&body) {
        Ok(order) => created(order),
        Err(error) => rejection(error),
    }
}

/// Reads the body with actix-web's own extractor, which also checks the content type.
async fn create_order_web_json(order: web::Json<Order>) -> HttpResponse {
    created(order.into_inner())
}

pub(super) fn app() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .route("/", web::get().to(get_index))
        .route("/guarded", web::get().to(get_guarded))
        .route("/orders", web::post().to(create_order))
        .route("/orders-web-json", web::post().to(create_order_web_json))
        .route("/orders-all", web::post().to(by_hand_all::create_order))
        .route("/bookings", web::post().to(by_hand_all::create_booking))
}
