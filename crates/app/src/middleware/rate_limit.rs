//! How many requests a client may send: by address, and by key where one is sent.
//!
//! A key counts beside the address, not in its stead: keys are not checked yet here, and whoever makes them up would
//! have as many shares. What is left is told on every answer, as draft-ietf-httpapi-ratelimit-headers-10 has it.

use std::{
    fmt::Write,
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use actix_web::{
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
};
use purlin_router::errors::TooManyRequests;

use super::{
    ClientAddress, Refused,
    buckets::{Buckets, Left},
    refusal::Refusal,
};
use crate::settings::RateLimitSettings;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

pub(super) struct RateLimit {
    by_address: Option<Buckets<IpAddr>>,
    by_key: Option<(HeaderName, Buckets<u64>)>,
    /// The bits of an IPv6 address that make a client.
    ipv6_mask: u128,
    /// Keys are secrets: what is remembered is a hash that means nothing elsewhere.
    hasher: RandomState,
    policy: Option<HeaderValue>,
}

/// What a request has left of its shares, for its answer.
pub(super) struct Quota(Option<HeaderValue>);

impl RateLimit {
    /// Nothing, where nothing is limited.
    pub(super) fn new(settings: &RateLimitSettings) -> Option<Self> {
        let window = Duration::from_secs(u64::from(settings.window));
        let most = settings.max_clients.to_usize();
        let by_address = (settings.per_address.get() > 0)
            .then(|| Buckets::new(settings.per_address.get(), window, most));
        let by_key = settings
            .key_header
            .parse()
            .ok()
            .filter(|_| settings.per_key.get() > 0);
        let by_key = by_key.map(|name| (name, Buckets::new(settings.per_key.get(), window, most)));
        if by_address.is_none() && by_key.is_none() {
            return None;
        }
        let mut policy = String::new();
        if by_address.is_some() {
            member(
                &mut policy,
                "address",
                ('q', settings.per_address.get()),
                ('w', settings.window.get()),
            );
        }
        if by_key.is_some() {
            member(
                &mut policy,
                "key",
                ('q', settings.per_key.get()),
                ('w', settings.window.get()),
            );
        }
        Some(Self {
            by_address,
            by_key,
            ipv6_mask: u128::MAX
                .checked_shl(128 - settings.ipv6_prefix.get())
                .unwrap_or_default(),
            hasher: RandomState::new(),
            policy: HeaderValue::try_from(policy).ok(),
        })
    }

    /// Takes one request of every share it is of.
    pub(super) fn take(&self, request: &ServiceRequest) -> Result<Quota, Refusal> {
        let mut told = String::new();
        let mut refused_for = None;
        let address = ClientAddress::of(request.request());
        if let (Some(buckets), Some(address)) = (&self.by_address, address) {
            let left = buckets.take(self.client(address.0));
            tell(&mut told, "address", left);
            refused_for = left.refused_for;
        }
        if let Some((name, buckets)) = &self.by_key
            && refused_for.is_none()
            && let Some(key) = request.headers().get(name)
        {
            let left = buckets.take(self.hasher.hash_one(key.as_bytes()));
            tell(&mut told, "key", left);
            refused_for = left.refused_for;
        }
        let quota = Quota(HeaderValue::try_from(told).ok().filter(|it| !it.is_empty()));
        match refused_for {
            None => Ok(quota),
            Some(seconds) => Err(self.refusal(seconds, quota)),
        }
    }

    #[cold]
    fn refusal(&self, seconds: u64, quota: Quota) -> Refusal {
        let error = TooManyRequests::new("there were too many requests; slow down");
        let mut refusal =
            Refusal::new(Refused::RateLimit, &error).with(header::RETRY_AFTER, seconds.max(1));
        if let Some(told) = quota.0 {
            refusal = refusal.with(RATE_LIMIT.clone(), told);
        }
        match &self.policy {
            Some(policy) => refusal.with(POLICY.clone(), policy.clone()),
            None => refusal,
        }
    }

    pub(super) fn put_on(&self, response: &mut ServiceResponse, quota: Quota) {
        let headers = response.headers_mut();
        if let Some(told) = quota.0 {
            headers.insert(RATE_LIMIT.clone(), told);
        }
        if let Some(policy) = &self.policy {
            headers.insert(POLICY.clone(), policy.clone());
        }
    }

    /// Who counts as one: of IPv6 a whole network.
    fn client(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & self.ipv6_mask).into(),
        }
    }
}

fn tell(text: &mut String, name: &str, left: Left) {
    member(text, name, ('r', left.requests), ('t', left.whole_in));
}

/// `"address";r=9;t=6`: a member of a list of structured fields (RFC 9651).
fn member<N: std::fmt::Display>(
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
