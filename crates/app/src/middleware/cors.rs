//! Which pages of other origins may use the API from a browser: actix-cors, by the settings. It answers preflights by
//! itself, before anything is counted; one that is not allowed with a 400 whose body no browser shows.

use actix_cors::Cors;

use crate::settings::CorsSettings;

/// Every header there is; in a list of headers or origins.
const ALL: &str = "*";

/// Nothing where no page may.
pub(super) fn cors(settings: &CorsSettings) -> Option<Cors> {
    if settings.origins.is_empty() {
        return None;
    }
    let mut cors = Cors::default()
        .block_on_origin_mismatch(false)
        .allowed_methods(settings.methods.iter().map(String::as_str))
        .max_age(settings.max_age as usize);
    cors = if settings.origins.iter().any(|origin| origin == ALL) {
        cors.allow_any_origin().send_wildcard()
    } else {
        let origins = settings.origins.iter();
        origins.fold(cors, |cors, origin| cors.allowed_origin(origin))
    };
    cors = if settings.headers.iter().any(|name| name == ALL) {
        cors.allow_any_header()
    } else {
        cors.allowed_headers(settings.headers.iter().map(String::as_str))
    };
    if !settings.exposed_headers.is_empty() {
        cors = cors.expose_headers(settings.exposed_headers.iter().map(String::as_str));
    }
    if settings.credentials {
        cors = cors.supports_credentials();
    }
    Some(cors)
}
