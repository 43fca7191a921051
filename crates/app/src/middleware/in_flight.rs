//! Load shedding: as many requests as may be are worked at at the same time, and one more is turned away before its body
//! is read. Nothing queues here; what waits, waits in the kernel, where it costs no memory of ours.
//!
//! A request is under way until its answer begins. A stream that goes on for hours does not count from then on.

use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::http::header;
use purlin_router::errors::ServiceUnavailable;

use super::{Refused, refusal::Refusal};

/// Seconds after which another try is worth it. Requests end within milliseconds where the server is not stuck.
const RETRY_AFTER: u64 = 1;

pub(super) struct InFlight {
    most: u32,
    count: AtomicU32,
}

/// A place among the requests that are under way, until it is dropped.
pub(super) struct Place<'c>(Option<&'c AtomicU32>);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl InFlight {
    /// For 0 there is no limit.
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            count: AtomicU32::new(0),
        }
    }

    pub(super) fn enter(&self) -> Result<Place<'_>, Refusal> {
        if self.most == 0 {
            return Ok(Place(None));
        }
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        let place = Place(Some(&self.count));
        if before < self.most {
            return Ok(place);
        }
        let error = ServiceUnavailable::new("the server is busy; try again in a moment");
        Err(Refusal::new(Refused::Overload, &error).with(header::RETRY_AFTER, RETRY_AFTER))
    }
}

#[cfg(test)]
mod tests {
    use super::InFlight;

    #[test]
    fn a_place_is_free_again_once_it_is_left() {
        let limit = InFlight::new(2);
        let (first, second) = (limit.enter(), limit.enter());
        assert!(first.is_ok() && second.is_ok());
        assert!(limit.enter().is_err() && limit.enter().is_err());
        drop(first);
        assert!(limit.enter().is_ok());
        let open = InFlight::new(0);
        let many: Vec<_> = (0..10).map(|_| open.enter()).collect();
        assert!(many.iter().all(Result::is_ok));
    }
}
