//! The four operations. Their names are their operation ids.

use purlin_router::{Json, extract::Query, get, post, reply::Created, schemas::Message};

use crate::schemas::{Addressee, Guest};

/// The security scheme of the three guarded operations.
pub const SHARED_SECRET: &str = "sharedSecret";

/// Greet whoever asks.
///
/// Open to everybody.
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

/// Greet somebody by name.
///
/// The name is taken as it is given, an empty one included.
#[get("/personalised_greeting", tags = ["greetings"], authenticators = [SHARED_SECRET])]
pub async fn get_personalised_greeting(addressee: Query<Addressee>) -> Json<Message> {
    Json(Message::new(format!("Hello, {}", addressee.name)))
}

/// Send a greeting to somebody.
///
/// Answers with the guest as received.
#[post("/send_greeting", tags = ["greetings"], authenticators = [SHARED_SECRET])]
pub async fn send_greeting(guest: Json<Guest>) -> Created<Guest> {
    Created::new(guest.into_inner())
}
