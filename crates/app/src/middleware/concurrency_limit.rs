//! Load shedding: at most so many requests are processed concurrently, and further requests are rejected before their body
//! is read. Nothing is queued here; what waits, waits in the kernel.
//!
//! A request counts until its response starts, or over HTTP/2 until its response has been sent: one connection of HTTP/2 can
//! have any number of responses that its client does not read. A connection of HTTP/1 has one, of which little is in memory.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::{Version, header},
};
use purlin_router::{
    error::http::ServiceUnavailable,
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

use super::{
    document::retry_after,
    error_styles::ErrorStyles,
    kept_body::keep,
    reject_reason::RejectReason,
    rejection::MiddlewareRejection,
    transform::{Stage, transform},
};

/// Seconds after which another attempt is worthwhile. Requests end within milliseconds unless the server is blocked.
const RETRY_AFTER: u64 = 1;

/// Rejects requests with 503 and `Retry-After` while the maximum number of requests is being processed.
///
/// Clones share the number of requests, so that the limit holds for all workers together.
///
/// ```
/// use actix_web::{App, HttpServer};
/// use purlin_app::middleware::ConcurrencyLimit;
///
/// let limit = ConcurrencyLimit::new(1024);
/// let server = HttpServer::new(move || App::new().wrap(limit.clone()));
/// # let _ = server;
/// ```
#[derive(Clone, Debug)]
pub struct ConcurrencyLimit {
    maximum: u32,
    count: Arc<AtomicU32>,
    styles: ErrorStyles,
}

/// The permission to process one request, until it is dropped.
pub(super) struct Permit<'c>(Option<&'c Arc<AtomicU32>>);

impl Permit<'_> {
    /// Returns a permit that does not borrow the limit.
    pub(super) fn into_owned(mut self) -> OwnedPermit {
        OwnedPermit(self.0.take().map(Arc::clone))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A [`Permit`] that outlives the processing of its request.
pub(super) struct OwnedPermit(Option<Arc<AtomicU32>>);

impl Drop for OwnedPermit {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl ConcurrencyLimit {
    /// Takes the maximum number of requests; 0 means no limit.
    #[must_use]
    pub fn new(maximum: u32) -> Self {
        Self {
            maximum,
            count: Arc::default(),
            styles: ErrorStyles::default(),
        }
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    pub(super) fn acquire(&self) -> Result<Permit<'_>, MiddlewareRejection> {
        if self.maximum == 0 {
            return Ok(Permit(None));
        }
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        let permit = Permit(Some(&self.count));
        if before < self.maximum {
            return Ok(permit);
        }
        let rejection = MiddlewareRejection::new(RejectReason::Overload, &overload());
        Err(rejection.header(header::RETRY_AFTER, RETRY_AFTER))
    }
}

fn overload() -> ServiceUnavailable {
    ServiceUnavailable::new("the server is busy; try again in a moment")
}

impl DescribeMiddleware for ConcurrencyLimit {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        if self.maximum > 0 {
            let description = "The server processes as many requests as it can.";
            operation.error(&overload(), description, [retry_after()]);
        }
    }
}

impl Stage for ConcurrencyLimit {
    async fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        match self.acquire() {
            Ok(permit) => {
                let response = service.call(request).await?.map_into_boxed_body();
                Ok(match response.request().version() {
                    Version::HTTP_2 => keep(response, permit.into_owned()),
                    _ => response,
                })
            }
            Err(rejection) => Ok(self.styles.respond(rejection, request).await),
        }
    }
}

transform!(ConcurrencyLimit);

#[cfg(test)]
mod tests {
    use super::ConcurrencyLimit;

    #[test]
    fn a_permit_is_available_again_once_it_is_dropped() {
        let limit = ConcurrencyLimit::new(2);
        let (first, second) = (limit.acquire(), limit.acquire());
        assert!(first.is_ok() && second.is_ok());
        assert!(limit.acquire().is_err() && limit.clone().acquire().is_err());
        drop(first);
        assert!(limit.acquire().is_ok());
        let owned = second.map(super::Permit::into_owned);
        let third = limit.acquire();
        assert!(third.is_ok() && limit.acquire().is_err());
        drop(owned);
        assert!(limit.acquire().is_ok());
        let unlimited = ConcurrencyLimit::new(0);
        let permits: Vec<_> = (0..10).map(|_| unlimited.acquire()).collect();
        assert!(permits.iter().all(Result::is_ok));
    }
}
