//! Errors of extractors that are not ours: their status and headers are kept,
//! their message is kept where a client may read it, and the body is written in
//! the registry's style.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap},
};

#[derive(Debug)]
pub(crate) struct ForeignError {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Option<String>,
    /// The error's own message, for the log and the hooks.
    pub(crate) cause: String,
}

impl ForeignError {
    pub(crate) fn new(error: &actix_web::Error) -> Self {
        let response = error.error_response();
        let status = response.status();
        let message = if status.is_server_error() {
            log::error!(target: "purlin::error", "an extractor failed: {error}");
            None
        } else {
            Some(error.to_string()).filter(|text| !text.is_empty())
        };
        let mut headers = response.headers().clone();
        for describing_the_body in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
            header::ETAG,
        ] {
            headers.remove(describing_the_body);
        }
        Self {
            status,
            headers,
            message,
            cause: error.to_string(),
        }
    }
}
