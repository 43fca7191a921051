//! Requests that are turned away, counted by reason in the metrics.

use crate::ops;

/// Why a request was turned away before, or instead of, what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many requests as may be were under way: 503.
    Overload,
    /// It had more requests than its share: 429.
    RateLimit,
    /// Its body did not arrive in time: 408.
    BodyTimeout,
    /// It was not answered in time: 504.
    Timeout,
    /// Its target was too long: 414.
    UriTooLong,
    /// It had too many header fields, or too long ones: 431.
    HeadersTooLarge,
    /// Its body was announced too large: 413.
    BodyTooLarge,
    /// The first request with its idempotency key was under way: 409.
    KeyInProgress,
    /// Its idempotency key was another request's, or none: 422, 400.
    KeyMisused,
}

/// Every reason, with its name in metrics.
const REASONS: [(Refused, &str); 9] = [
    (Refused::Overload, "overload"),
    (Refused::RateLimit, "rate_limit"),
    (Refused::BodyTimeout, "body_timeout"),
    (Refused::Timeout, "timeout"),
    (Refused::UriTooLong, "uri_too_long"),
    (Refused::HeadersTooLarge, "headers_too_large"),
    (Refused::BodyTooLarge, "body_too_large"),
    (Refused::KeyInProgress, "key_in_progress"),
    (Refused::KeyMisused, "key_misused"),
];

/// A counter for each reason.
pub(super) struct Rejections([(Refused, ops::RejectionCounter); REASONS.len()]);

impl Rejections {
    pub(super) fn new(reasons: &ops::Reasons) -> Self {
        Self(REASONS.map(|(reason, name)| (reason, reasons.counter(name))))
    }

    pub(super) fn count(&self, reason: Refused) {
        let counter = self.0.iter().find(|(known, _)| *known == reason);
        if let Some((_, counter)) = counter {
            counter.add();
        }
    }
}
