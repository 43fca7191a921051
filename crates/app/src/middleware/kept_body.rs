//! Bodies that keep a value until they are sent or dropped.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{StatusCode, Version, header},
    web::Bytes,
};
use purlin_router::__app::LARGE;

struct KeptBody<T> {
    body: BoxBody,
    _value: T,
}

// Nothing in it is pinned.
impl<T> Unpin for KeptBody<T> {}

impl<T> MessageBody for KeptBody<T> {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// Keeps a value until the body of a response is sent or dropped; without a body, it is dropped at once.
pub(super) fn keep<T: 'static>(response: ServiceResponse, value: T) -> ServiceResponse {
    response.map_body(|_, body| match body.size() {
        BodySize::None | BodySize::Sized(0) => body,
        _ => BoxBody::new(KeptBody {
            body,
            _value: value,
        }),
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
