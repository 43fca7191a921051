//! The operations as a user of Purlin declares them.

use actix_web::{
    App,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
};
use chrono::{DateTime, Utc};
use purlin_router::{
    Json, Registry, auth::HeaderApiKey, extract::Headers, get, post, reply::Created, schema,
    schemas::Message,
};

use super::{Error, Fallible, KEY};

#[schema]
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
    address: Address,
    #[garde(length(max = 10))]
    tags: Vec<String>,
    kind: Kind,
}

#[schema]
struct Address {
    #[garde(length(chars, min = 1))]
    street: String,
    #[garde(length(chars, min = 1))]
    city: String,
    #[garde(pattern("^[0-9]{5}$"))]
    zip: String,
    #[garde(length(chars, equal = 2))]
    country: String,
}

#[schema]
enum Kind {
    Book,
    Food,
}

#[schema]
struct Booking {
    #[garde(length(chars, min = 1, max = 80))]
    name: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 1, max = 20))]
    count: u32,
    #[garde(length(max = 10))]
    tags: Vec<String>,
    #[garde(length(chars, max = 200))]
    note: Option<String>,
    at: Option<DateTime<Utc>>,
}

/// Greet the caller.
#[get("/")]
async fn get_index() -> Json<Message> {
    Json(Message {
        message: "Hello, world!".to_owned(),
    })
}

#[schema(request)]
struct Client {
    #[serde(rename = "X-Client-Version")]
    version: u32,
}

/// Greet a caller with a key.
#[get("/guarded", authenticators = ["apiKey"])]
async fn get_guarded(client: Headers<Client>) -> Json<Message> {
    let _ = client.version;
    Json(Message {
        message: "Hello, world!".to_owned(),
    })
}

/// Take an order.
#[post("/orders")]
async fn create_order(order: Json<Order>) -> Created<Order> {
    Created::new(order.into_inner())
}

/// Book a table.
#[post("/bookings")]
async fn create_booking(booking: Json<Booking>) -> Created<Booking> {
    Created::new(booking.into_inner())
}

pub(super) fn app() -> Fallible<
    App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse,
            Error = Error,
            InitError = (),
        >,
    >,
> {
    let registry = Registry::new("Bench", "1.0.0")
        .authenticator("apiKey", HeaderApiKey::new("X-Api-Key").key("ada", KEY))
        .operation(get_index)
        .operation(get_guarded)
        .operation(create_order)
        .operation(create_booking);
    let router = registry.build().map_err(|errors| errors.to_string())?;
    Ok(App::new().service(router))
}
