//! Conditional requests: an answer in JSON gets a strong `ETag`, and a client who has it already is answered 304
//! (RFC 9110 section 13). A tag that the handler set itself is looked at in the same way.
//!
//! `If-Match` on what changes something is not looked at here: only the handler knows what is there, and that nobody
//! changes it in between. `purlin_router::EntityTag` is the same tag in its hands.

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_router::EntityTag;

use super::media_type;
use crate::settings::ConditionalSettings;

pub(super) struct Conditional {
    maximum: u64,
}

impl Conditional {
    pub(super) fn new(settings: &ConditionalSettings) -> Option<Self> {
        let maximum = u64::from(settings.maximum);
        settings.enabled.then_some(Self { maximum })
    }

    pub(super) fn apply(&self, response: ServiceResponse) -> ServiceResponse {
        let is_reading = matches!(*response.request().method(), Method::GET | Method::HEAD);
        if !is_reading || response.status() != StatusCode::OK {
            return response;
        }
        let (mut response, tag) = match response.headers().get(header::ETAG) {
            Some(own) => {
                let tag = EntityTag::strong(own);
                (response, tag)
            }
            None => self.tagged(response),
        };
        let Some(tag) = tag else { return response };
        let asked = response.request().headers();
        if tag.is_named(asked, &header::IF_NONE_MATCH, true) != Some(true) {
            return response;
        }
        *response.response_mut().status_mut() = StatusCode::NOT_MODIFIED;
        for describing_the_body in [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ] {
            response.headers_mut().remove(describing_the_body);
        }
        response.map_body(|_, _| BoxBody::new(()))
    }

    /// The answer with the tag of its body, where it is JSON in memory and not too long. A HEAD has no body to tell by.
    fn tagged(&self, response: ServiceResponse) -> (ServiceResponse, Option<EntityTag>) {
        let is_short = matches!(response.response().body().size(), BodySize::Sized(size) if size <= self.maximum);
        if !is_short || response.request().method() != Method::GET || !is_json(&response) {
            return (response, None);
        }
        let mut tag = None;
        let mut response = response.map_body(|_, body| match body.try_into_bytes() {
            Ok(bytes) => {
                tag = Some(EntityTag::of_bytes(&bytes));
                BoxBody::new(bytes)
            }
            Err(stream) => stream,
        });
        if let Some(value) = tag
            .as_ref()
            .and_then(|tag| HeaderValue::from_str(tag.as_str()).ok())
        {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, value);
            if !headers.contains_key(header::CACHE_CONTROL) {
                // It may be kept, and is asked for every time.
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            }
        }
        (response, tag)
    }
}

fn is_json(response: &ServiceResponse) -> bool {
    media_type(response.headers())
        .is_some_and(|text| text == "application/json" || text.ends_with("+json"))
}
