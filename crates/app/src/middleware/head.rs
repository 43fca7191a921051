//! Limits of a request's head: how long its target may be, how many header fields it may have and how large they may be,
//! and how long a body it may announce.
//!
//! actix-web has limits of its own behind these: 65,535 bytes of target, 96 fields, 128 KiB of head. What is beyond those
//! it refuses by itself, with a 400 that has no body.

use actix_web::{dev::ServiceRequest, http::header};
use purlin_router::errors::{ContentTooLarge, RequestHeaderFieldsTooLarge, UriTooLong};

use super::{Refused, client, refusal::Refusal};
use crate::settings::LimitSettings;

/// What there is to know of the header fields before any is read: one look at all of them.
#[derive(Default)]
pub(super) struct Fields {
    count: usize,
    /// Of names and values.
    bytes: usize,
    /// Whether one of them names the client in a proxy's stead.
    pub(super) speak_for_others: bool,
}

impl Fields {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        let mut fields = Self::default();
        for (name, value) in request.headers() {
            let name = name.as_str();
            fields.count += 1;
            fields.bytes += name.len() + value.len();
            fields.speak_for_others |= client::speaks_for_others(name);
        }
        fields
    }
}

pub(super) struct HeadLimits {
    uri: usize,
    header_count: usize,
    header_bytes: usize,
    body: u64,
}

impl HeadLimits {
    pub(super) fn new(settings: &LimitSettings) -> Self {
        let size = |limit: u32| match limit {
            0 => usize::MAX,
            limit => limit as usize,
        };
        Self {
            uri: size(settings.uri_bytes.get()),
            header_count: size(settings.header_count.get()),
            header_bytes: size(settings.header_bytes.get()),
            body: match settings.body_bytes.get() {
                0 => u64::MAX,
                limit => u64::from(limit),
            },
        }
    }

    pub(super) fn check(&self, request: &ServiceRequest, fields: &Fields) -> Result<(), Refusal> {
        let target = request.uri().path_and_query();
        if target.is_some_and(|target| target.as_str().len() > self.uri) {
            let error = UriTooLong::new(format!("the address has more than {} bytes", self.uri));
            return Err(Refusal::new(Refused::UriTooLong, &error));
        }
        if fields.count > self.header_count {
            let words = format!("there are more than {} header fields", self.header_count);
            return Err(headers_too_large(words));
        }
        if fields.bytes > self.header_bytes {
            let limit = self.header_bytes;
            let words = format!("the header fields have more than {limit} bytes");
            return Err(headers_too_large(words));
        }
        if self.body != u64::MAX && announced(request) > self.body {
            let error = ContentTooLarge::new(format!("the body has more than {} bytes", self.body));
            return Err(Refusal::new(Refused::BodyTooLarge, &error));
        }
        Ok(())
    }
}

fn headers_too_large(words: String) -> Refusal {
    let error = RequestHeaderFieldsTooLarge::new(words);
    Refusal::new(Refused::HeadersTooLarge, &error)
}

/// The length of the body, as far as it is told.
fn announced(request: &ServiceRequest) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}
