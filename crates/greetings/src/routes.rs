//! The four operations; the names of the functions are the operation ids.

use purlin_router::{Json, extract::Query, get, post, reply::Created, schemas::Message};

use crate::schemas::{Addressee, Guest};

/// The security scheme of the three protected operations.
pub const SHARED_SECRET: &str = "sharedSecret";

/// Greet every caller.
///
/// Needs no key.
#[get("/", tags = ["greetings"])]
pub async fn get_index() -> Json<Message> {
    Json(Message::new("Hello, Being!"))
}

/// Greet anybody with a key.
///
/// The same line for every key.
#[get("/generic_greeting", tags = ["greetings"], authenticators = [SHARED_SECRET])]
pub async fn get_generic_greeting() -> Json<Message> {
    Json(Message::new("Hello, Generic Person!"))
}

/// Greet a person by name.
///
/// The name is used as given, even if it is empty.
#[get("/personalised_greeting", tags = ["greetings"], authenticators = [SHARED_SECRET])]
pub async fn get_personalised_greeting(addressee: Query<Addressee>) -> Json<Message> {
    Json(Message::new(format!("Hello, {}", addressee.name)))
}

/// Send a greeting to a guest.
///
/// Returns the guest as received.
#[post("/send_greeting", tags = ["greetings"], authenticators = [SHARED_SECRET])]
pub async fn send_greeting(guest: Json<Guest>) -> Created<Guest> {
    Created::new(guest.into_inner())
}
