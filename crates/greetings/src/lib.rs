//! The first API: four greetings, three of which need a key. Its layout is that of
//! every API crate: `schemas` contains the types of requests and responses, `routes`
//! the operations, `keys` the settings, and this file the registry.
//!
//! Responses and errors have the format of the Flask-Rebar service that this replaces.
//!
//! Settings files, logging and the process are the task of `purlin-app`.

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

/// Returns the registry of the API, whose protected operations accept these keys.
pub fn registry(keys: &ApiKeys) -> Registry {
    Registry::new("Greetings", env!("CARGO_PKG_VERSION"))
        .description("Greets every caller, and callers with a key by name.")
        .contact(Contact::new("The developers of Purlin").url(env!("CARGO_PKG_REPOSITORY")))
        .license(License::at(
            env!("CARGO_PKG_LICENSE"),
            concat!(env!("CARGO_PKG_REPOSITORY"), "#licence"),
        ))
        .tag(Tag::new("greetings").description("Greetings of one line."))
        .error_style(ErrorStyle::Rebar)
        .authenticator(SHARED_SECRET, keys.authenticator())
        .operation(get_index)
        .operation(get_generic_greeting)
        .operation(get_personalised_greeting)
        .operation(send_greeting)
}
