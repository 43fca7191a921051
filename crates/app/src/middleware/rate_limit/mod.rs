//! Rate limiting: by address, and by key where the request has one.
//!
//! A key counts beside the address, not instead of it: keys are not verified yet here, and a client that makes them up
//! would get as many quotas. What is left is sent with every response, as draft-ietf-httpapi-ratelimit-headers-10
//! describes.

mod limits;

use std::{fmt, sync::Arc};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
};
use purlin_router::middleware::{DescribeMiddleware, MiddlewareDescription};
use purlin_store::rate_limit::RateLimitStore;

pub(super) use self::limits::RemainingField;
use self::limits::{Limits, RATE_LIMIT_POLICY, cannot_count, too_many_requests};
use super::{
    document::{self, retry_after},
    error::MiddlewareError,
    error_styles::ErrorStyles,
    rejection::MiddlewareRejection,
    transform::{Stage, transform},
};
use crate::settings::RateLimitSettings;

/// Rejects requests of a client that has used up its quota with 429 and `Retry-After`, and sends `RateLimit` and
/// `RateLimit-Policy` with every response.
///
/// Clones share the quotas, so that they hold for all workers together; with a [`store`](Self::store) they hold for all
/// processes that share it. Wrap it inside of [`TrustedProxies`](super::TrustedProxies) where there are any.
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
    limits: Arc<Limits>,
    store: Option<Arc<dyn RateLimitStore>>,
    styles: ErrorStyles,
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("policy", &self.limits.policy)
            .field("is_shared", &self.store.is_some())
            .finish_non_exhaustive()
    }
}

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
        Ok(Self {
            limits: Arc::new(Limits::new(settings)?),
            store: None,
            styles: ErrorStyles::default(),
        })
    }

    /// Counts in a store instead of the memory of this process. It gets digests of addresses and keys.
    ///
    /// If the store fails, a request is let through, or rejected with 503, as the setting `on_store_failure` says.
    #[must_use]
    pub fn store(mut self, store: impl RateLimitStore + 'static) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sets the error styles of the responses.
    #[must_use]
    pub fn error_styles(mut self, styles: ErrorStyles) -> Self {
        self.styles = styles;
        self
    }

    /// Returns the store, if requests are counted in one.
    pub(super) fn shared(&self) -> Option<&Arc<dyn RateLimitStore>> {
        self.store.as_ref()
    }

    /// Takes one request from every quota it counts for, in memory.
    pub(super) fn take(
        &self,
        request: &ServiceRequest,
    ) -> Result<RemainingField, MiddlewareRejection> {
        self.limits.take(request)
    }

    /// Takes one request from every quota it counts for, in a store.
    pub(super) async fn take_from(
        &self,
        store: &dyn RateLimitStore,
        request: &ServiceRequest,
    ) -> Result<RemainingField, MiddlewareRejection> {
        self.limits.take_from(store, request).await
    }

    /// Adds what is left to the rejection of a request that has taken one from its quotas.
    #[cold]
    pub(super) fn add_to_rejection(
        &self,
        rejection: MiddlewareRejection,
        remaining: RemainingField,
    ) -> MiddlewareRejection {
        self.limits.with_headers(rejection, remaining)
    }

    /// Adds what is left to the response.
    pub(super) fn add_headers(&self, response: &mut ServiceResponse, remaining: RemainingField) {
        let headers = response.headers_mut();
        remaining.insert(headers);
        if let Some(policy) = &self.limits.policy {
            headers.insert(RATE_LIMIT_POLICY.clone(), policy.clone());
        }
    }
}

impl DescribeMiddleware for RateLimit {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        let description = "What is left of the quotas, and when they are restored (draft-ietf-httpapi-ratelimit-headers).";
        let remaining = document::text(description, "\"address\";r=9;t=6");
        let policy = self.limits.policy.as_ref();
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
        if self.store.is_some() && self.limits.rejects_on_store_failure() {
            operation.error(
                &cannot_count(),
                "The store of the rate limits failed.",
                [retry_after()],
            );
        }
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
        let taken = match &self.store {
            None => self.take(&request),
            Some(store) => self.take_from(&**store, &request).await,
        };
        match taken {
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
