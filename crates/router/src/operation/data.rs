//! What extractors, replies and errors need of the operation they serve.

use std::{ops::Deref, sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    http::header::{HeaderName, HeaderValue},
};

use super::info::OperationInfo;
#[cfg(feature = "multipart")]
use crate::uploads::Uploads;
use crate::{
    error::policy::ErrorPolicy, hooks::Hooks, path_capture::PathCapture,
    unknown_parameters::UnknownParameters, validators::Validators,
};

/// What is known of an operation before the first request.
#[derive(Debug)]
pub(crate) struct OperationData {
    pub(crate) info: OperationInfo,
    pub(crate) errors: Arc<ErrorPolicy>,
    pub(crate) body_limit: usize,
    /// Whether an extractor reads the body.
    pub(crate) reads_body: bool,
    /// Whether compressed bodies are decoded.
    pub(crate) accepts_compressed: bool,
    pub(crate) time_limit: Option<Duration>,
    #[cfg(feature = "multipart")]
    pub(crate) uploads: Uploads,
    pub(crate) validators: Validators,
    /// What happens to undeclared parameters of the query.
    pub(crate) unknown_parameters: UnknownParameters,
    /// The path parameters.
    pub(crate) path: PathCapture,
    /// The challenges of a 401.
    pub(crate) challenges: Vec<HeaderValue>,
    pub(crate) hooks: Hooks,
    /// The media type of JSON replies, where it is not `application/json`.
    pub(crate) json_type: Option<HeaderValue>,
    /// Whether examples are sent in place of the handler's replies.
    pub(crate) is_mocked: bool,
    /// Headers of every response, such as `Deprecation`.
    pub(crate) response_headers: Vec<(HeaderName, HeaderValue)>,
}

impl OperationData {
    /// Adds the headers of every response, but for those it has.
    pub(crate) fn complete(&self, response: &mut HttpResponse) {
        for (name, value) in &self.response_headers {
            let headers = response.headers_mut();
            if !headers.get_all(name).any(|known| known == value) {
                headers.append(name.clone(), value.clone());
            }
        }
    }
}

/// The operation that was matched; in the request's data for handlers,
/// middleware and logs.
///
/// Unlike [`HttpRequest::match_pattern`](actix_web::HttpRequest::match_pattern)
/// it costs nothing to read, and every operation of every registry has it.
///
/// ```
/// use actix_web::HttpRequest;
/// use purlin_router::MatchedOperation;
///
/// fn label(request: &HttpRequest) -> &str {
///     request
///         .app_data::<MatchedOperation>()
///         .map_or("unmatched", |operation| operation.operation_id())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct MatchedOperation(pub(crate) Arc<OperationData>);

impl Deref for MatchedOperation {
    type Target = OperationInfo;

    fn deref(&self) -> &OperationInfo {
        &self.0.info
    }
}
