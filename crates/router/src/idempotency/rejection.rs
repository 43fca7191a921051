//! The errors of requests with an idempotency key, as they are sent and as the document has them.

use actix_web::http::header::{self, HeaderValue};

use crate::error::http::{BadRequest, Conflict, ServiceUnavailable, UnprocessableContent};

/// The message of a store that fails.
pub(crate) const STORE_FAILED: &str = "keys cannot be looked up; try again in a moment";

/// The seconds after which to try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Returns the error of a key that is not as it has to be: 400.
pub(crate) fn malformed() -> BadRequest {
    BadRequest::new("an Idempotency-Key has 1 to 255 visible ASCII characters")
}

/// Returns the error of a request that is sent again too soon: 409.
pub(crate) fn in_progress() -> Conflict {
    let error = Conflict::new("the first request with this Idempotency-Key is in progress");
    error.header(header::RETRY_AFTER, RETRY_AFTER)
}

/// Returns the error of a key that is used for two requests: 422.
pub(crate) fn of_another_request() -> UnprocessableContent {
    UnprocessableContent::new("this Idempotency-Key was used for another request")
}

/// Returns the error of a store that fails or is full: 503.
pub(crate) fn unavailable(message: &'static str) -> ServiceUnavailable {
    ServiceUnavailable::new(message).header(header::RETRY_AFTER, RETRY_AFTER)
}
