//! Errors of extractors that are not ours: their status and headers are kept,
//! their words are kept where a client may read them, and the body is put in
//! the registry's style.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap},
};

#[derive(Debug)]
pub(crate) struct Foreign {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Option<String>,
    /// The error's own words, for those who mend it.
    pub(crate) cause: String,
}

impl Foreign {
    pub(crate) fn new(error: &actix_web::Error) -> Self {
        let response = error.error_response();
        let status = response.status();
        let message = if status.is_server_error() {
            log::error!(target: "purlin::error", "an extractor failed: {error}");
            None
        } else {
            Some(error.to_string()).filter(|words| !words.is_empty())
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
