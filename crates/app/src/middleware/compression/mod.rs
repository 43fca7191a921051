//! Compression of responses by what the client accepts: which responses, and their header fields. How a body is compressed
//! while it is sent is in `body`; the compressors themselves are purlin-router's.
//!
//! Not compressed are: content that already has a coding, such as the OpenAPI documents; event streams, which would be held
//! back by an encoder; media types that do not get smaller; and responses with `no-transform`.

mod body;

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use purlin_router::{
    __app::{coding::Coding, media_type::essence},
    reply::EntityTag,
};

use super::transform::{Stage, transform};
use crate::settings::CompressionSettings;

/// Compresses textual responses with brotli or gzip, by what the client accepts.
///
/// [`CompressionSettings::enabled`] is for programs made with [`run`](crate::run), and ignored here.
///
/// ```
/// use purlin_app::{CompressionSettings, middleware::Compression};
///
/// let settings = CompressionSettings::default();
/// let app = actix_web::App::new().wrap(Compression::new(&settings));
/// # let _ = app;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    minimum: u64,
}

impl Compression {
    /// Takes the size of the smallest body that is compressed.
    #[must_use]
    pub fn new(settings: &CompressionSettings) -> Self {
        Self {
            minimum: u64::from(settings.minimum),
        }
    }

    pub(super) fn apply(&self, mut response: ServiceResponse) -> ServiceResponse {
        if !self.is_compressible(&response) {
            return response;
        }
        let coding = preferred(&response);
        let headers = response.headers_mut();
        // The response depends on what the client accepts (RFC 9110 section 12.5.5).
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if coding == Coding::Identity {
            return response;
        }
        let tag = headers.get(header::ETAG).and_then(EntityTag::parse);
        let tag = tag.map(|tag| tag.in_coding(coding.name()));
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag.as_str()).ok()) {
            headers.insert(header::ETAG, tag);
        }
        let name = HeaderValue::from_static(coding.name());
        headers.insert(header::CONTENT_ENCODING, name);
        headers.remove(header::CONTENT_LENGTH);
        response.map_body(|head, body| {
            head.no_chunking(false);
            body::compressed(body, coding)
        })
    }

    fn is_compressible(&self, response: &ServiceResponse) -> bool {
        let is_long = match response.response().body().size() {
            BodySize::None => false,
            BodySize::Sized(size) => size >= self.minimum.max(1),
            // A response to HEAD has its length in the header.
            BodySize::Stream => content_length(response).is_none_or(|size| size >= self.minimum),
        };
        let headers = response.headers();
        is_long
            && !matches!(
                response.status(),
                StatusCode::NO_CONTENT | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED
            )
            && !headers.contains_key(header::CONTENT_ENCODING)
            && !headers.contains_key(header::CONTENT_RANGE)
            && may_be_transformed(headers)
            && is_text(headers)
    }
}

/// Returns the length that a header field gives.
fn content_length(response: &ServiceResponse) -> Option<u64> {
    let length = response.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// Returns the coding that the client prefers. A response to HEAD gets none: without its body the length is unknown.
fn preferred(response: &ServiceResponse) -> Coding {
    match response.request() {
        request if request.method() == Method::HEAD => Coding::Identity,
        request => Coding::preferred(request.headers()),
    }
}

impl Stage for Compression {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let response = service.call(request).await?.map_into_boxed_body();
        Ok(self.apply(response))
    }
}

transform!(Compression);

/// Returns the media type of a response, without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(essence(value))
}

fn may_be_transformed(headers: &HeaderMap) -> bool {
    let mut policies = headers.get_all(header::CACHE_CONTROL);
    !policies.any(|policy| policy.to_str().is_ok_and(|it| it.contains("no-transform")))
}

/// Returns whether the media type is textual. Others are compressed already, as a rule.
fn is_text(headers: &HeaderMap) -> bool {
    match media_type(headers).and_then(|text| text.split_once('/')) {
        Some(("text", kind)) => kind != "event-stream",
        Some(("application", kind)) => {
            ["json", "xml", "javascript", "yaml", "x-ndjson"].contains(&kind)
                || kind.ends_with("+json")
                || kind.ends_with("+xml")
        }
        Some(("image", kind)) => kind == "svg+xml",
        _ => false,
    }
}
