//! Rate limiting: by address, and by key where the request has one.
//!
//! A key counts beside the address, not instead of it: keys are not verified yet here, and a client that makes them up
//! would get as many quotas. What is left is sent with every response, as draft-ietf-httpapi-ratelimit-headers-10
//! describes.

mod buckets;

use std::{
    fmt::{self, Write},
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
};
use purlin_router::{
    error::http::TooManyRequests,
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

use self::buckets::{Buckets, Quota};
use super::{
    client_address::ClientAddress,
    document::{self, retry_after},
    error::MiddlewareError,
    error_styles::ErrorStyles,
    reject_reason::RejectReason,
    rejection::MiddlewareRejection,
    transform::{Stage, transform},
};
use crate::settings::RateLimitSettings;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Rejects requests of a client that has used up its quota with 429 and `Retry-After`, and sends `RateLimit` and
/// `RateLimit-Policy` with every response.
///
/// Clones share the quotas, so that they hold for all workers together. Wrap it inside of
/// [`TrustedProxies`](super::TrustedProxies) where there are any.
///
/// ```
/// use purlin_app::{Bounded, RateLimitSettings, middleware::{MiddlewareError, RateLimit}};
///
/// # fn main() -> Result<(), MiddlewareError> {
/// let mut settings = RateLimitSettings::default();
/// settings.per_address = Bounded::of::<100>();
/// let app = actix_web::App::new().wrap(RateLimit::new(&settings)?);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RateLimit {
    shared: Arc<Quotas>,
    styles: ErrorStyles,
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = &self.shared.policy;
        f.debug_struct("RateLimit")
            .field("policy", policy)
            .finish_non_exhaustive()
    }
}

struct Quotas {
    by_address: Option<Buckets<IpAddr>>,
    by_key: Option<(HeaderName, Buckets<u64>)>,
    /// The bits of an IPv6 address that identify a client.
    ipv6_mask: u128,
    /// Keys are secrets: only a hash is stored, which means nothing elsewhere.
    hasher: RandomState,
    policy: Option<HeaderValue>,
}

/// What a request leaves of its quotas, for its response.
pub(super) struct Remaining(Option<HeaderValue>);

impl RateLimit {
    /// Takes the quotas.
    ///
    /// # Errors
    ///
    /// Nothing is limited, or keys are and the header that has them is not named.
    pub fn new(settings: &RateLimitSettings) -> Result<Self, MiddlewareError> {
        if settings.per_address.get() == 0 && settings.per_key.get() == 0 {
            return Err(MiddlewareError::NoRateLimit);
        }
        if settings.per_key.get() > 0 && settings.key_header.is_empty() {
            return Err(MiddlewareError::MissingKeyHeader);
        }
        let window = Duration::from_secs(u64::from(settings.window));
        let clients = settings.max_clients.to_usize();
        let mut policy = String::new();
        let mut by_address = None;
        if settings.per_address.get() > 0 {
            by_address = Some(Buckets::new(settings.per_address.get(), window, clients));
            let parameters = (
                ('q', settings.per_address.get()),
                ('w', settings.window.get()),
            );
            push_member(&mut policy, "address", parameters.0, parameters.1);
        }
        let mut by_key = None;
        if settings.per_key.get() > 0 {
            let name = settings
                .key_header
                .parse()
                .map_err(|_| MiddlewareError::HeaderName {
                    setting: "rate_limit.key_header",
                    value: settings.key_header.clone(),
                })?;
            by_key = Some((name, Buckets::new(settings.per_key.get(), window, clients)));
            let parameters = (('q', settings.per_key.get()), ('w', settings.window.get()));
            push_member(&mut policy, "key", parameters.0, parameters.1);
        }
        let prefix = settings.ipv6_prefix.get().min(u128::BITS);
        let shared = Quotas {
            by_address,
            by_key,
            ipv6_mask: u128::MAX
                .checked_shl(u128::BITS - prefix)
                .unwrap_or_default(),
            hasher: RandomState::new(),
            policy: HeaderValue::try_from(policy).ok(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            styles: ErrorStyles::default(),
        })
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    /// Takes one request from every quota it counts for.
    pub(super) fn take(&self, request: &ServiceRequest) -> Result<Remaining, MiddlewareRejection> {
        self.shared.take(request)
    }

    /// Adds what is left to the rejection of a request that has taken one from its quotas.
    #[cold]
    pub(super) fn add_to_rejection(
        &self,
        rejection: MiddlewareRejection,
        remaining: Remaining,
    ) -> MiddlewareRejection {
        self.shared.with_headers(rejection, remaining.0)
    }

    /// Adds what is left to the response.
    pub(super) fn add_headers(&self, response: &mut ServiceResponse, remaining: Remaining) {
        let headers = response.headers_mut();
        if let Some(value) = remaining.0 {
            headers.insert(RATE_LIMIT.clone(), value);
        }
        if let Some(policy) = &self.shared.policy {
            headers.insert(RATE_LIMIT_POLICY.clone(), policy.clone());
        }
    }
}

impl Quotas {
    fn take(&self, request: &ServiceRequest) -> Result<Remaining, MiddlewareRejection> {
        let mut text = String::new();
        let mut retry_after = None;
        let address = ClientAddress::of(request.request());
        if let (Some(buckets), Some(address)) = (&self.by_address, address) {
            let quota = buckets.take(self.client(address.0));
            push_quota(&mut text, "address", quota);
            retry_after = quota.retry_after;
        }
        if let Some((name, buckets)) = &self.by_key
            && retry_after.is_none()
            && let Some(key) = request.headers().get(name)
        {
            let quota = buckets.take(self.hasher.hash_one(key.as_bytes()));
            push_quota(&mut text, "key", quota);
            retry_after = quota.retry_after;
        }
        let value = HeaderValue::try_from(text).ok().filter(|it| !it.is_empty());
        match retry_after {
            None => Ok(Remaining(value)),
            Some(seconds) => Err(self.rejection(seconds, value)),
        }
    }

