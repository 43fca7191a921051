//! Which pages of other origins may use the API from a browser: actix-cors, by the settings. It answers preflights by
//! itself, before anything is counted. What it refuses gets the body errors have here.

use actix_cors::{Cors, CorsError};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use purlin_router::{Rejection, errors::BadRequest};

use super::{refusal::Styles, security_headers::SecurityHeaders};
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
        .max_age(settings.max_age.to_usize());
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

/// A refusal of actix-cors, told as every other; anything else as it is.
pub(super) async fn told(
    response: ServiceResponse,
    styles: &Styles,
    headers: &SecurityHeaders,
) -> ServiceResponse {
    let error = response.response().error();
    let Some(words) =
        error.and_then(|error| error.as_error::<CorsError>().map(ToString::to_string))
    else {
        return response;
    };
    let (request, refused) = response.into_parts();
    let style = styles.of(request.path());
    let rejection = Rejection::turned_away(&BadRequest::new(words));
    let request = ServiceRequest::from_request(request);
    let mut answer = rejection.answer(request, style).await;
    for (name, value) in refused.headers() {
        if !answer.headers().contains_key(name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    headers.put_on(&mut answer);
    answer
}
