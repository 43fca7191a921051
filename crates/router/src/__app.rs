//! Items that `purlin-app` needs and other users do not; not a public interface.

pub use crate::{idempotency::KeyRejected, time_limit::TimedOut};

/// Content codings.
#[cfg(feature = "compression")]
pub mod coding {
    pub use crate::coding::{Coding, Effort, Encoder, encode};
}

/// How media types are read.
pub mod media_type {
    /// Returns a media type without its parameters.
    #[must_use]
    pub fn essence(media_type: &str) -> &str {
        crate::media::essence(media_type)
    }

    /// Returns whether a media type without parameters is `application/json` or `application/…+json`.
    #[must_use]
    pub fn is_json(essence: &str) -> bool {
        crate::media::is_json_essence(essence)
    }
}

use actix_web::dev::{ServiceRequest, ServiceResponse};

use crate::{
    drain_body,
    error::{ApiError, ErrorStyle, Rejection},
};

/// Returns the rejection of a request by middleware, such as a 429 or a 503. Nothing is logged, and the client reads the
/// error's message whatever the status.
#[must_use]
pub fn rejection<E: ApiError>(error: &E) -> Rejection {
    Rejection::unlogged(error)
}

/// Responds to a rejected request. A small rest of its body is drained first, so that the connection can be used again.
pub async fn respond(
    rejection: &Rejection,
    mut request: ServiceRequest,
    style: &ErrorStyle,
) -> ServiceResponse {
    let (head, payload) = request.parts_mut();
    if let Some(rest) = drain_body::rest(head.headers(), payload) {
        rest.await;
    }
    request.into_response(rejection.render(style))
}