    #[cold]
    fn rejection(&self, seconds: u64, remaining: Option<HeaderValue>) -> MiddlewareRejection {
        let rejection = MiddlewareRejection::new(RejectReason::RateLimit, &too_many_requests())
            .header(header::RETRY_AFTER, seconds.max(1));
        self.with_headers(rejection, remaining)
    }

    /// Adds what is left to a rejection.
    fn with_headers(
        &self,
        mut rejection: MiddlewareRejection,
        remaining: Option<HeaderValue>,
    ) -> MiddlewareRejection {
        if let Some(value) = remaining {
            rejection = rejection.header(RATE_LIMIT.clone(), value);
        }
        match &self.policy {
            Some(policy) => rejection.header(RATE_LIMIT_POLICY.clone(), policy.clone()),
            None => rejection,
        }
    }

    /// Returns the address that identifies the client: of IPv6 that of its network.
    fn client(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & self.ipv6_mask).into(),
        }
    }
}

fn too_many_requests() -> TooManyRequests {
    TooManyRequests::new("there were too many requests; slow down")
}

impl DescribeMiddleware for RateLimit {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        let description = "What is left of the quotas, and when they are restored (draft-ietf-httpapi-ratelimit-headers).";
        let remaining = document::text(description, "\"address\";r=9;t=6");
        let policy = self.shared.policy.as_ref();
        let policy = policy.and_then(|policy| policy.to_str().ok());
        let description = "The quotas: requests in a window of seconds.";
        let policy = document::text(description, policy.unwrap_or_default()).required();
        // A client without an address and a key has no quota.
        operation.response_header("RateLimit", &remaining);
        operation.response_header("RateLimit-Policy", &policy);
        operation.error(
            &too_many_requests(),
            "The client has used up its quota.",
            [
                ("RateLimit", remaining.required()),
                ("RateLimit-Policy", policy),
                retry_after(),
            ],
        );
    }
}

impl Stage for RateLimit {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        match self.take(&request) {
            Ok(remaining) => {
                let mut response = service.call(request).await?.map_into_boxed_body();
                self.add_headers(&mut response, remaining);
                Ok(response)
            }
            Err(rejection) => Ok(self.styles.respond(rejection, request).await),
        }
    }
}

transform!(RateLimit);

fn push_quota(text: &mut String, name: &str, quota: Quota) {
    push_member(text, name, ('r', quota.requests), ('t', quota.restored_in));
}

/// Appends `"address";r=9;t=6`, a member of a list of structured fields (RFC 9651).
fn push_member<N: fmt::Display>(
    text: &mut String,
    name: &str,
    first: (char, N),
    second: (char, N),
) {
    let separator = if text.is_empty() { "" } else { ", " };
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "{separator}\"{name}\";{}={};{}={}",
        first.0, first.1, second.0, second.1
    );
}
