//! The quotas, and how a request takes from them: in memory or in a store.

use std::{
    fmt::{Display, Write},
    hash::{BuildHasher, Hash, RandomState},
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use actix_web::{
    dev::ServiceRequest,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
};
use purlin_router::error::http::{ServiceUnavailable, TooManyRequests};
use purlin_store::{
    Digest, DigestBuilder,
    rate_limit::{Client, MemoryRateLimits, Quota, RateLimitStore, Remaining},
};

use super::super::{
    client_address::ClientAddress, error::MiddlewareError, reject_reason::RejectReason,
    rejection::MiddlewareRejection,
};
use crate::settings::{OnStoreFailure, RateLimitSettings};

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(super) static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The names of the quotas.
const ADDRESS: &str = "address";
const KEY: &str = "key";

/// The quotas, and the memory in which they are counted unless there is a store.
pub(super) struct Limits {
    by_address: Option<Limit<IpAddr>>,
    by_key: Option<(HeaderName, Limit<u64>)>,
    /// The bits of an IPv6 address that identify a client.
    ipv6_mask: u128,
    /// Keys are secrets: only a hash is stored, which means nothing elsewhere.
    hasher: RandomState,
    pub(super) policy: Option<HeaderValue>,
    on_store_failure: OnStoreFailure,
}

struct Limit<K> {
    quota: Quota,
    used: MemoryRateLimits<K>,
}

impl<K: Copy + Eq + Hash> Limit<K> {
    fn take(&self, client: K) -> Remaining {
        self.used.take(client, self.quota)
    }
}

/// What a request leaves of its quotas, for its response.
pub(in crate::middleware) struct RemainingField(Option<HeaderValue>);

impl RemainingField {
    pub(super) fn insert(self, headers: &mut HeaderMap) {
        if let Some(value) = self.0 {
            headers.insert(RATE_LIMIT.clone(), value);
        }
    }
}

impl Limits {
    pub(super) fn new(settings: &RateLimitSettings) -> Result<Self, MiddlewareError> {
        let window = Duration::from_secs(u64::from(settings.window));
        let clients = settings.max_clients.to_usize();
        let mut policy = String::new();
        let mut by_address = None;
        if settings.per_address.get() > 0 {
            by_address = Some(Limit {
                quota: Quota::new(settings.per_address.get(), window),
                used: MemoryRateLimits::new(clients),
            });
            let parameters = (
                ('q', settings.per_address.get()),
                ('w', settings.window.get()),
            );
            push_member(&mut policy, ADDRESS, parameters.0, parameters.1);
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
            let limit = Limit {
                quota: Quota::new(settings.per_key.get(), window),
                used: MemoryRateLimits::new(clients),
            };
            by_key = Some((name, limit));
            let parameters = (('q', settings.per_key.get()), ('w', settings.window.get()));
            push_member(&mut policy, KEY, parameters.0, parameters.1);
        }
        let prefix = settings.ipv6_prefix.get().min(u128::BITS);
        Ok(Self {
            by_address,
            by_key,
            ipv6_mask: u128::MAX
                .checked_shl(u128::BITS - prefix)
                .unwrap_or_default(),
            hasher: RandomState::new(),
            policy: HeaderValue::try_from(policy).ok(),
            on_store_failure: settings.on_store_failure,
        })
    }

    /// Returns whether requests that cannot be counted are rejected.
    pub(super) fn rejects_on_store_failure(&self) -> bool {
        self.on_store_failure == OnStoreFailure::Closed
    }

    pub(super) fn take(
        &self,
        request: &ServiceRequest,
    ) -> Result<RemainingField, MiddlewareRejection> {
        let mut text = String::new();
        let mut retry_after = None;
        let address = ClientAddress::of(request.request());
        if let (Some(limit), Some(address)) = (&self.by_address, address) {
            let remaining = limit.take(self.client(address.0));
            push_remaining(&mut text, ADDRESS, remaining);
            retry_after = remaining.retry_after;
        }
        if let Some((name, limit)) = &self.by_key
            && retry_after.is_none()
            && let Some(key) = request.headers().get(name)
        {
            let remaining = limit.take(self.hasher.hash_one(key.as_bytes()));
            push_remaining(&mut text, KEY, remaining);
            retry_after = remaining.retry_after;
        }
        self.finish(text, retry_after)
    }

    pub(super) async fn take_from(
        &self,
        store: &dyn RateLimitStore,
        request: &ServiceRequest,
    ) -> Result<RemainingField, MiddlewareRejection> {
        let mut clients = Vec::with_capacity(2);
        let mut names = Vec::with_capacity(2);
        let address = ClientAddress::of(request.request());
        if let (Some(limit), Some(address)) = (&self.by_address, address) {
            clients.push(Client::new(digest(self.client(address.0)), limit.quota));
            names.push(ADDRESS);
        }
        if let Some((name, limit)) = &self.by_key
            && let Some(key) = request.headers().get(name)
        {
            let key = DigestBuilder::new("rate limit: key").part(key.as_bytes());
            clients.push(Client::new(key.finish(), limit.quota));
            names.push(KEY);
        }
        if clients.is_empty() {
            return Ok(RemainingField(None));
        }
        match store.take(clients).await {
            Ok(all) => {
                let mut text = String::new();
                for (name, remaining) in names.into_iter().zip(&all) {
                    push_remaining(&mut text, name, *remaining);
                }
                let retry_after = all.iter().find_map(|remaining| remaining.retry_after);
                self.finish(text, retry_after)
            }
            Err(error) => {
                if !error.is_logged() {
                    log::error!(target: "purlin::rate_limit", "the store failed: {error}");
                }
                match self.on_store_failure {
                    OnStoreFailure::Open => Ok(RemainingField(None)),
                    OnStoreFailure::Closed => Err(self.unavailable()),
                }
            }
        }
    }

    fn finish(
        &self,
        text: String,
        retry_after: Option<Duration>,
    ) -> Result<RemainingField, MiddlewareRejection> {
        let value = HeaderValue::try_from(text).ok().filter(|it| !it.is_empty());
        match retry_after {
            None => Ok(RemainingField(value)),
            Some(wait) => Err(self.rejection(seconds(wait), RemainingField(value))),
        }
    }

    #[cold]
    fn unavailable(&self) -> MiddlewareRejection {
        MiddlewareRejection::new(RejectReason::StoreUnavailable, &cannot_count())
            .header(header::RETRY_AFTER, 1_u64)
    }

    #[cold]
    fn rejection(&self, seconds: u64, remaining: RemainingField) -> MiddlewareRejection {
        let rejection = MiddlewareRejection::new(RejectReason::RateLimit, &too_many_requests())
            .header(header::RETRY_AFTER, seconds.max(1));
        self.with_headers(rejection, remaining)
    }

    /// Adds what is left to a rejection.
    pub(super) fn with_headers(
        &self,
        mut rejection: MiddlewareRejection,
        remaining: RemainingField,
    ) -> MiddlewareRejection {
        if let Some(value) = remaining.0 {
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

/// Returns the digest of a client's address. It is the same in every process.
fn digest(client: IpAddr) -> Digest {
    let digest = DigestBuilder::new("rate limit: address");
    match client {
        IpAddr::V4(address) => digest.part(address.octets()),
        IpAddr::V6(address) => digest.part(address.octets()),
    }
    .finish()
}

pub(super) fn cannot_count() -> ServiceUnavailable {
    ServiceUnavailable::new("requests cannot be counted; try again in a moment")
}

pub(super) fn too_many_requests() -> TooManyRequests {
    TooManyRequests::new("there were too many requests; slow down")
}

fn push_remaining(text: &mut String, name: &str, remaining: Remaining) {
    let restored_in = seconds(remaining.restored_in);
    push_member(text, name, ('r', remaining.requests), ('t', restored_in));
}

/// Returns the seconds of a time, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Appends `"address";r=9;t=6`, a member of a list of structured fields (RFC 9651).
fn push_member<N: Display>(text: &mut String, name: &str, first: (char, N), second: (char, N)) {
    let separator = if text.is_empty() { "" } else { ", " };
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "{separator}\"{name}\";{}={};{}={}",
        first.0, first.1, second.0, second.1
    );
}
