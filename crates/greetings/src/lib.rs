//! The first API: four greetings, three of them behind a key. Its layout is the
//! one every API crate follows: what crosses the wire is in `schemas`, what
//! happens in `routes`, what is configured in `keys`, and here it is put
//! together.
//!
//! The wire format is the one of the service this replaces, Flask-Rebar's, in
//! replies and errors alike.
//!
//! What does not live here: settings files, logging and the process, which are
//! the app's.

mod keys;
pub mod routes;
pub mod schemas;

pub use keys::{ApiKey, ApiKeys, GreetingsSettings};

use purlin_router::{
    Registry,
    error::ErrorStyle,
    openapi::{Contact, License, Tag},
};

use routes::{
    SHARED_SECRET, get_generic_greeting, get_index, get_personalised_greeting, send_greeting,
};

/// The API, open to whoever holds one of the keys.
pub fn registry(keys: &ApiKeys) -> Registry {
    Registry::new("Greetings", env!("CARGO_PKG_VERSION"))
        .description("Greets whoever asks, and by name whoever holds a key.")
        .contact(Contact::new("The developers of Purlin").url(env!("CARGO_PKG_REPOSITORY")))
        .license(License::at(
            env!("CARGO_PKG_LICENSE"),
            concat!(env!("CARGO_PKG_REPOSITORY"), "#licence"),
        ))
        .tag(Tag::new("greetings").description("One line each, addressed to somebody."))
        .error_style(ErrorStyle::Rebar)
        .authenticator(SHARED_SECRET, keys.authenticator())
        .operation(get_index)
        .operation(get_generic_greeting)
        .operation(get_personalised_greeting)
        .operation(send_greeting)
}
