//! A payload that is lent to actix-multipart, counted, and handed back.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
use futures_util::Stream;

/// A payload up to a number of bytes.
#[derive(Clone)]
pub(super) struct Lent(Rc<RefCell<Counted>>);

struct Counted {
    payload: Payload,
    limit: u64,
    left: u64,
    is_exceeded: bool,
}

impl Lent {
    pub(super) fn new(payload: Payload, most: u64) -> Self {
        Self(Rc::new(RefCell::new(Counted {
            payload,
            limit: most,
            left: most,
            is_exceeded: false,
        })))
    }

    /// Returns whether the body was larger than its limit.
    pub(super) fn is_exceeded(&self) -> bool {
        self.0.borrow().is_exceeded
    }

    /// Returns the largest size of the body.
    pub(super) fn limit(&self) -> u64 {
        self.0.borrow().limit
    }

    /// Returns the unread rest.
    pub(super) fn into_rest(self) -> Payload {
        self.0.borrow_mut().payload.take()
    }
}

impl Stream for Lent {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut counted = self.0.borrow_mut();
        let polled = Pin::new(&mut counted.payload).poll_next(cx);
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            let read = bytes.len() as u64;
            if read > counted.left {
                counted.is_exceeded = true;
                return Poll::Ready(Some(Err(PayloadError::Overflow)));
            }
            counted.left -= read;
        }
        polled
    }
}
