//! The RealWorld API ("Conduit"): users, profiles, articles, comments and tags, as every front end of the RealWorld project
//! expects them.
//!
//! Read it in this order: `schemas` has the types of requests and responses, `routes` the operations, `database` the queries,
//! `errors` the errors and their form, `auth` passwords and tokens, `settings` the settings, and this file the registry.

mod auth;
mod database;
mod errors;
mod routes;
mod schemas;
mod settings;

pub use auth::Auth;
pub use database::{Database, OpenError};
pub use settings::{DatabaseSettings, TokenSettings};

use actix_web::web::Data;
use purlin_router::{
    Registry,
    error::ErrorStyle,
    openapi::{Contact, License, Tag},
};

use auth::TOKEN;
use errors::RealWorldErrors;
use routes::{articles, comments, profiles, users};

/// Returns the registry of the API. Its handlers take a [`Database`] from the state of the application.
pub fn registry(auth: Auth) -> Registry {
    Registry::new("Conduit", env!("CARGO_PKG_VERSION"))
        .description("The RealWorld API: a blog with users, articles, comments and tags.")
        .contact(Contact::new("The developers of Purlin").url(env!("CARGO_PKG_REPOSITORY")))
        .license(License::at(
            env!("CARGO_PKG_LICENSE"),
            concat!(env!("CARGO_PKG_REPOSITORY"), "#licence"),
        ))
        .prefix("/api")
        .tag(Tag::new("users").description("Accounts, and the tokens of their owners."))
        .tag(Tag::new("profiles").description("What others see of a user."))
        .tag(Tag::new("articles").description("Articles, their comments and their tags."))
        .error_style(ErrorStyle::custom(RealWorldErrors))
        .authenticator(TOKEN, auth.authenticator())
        .app_data(Data::new(auth))
        .operation(users::register)
        .operation(users::log_in)
        .operation(users::get_current_user)
        .operation(users::update_current_user)
        .operation(profiles::get_profile)
        .operation(profiles::follow_user)
        .operation(profiles::unfollow_user)
        .operation(articles::get_articles)
        .operation(articles::get_feed)
        .operation(articles::get_article)
        .operation(articles::create_article)
        .operation(articles::update_article)
        .operation(articles::delete_article)
        .operation(articles::get_tags)
        .operation(comments::get_comments)
        .operation(comments::create_comment)
        .operation(comments::delete_comment)
        .operation(articles::favorite_article)
        .operation(articles::unfavorite_article)
}

/// The examples of the guide, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/database.md")]
struct DatabaseGuide;
