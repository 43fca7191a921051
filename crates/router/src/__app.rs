//! Items that `purlin-app` needs and other users do not; not a public interface.

pub use crate::{
    head::without_content,
    idempotency::KeyRejected,
    kept_body::keep,
    pieces::{LARGE, in_pieces},
    time_limit::TimedOut,
    unread_body::{HeldBody, respond as respond_unread},
};

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

use actix_web::{
    HttpResponse,
    dev::{ServiceRequest, ServiceResponse},
};

use crate::{
    error::{ApiError, Rejection},
    unread_body,
};

/// Returns the rejection of a request by middleware, such as a 429 or a 503. Nothing is logged, and the client reads the
/// error's message whatever the status.
#[must_use]
pub fn rejection<E: ApiError>(error: &E) -> Rejection {
    Rejection::unlogged(error)
}

/// Responds to a request whose body is not read.
pub async fn respond(mut request: ServiceRequest, response: HttpResponse) -> ServiceResponse {
    let (head, payload) = request.parts_mut();
    let response = unread_body::respond(head, payload, response).await;
    request.into_response(response)
}
