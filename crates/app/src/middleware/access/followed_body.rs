//! Bodies that are followed until they are sent, so that one that is cut off is counted and logged.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceResponse,
    http::StatusCode,
    web::Bytes,
};

use super::{REQUEST_ID, RequestGuard};
use crate::logging::access_line::Outcome;

impl RequestGuard {
    /// Keeps the request until its response has been handed over to the connection, or is cut off.
    pub(crate) fn follow(mut self, response: ServiceResponse) -> ServiceResponse {
        if let Some(line) = &mut self.line {
            self.id = response.headers().get(&REQUEST_ID).cloned();
            // Of its own: that of the request shares the buffer of its head.
            let path = line.target.take().map(|target| target.path().to_owned());
            line.target = path.and_then(|path| path.try_into().ok());
        }
        let status = response.status();
        response.map_body(|_, body| match body.size() {
            BodySize::None | BodySize::Sized(0) => body,
            _ => BoxBody::new(FollowedBody {
                body,
                guard: self,
                status,
                bytes: 0,
                is_complete: false,
            }),
        })
    }
}

/// The body of a response, and its request.
struct FollowedBody {
    body: BoxBody,
    guard: RequestGuard,
    status: StatusCode,
    /// Bytes that were handed over.
    bytes: u64,
    is_complete: bool,
}

// Nothing in it is pinned.
impl Unpin for FollowedBody {}

impl MessageBody for FollowedBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let next = ready!(Pin::new(&mut self.body).poll_next(cx));
        match &next {
            Some(Ok(bytes)) => self.bytes += bytes.len() as u64,
            Some(Err(_)) => {}
            None => self.is_complete = true,
        }
        Poll::Ready(next)
    }
}

impl Drop for FollowedBody {
    fn drop(&mut self) {
        if self.is_complete {
            return;
        }
        if let Some(counts) = &self.guard.recorder.counts {
            counts.cut_off();
        }
        self.guard
            .log_unfinished(self.status, self.bytes, Outcome::Incomplete);
    }
}
