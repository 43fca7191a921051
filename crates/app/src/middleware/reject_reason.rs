//! The reasons for which middleware rejects requests, and their counters.

use crate::ops::{RejectionCounter, RejectionCounters};

/// The reason for which a request was rejected before an operation saw it; in the extensions of responses of middleware,
/// for other middleware.
///
/// A program made with [`run`](crate::run) counts rejections by reason in the metric
/// `purlin_http_requests_rejected_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectReason {
    /// A preflight request, or the origin, is not allowed: 400.
    Cors,
    /// Too many requests are being processed: 503.
    Overload,
    /// The client has used up its rate limit: 429.
    RateLimit,
    /// The body did not arrive in time: 408.
    BodyTimeout,
    /// The operation took too long: 504.
    Timeout,
    /// The target or the `Host` of the request is not valid: 400.
    InvalidTarget,
    /// The target is too long: 414.
    UriTooLong,
    /// There are too many header fields, or they are too large: 431.
    HeadersTooLarge,
    /// The body is too large: 413.
    BodyTooLarge,
    /// The first request with this idempotency key is still being processed: 409.
    KeyInProgress,
    /// The idempotency key is malformed, or belongs to another request: 400, 422.
    KeyMisused,
    /// The store of idempotency keys or of rate limits failed, or is full: 503.
    StoreUnavailable,
    /// Too many credentials are being checked: 503.
    AuthenticationBusy,
}

impl RejectReason {
    /// All reasons, in the order of their metrics.
    const ALL: [Self; 13] = [
        Self::Cors,
        Self::Overload,
        Self::RateLimit,
        Self::BodyTimeout,
        Self::Timeout,
        Self::InvalidTarget,
        Self::UriTooLong,
        Self::HeadersTooLarge,
        Self::BodyTooLarge,
        Self::KeyInProgress,
        Self::KeyMisused,
        Self::StoreUnavailable,
        Self::AuthenticationBusy,
    ];

    /// Returns the label of the reason in metrics, such as `rate_limit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::Overload => "overload",
            Self::RateLimit => "rate_limit",
            Self::BodyTimeout => "body_timeout",
            Self::Timeout => "timeout",
            Self::InvalidTarget => "invalid_target",
            Self::UriTooLong => "uri_too_long",
            Self::HeadersTooLarge => "headers_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::KeyInProgress => "key_in_progress",
            Self::KeyMisused => "key_misused",
            Self::StoreUnavailable => "store_unavailable",
            Self::AuthenticationBusy => "authentication_busy",
        }
    }
}

/// A counter for each reason.
pub(super) struct ReasonCounters([(RejectReason, RejectionCounter); RejectReason::ALL.len()]);

impl ReasonCounters {
    pub(super) fn new(counters: &RejectionCounters) -> Self {
        Self(RejectReason::ALL.map(|reason| (reason, counters.counter(reason.as_str()))))
    }

    pub(super) fn count(&self, reason: RejectReason) {
        let counter = self.0.iter().find(|(known, _)| *known == reason);
        if let Some((_, counter)) = counter {
            counter.add();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_reason_has_a_counter_and_a_label_of_its_own() {
        let counters = RejectionCounters::default();
        let by_reason = ReasonCounters::new(&counters);
        for reason in RejectReason::ALL {
            by_reason.count(reason);
        }
        let counts = counters.counts();
        let labels: HashSet<_> = counts.iter().map(|(label, _)| label).collect();
        assert_eq!(labels.len(), RejectReason::ALL.len());
        assert!(counts.iter().all(|(_, count)| *count == 1), "{counts:?}");
    }
}
