//! What the middleware has to know of the header fields of a request, found in one pass over them.

use actix_web::{dev::ServiceRequest, http::header};

use super::{host::is_valid_host, proxies::is_forwarded_header};

/// The header field with the id of a request, in lower case.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// The header field of W3C Trace Context.
pub(super) const TRACEPARENT: &str = "traceparent";

/// What one pass over the header fields of a request finds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HeaderSummary {
    count: usize,
    /// The bytes of all names and values.
    bytes: usize,
    /// Whether a proxy, or a client in its place, has added one.
    pub(super) has_forwarded: bool,
    pub(super) has_invalid_host: bool,
    /// Whether there is an `X-Request-Id`.
    pub(super) has_request_id: bool,
    /// Whether there is a `traceparent`.
    pub(super) has_trace: bool,
}

impl HeaderSummary {
    pub(super) fn of(request: &ServiceRequest) -> Self {
        let mut summary = Self::default();
        for (name, value) in request.headers() {
            let is_host = *name == header::HOST;
            let name = name.as_str();
            summary.count += 1;
            summary.bytes += name.len() + value.len();
            // Nearly all other names differ in their first letter.
            match name.as_bytes().first() {
                Some(b'f' | b'x') => {
                    summary.has_forwarded |= is_forwarded_header(name);
                    summary.has_request_id |= name == REQUEST_ID;
                }
                Some(b't') => summary.has_trace |= name == TRACEPARENT,
                _ => {}
            }
            summary.has_invalid_host |= is_host && !is_valid_host(value.as_bytes());
        }
        summary
    }

    /// Returns the number of header fields.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Returns the bytes of all names and values.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
