//! Values that are kept until a body is sent or dropped.

use actix_web::{
    body::{BodySize, MessageBody as _},
    dev::ServiceResponse,
    http::{StatusCode, Version, header},
};
use purlin_router::__app::{self, LARGE};

/// Keeps a value until the body of a response is sent or dropped; without a body, it is dropped at once.
pub(super) fn keep<T: 'static>(response: ServiceResponse, value: T) -> ServiceResponse {
    response.map_body(|_, body| match body.size() {
        BodySize::None | BodySize::Sized(0) => body,
        _ => __app::keep(body, value),
    })
}

/// Returns whether a response may take long to be sent because its client does not read it. Other responses leave at once,
/// or are streams that are meant to go on.
pub(super) fn is_sent_later(response: &ServiceResponse) -> bool {
    if response.request().version() == Version::HTTP_2 {
        return true;
    }
    match response.response().body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size > LARGE as u64,
        BodySize::Stream => {
            response.status() != StatusCode::SWITCHING_PROTOCOLS && !is_event_stream(response)
        }
    }
}

fn is_event_stream(response: &ServiceResponse) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    media_type.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"))
}
