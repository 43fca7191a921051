//! Bodies that keep a value until they are sent or dropped.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};

/// The body of a response that keeps a value.
struct KeptBody<T> {
    body: BoxBody,
    _value: T,
}

// Nothing in it is pinned.
impl<T> Unpin for KeptBody<T> {}

impl<T> MessageBody for KeptBody<T> {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        match self.body.size() {
            // `BoxBody` drops a body without a size at once, and what it keeps with it.
            BodySize::None => BodySize::Sized(0),
            size => size,
        }
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// Returns a body that keeps a value until it is sent or dropped.
pub fn keep<T: 'static>(body: BoxBody, value: T) -> BoxBody {
    BoxBody::new(KeptBody {
        body,
        _value: value,
    })
}
