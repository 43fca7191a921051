//! Limits of the sizes of a request: its target, its header fields, and the body that it announces.
//!
//! actix-web has limits of its own behind these: 65,535 bytes of target, 96 header fields, 128 KiB of request head. It
//! rejects what exceeds those by itself, with a 400 or, for the header fields and the head, a 431, both without a body.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::header,
};
use purlin_router::{
    error::http::{ContentTooLarge, RequestHeaderFieldsTooLarge, UriTooLong},
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

use super::{
    error_styles::ErrorStyles,
    header_summary::HeaderSummary,
    reject_reason::RejectReason,
    rejection::MiddlewareRejection,
    transform::{Stage, transform},
};
use crate::settings::LimitSettings;

/// Rejects requests whose target (414), header fields (431) or announced body (413) are too large.
///
/// It takes `uri_bytes`, `header_count`, `header_bytes` and `body_bytes` from [`LimitSettings`]; 0 means no limit. The
/// other limits are those of [`ConcurrencyLimit`](super::ConcurrencyLimit) and [`TimeLimit`](super::TimeLimit).
///
/// ```
/// use purlin_app::{Bounded, LimitSettings, middleware::SizeLimits};
///
/// let mut settings = LimitSettings::default();
/// settings.body_bytes = Bounded::of::<10_000_000>();
/// let app = actix_web::App::new().wrap(SizeLimits::new(&settings));
/// # let _ = app;
/// ```
#[derive(Clone, Debug)]
pub struct SizeLimits {
    uri: usize,
    header_count: usize,
    header_bytes: usize,
    body: u64,
    styles: ErrorStyles,
}

impl SizeLimits {
    /// Takes the limits of sizes.
    #[must_use]
    pub fn new(settings: &LimitSettings) -> Self {
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
            styles: ErrorStyles::default(),
        }
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    pub(super) fn check(
        &self,
        request: &ServiceRequest,
        headers: &HeaderSummary,
    ) -> Result<(), MiddlewareRejection> {
        let target = request.uri().path_and_query();
        if target.is_some_and(|target| target.as_str().len() > self.uri) {
            let error = self.uri_too_long();
            return Err(MiddlewareRejection::new(RejectReason::UriTooLong, &error));
        }
        if headers.count() > self.header_count {
            return Err(headers_too_large(&self.too_many_headers()));
        }
        if headers.bytes() > self.header_bytes {
            return Err(headers_too_large(&self.headers_too_long()));
        }
        if self.body != u64::MAX && content_length(request) > self.body {
            let error = self.body_too_large();
            return Err(MiddlewareRejection::new(RejectReason::BodyTooLarge, &error));
        }
        Ok(())
    }

    fn uri_too_long(&self) -> UriTooLong {
        UriTooLong::new(format!("the address has more than {} bytes", self.uri))
    }

    fn too_many_headers(&self) -> RequestHeaderFieldsTooLarge {
        let limit = self.header_count;
        RequestHeaderFieldsTooLarge::new(format!("there are more than {limit} header fields"))
    }

    fn headers_too_long(&self) -> RequestHeaderFieldsTooLarge {
        let limit = self.header_bytes;
        RequestHeaderFieldsTooLarge::new(format!("the header fields have more than {limit} bytes"))
    }

    fn body_too_large(&self) -> ContentTooLarge {
        ContentTooLarge::new(format!("the body has more than {} bytes", self.body))
    }
}

impl DescribeMiddleware for SizeLimits {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        if self.uri != usize::MAX {
            operation.error(&self.uri_too_long(), "The address is too long.", []);
        }
        let description = "There are too many header fields, or they are too long.";
        if self.header_count != usize::MAX {
            operation.error(&self.too_many_headers(), description, []);
        } else if self.header_bytes != usize::MAX {
            operation.error(&self.headers_too_long(), description, []);
        }
        if self.body != u64::MAX {
            let description = "The body is larger than the server accepts.";
            operation.error(&self.body_too_large(), description, []);
        }
    }
}

impl Stage for SizeLimits {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        match self.check(&request, &HeaderSummary::of(&request)) {
            Ok(()) => Ok(service.call(request).await?.map_into_boxed_body()),
            Err(rejection) => Ok(self.styles.respond(rejection, request).await),
        }
    }
}

transform!(SizeLimits);

fn headers_too_large(error: &RequestHeaderFieldsTooLarge) -> MiddlewareRejection {
    MiddlewareRejection::new(RejectReason::HeadersTooLarge, error)
}

/// Returns the length of the body, if it is announced.
fn content_length(request: &ServiceRequest) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}
