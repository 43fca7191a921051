//! Compression of answers by what the client accepts: which answers, and what their heads say of it. How a body is
//! compressed as it is sent is in `body`, the compressors themselves are purlin-router's.
//!
//! Left alone: what is encoded already, such as the OpenAPI documents; event streams, which would wait in an encoder; what
//! does not get smaller; and what says `no-transform`.

mod body;

use actix_web::{
    body::{BodySize, MessageBody},
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use purlin_router::{__app::coding::Coding, EntityTag};

use super::media_type;
use crate::settings::CompressionSettings;

pub(super) struct Compression {
    minimum: u64,
}

impl Compression {
    pub(super) fn new(settings: &CompressionSettings) -> Option<Self> {
        let minimum = u64::from(settings.minimum);
        settings.enabled.then_some(Self { minimum })
    }

    pub(super) fn apply(&self, mut response: ServiceResponse) -> ServiceResponse {
        if !self.is_worth_it(&response) {
            return response;
        }
        let coding = preferred(&response);
        let headers = response.headers_mut();
        // It would have been another for another client (RFC 9110 section 12.5.5).
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if coding == Coding::Identity {
            return response;
        }
        let tag = headers.get(header::ETAG).and_then(EntityTag::strong);
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

    fn is_worth_it(&self, response: &ServiceResponse) -> bool {
        let is_long = match response.response().body().size() {
            BodySize::None => false,
            BodySize::Sized(size) => size >= self.minimum.max(1),
            BodySize::Stream => true,
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

/// The coding the client likes best. A HEAD is answered without any: its body is not there to tell how long it would be.
fn preferred(response: &ServiceResponse) -> Coding {
    match response.request() {
        request if request.method() == Method::HEAD => Coding::Identity,
        request => Coding::preferred(request.headers()),
    }
}

fn may_be_transformed(headers: &HeaderMap) -> bool {
    let mut policies = headers.get_all(header::CACHE_CONTROL);
    !policies.any(|policy| policy.to_str().is_ok_and(|it| it.contains("no-transform")))
}

/// Whether it is a kind of text. What is no text is compressed already, as a rule.
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
