//! The reason phrases of statuses.

use actix_web::http::StatusCode;

/// Returns the reason phrase of a status as RFC 9110 and RFC 6585 give it.
pub(crate) fn reason_phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable Content",
        other => other.canonical_reason().unwrap_or("Error"),
    }
}
