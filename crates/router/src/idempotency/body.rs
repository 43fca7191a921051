//! The digest of a request's body, taken while extractors read it: nothing is buffered for it.

use std::{
    cell::RefCell,
    mem,
    pin::Pin,
    rc::Rc,
    task::{Context as Task, Poll},
};

use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
use futures_util::{Stream, stream::LocalBoxStream};
use purlin_store::Digest;
use sha2::{Digest as _, Sha256};

use crate::{context::Context, error::Rejection, extractors::body::read as read_body};

/// The body of a request, hashed as it is read.
pub(super) struct BodyDigest(Rc<RefCell<Hashed>>);

struct Hashed {
    payload: Payload,
    hash: Sha256,
    has_begun: bool,
    has_ended: bool,
}

impl BodyDigest {
    /// Puts a stream in place of a payload, which hashes what is read of it.
    pub(super) fn of(payload: &mut Payload) -> Self {
        let hashed = Rc::new(RefCell::new(Hashed {
            payload: payload.take(),
            hash: Sha256::new(),
            has_begun: false,
            has_ended: false,
        }));
        let stream: LocalBoxStream<'static, _> = Box::pin(HashedStream(Rc::clone(&hashed)));
        *payload = Payload::from(stream);
        Self(hashed)
    }

    /// Puts the payload back in place of the stream.
    pub(super) fn restore(&self, payload: &mut Payload) {
        *payload = mem::replace(&mut self.0.borrow_mut().payload, Payload::None);
    }

    /// Returns the digest of the whole body, once all extractors have read what they want.
    ///
    /// Of a body that was read in part the rest is read, and one that the handler reads itself is buffered, up to the
    /// operation's limit. A body that no extractor reads does not count.
    pub(super) async fn finish(
        &self,
        context: &Context<'_>,
        payload: &mut Payload,
    ) -> Result<Digest, Rejection> {
        drop(payload.take());
        let is_shared = Rc::strong_count(&self.0) > 1;
        let (mut rest, is_partial) = {
            let mut hashed = self.0.borrow_mut();
            let is_partial = !hashed.has_ended && (hashed.has_begun || is_shared);
            (mem::replace(&mut hashed.payload, Payload::None), is_partial)
        };
        if is_partial {
            let read = read_body(context, &mut rest).await;
            let mut hashed = self.0.borrow_mut();
            let bytes = match read {
                Ok(bytes) => bytes,
                Err(rejection) => {
                    hashed.payload = rest;
                    return Err(rejection);
                }
            };
            hashed.hash.update(&bytes);
            hashed.has_ended = true;
            if is_shared {
                rest = Payload::from(bytes);
            }
        }
        let mut hashed = self.0.borrow_mut();
        hashed.payload = rest;
        Ok(hashed.hash.clone().finalize().into())
    }
}

struct HashedStream(Rc<RefCell<Hashed>>);

impl Stream for HashedStream {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let mut hashed = self.0.borrow_mut();
        let polled = Pin::new(&mut hashed.payload).poll_next(task);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) if !hashed.has_ended => {
                hashed.hash.update(bytes);
                hashed.has_begun = true;
            }
            Poll::Ready(None) => hashed.has_ended = true,
            _ => {}
        }
        polled
    }
}
