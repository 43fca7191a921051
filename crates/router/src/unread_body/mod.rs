//! Request bodies that were not read. HTTP/1.1 requires that before the next request of the connection: a small rest is
//! drained, and otherwise the connection ends.

mod drain;
mod held;

use actix_web::{HttpRequest, HttpResponse, dev::Payload};

pub(crate) use self::drain::rest;
pub use self::held::HeldBody;

/// Completes the response to a request whose body is not read.
pub async fn respond(
    request: &HttpRequest,
    payload: &mut Payload,
    response: HttpResponse,
) -> HttpResponse {
    let held = HeldBody::take(request, payload);
    if let Some(rest) = rest(request.headers(), payload) {
        rest.await;
    }
    match held {
        Some(held) => held.attach(response),
        None => response,
    }
}
