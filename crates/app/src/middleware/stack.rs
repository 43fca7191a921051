//! The middleware stack, outermost first:
//!
//! 0. `protocol`: the rules of HTTP that actix-web leaves to the application; before and after everything else
//! 1. `access`: request id, counters, access log
//! 2. `cors`: rejections need its headers too, or a page cannot read them
//! 3. `security_headers`: on every response
//! 4. `compression`: of the final body
//! 5. `size_limits`: the cheapest to check
//! 6. `proxies`: the client's address, which the rate limit needs
//! 7. `rate_limit`: before the concurrency limit, so that a client over its quota takes no permit
//! 8. `concurrency_limit`: no body is read without a permit
//! 9. `conditional`: the tag is of the body before it is compressed
//!
//! The time limit and idempotency keys are the router's: an operation may have its own limit, and a key belongs to the caller
//! that authenticators identified. All of it is one actix service and one future, so that what is disabled costs a
//! comparison.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_cors::CorsMiddleware;
use actix_web::{
    Error, HttpMessage as _,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::{ConnectionType, StatusCode, Version},
};
use purlin_router::{
    __app::{KeyRejected, TimedOut},
    Router,
    auth::AuthFailure,
};
use purlin_store::rate_limit::RateLimitStore;

use super::{
    access::{self, RequestGuard, RequestRecorder},
    compression::Compression,
    concurrency_limit::{ConcurrencyLimit, Permit},
    conditional::ConditionalRequests,
    cors::{self, Cors},
    document::DocumentedMiddleware,
    error::MiddlewareError,
    error_styles::ErrorStyles,
    header_summary::HeaderSummary,
    kept_body::{self, keep},
    protocol::{self, Exchange},
    proxies::TrustedProxies,
    rate_limit::{RateLimit, RemainingField},
    reject_reason::{ReasonCounters, RejectReason},
    rejection::MiddlewareRejection,
    security_headers::SecurityHeaders,
    size_limits::SizeLimits,
    transform::LocalBoxFuture,
};
use crate::{ops::RejectionCounters, phase::Phase, settings::MiddlewareSettings};

/// The middleware that the settings switch on.
pub(crate) struct MiddlewareParts {
    security_headers: SecurityHeaders,
    size_limits: SizeLimits,
    proxies: TrustedProxies,
    rate_limit: Option<RateLimit>,
    cors: Option<Cors>,
    concurrency_limit: ConcurrencyLimit,
    compression: Option<Compression>,
    conditional: Option<ConditionalRequests>,
}

impl MiddlewareParts {
    /// Takes the settings, and the store of rate limits unless they are counted in memory.
    pub(crate) fn new(
        settings: &MiddlewareSettings,
        store: Option<Arc<dyn RateLimitStore>>,
    ) -> Result<Self, MiddlewareError> {
        let limits = &settings.limits;
        let rates = &settings.rate_limit;
        let has_origins = !settings.cors.origins.is_empty();
        let is_limited = rates.per_address.get() > 0 || rates.per_key.get() > 0;
        Ok(Self {
            security_headers: SecurityHeaders::new(&settings.security_headers)?,
            size_limits: SizeLimits::new(limits),
            proxies: TrustedProxies::new(&settings.proxies)?,
            rate_limit: is_limited
                .then(|| RateLimit::new(rates))
                .transpose()?
                .map(|limit| match store {
                    Some(store) => limit.store(store),
                    None => limit,
                }),
            cors: has_origins.then(|| Cors::new(&settings.cors)).transpose()?,
            concurrency_limit: ConcurrencyLimit::new(limits.max_in_flight.get()),
            compression: settings
                .compression
                .enabled
                .then(|| Compression::new(&settings.compression)),
            conditional: settings
                .conditional
                .enabled
                .then(|| ConditionalRequests::new(&settings.conditional)),
        })
    }

    /// Returns what describes itself to the documents, innermost first.
    ///
    /// CORS, security headers, compression and proxies are not there: they are for browsers and for the transfer, and add
    /// nothing that a client of the API handles.
    pub(crate) fn described(self) -> DocumentedMiddleware {
        let mut described: DocumentedMiddleware = Vec::new();
        if let Some(conditional) = self.conditional {
            described.push(Arc::new(conditional));
        }
        described.push(Arc::new(self.concurrency_limit));
        if let Some(rate_limit) = self.rate_limit {
            described.push(Arc::new(rate_limit));
        }
        described.push(Arc::new(self.size_limits));
        described.push(Arc::new(protocol::describe));
        described.push(Arc::new(access::describe));
        described
    }
}

/// The permit of a request that is within all limits, and what it leaves of its quotas.
type Admitted<'s> = (Permit<'s>, Option<RemainingField>);

/// The middleware stack, which all workers share.
#[derive(Clone)]
pub(crate) struct MiddlewareStack(Arc<Stages>);

struct Stages {
    styles: ErrorStyles,
    rejections: ReasonCounters,
    parts: MiddlewareParts,
}

impl MiddlewareStack {
    /// Takes the settings, the store of rate limits, and the registries to serve.
    pub(crate) fn new<'r>(
        settings: &MiddlewareSettings,
        store: Option<Arc<dyn RateLimitStore>>,
        rejections: &RejectionCounters,
        routers: impl Iterator<Item = &'r Router>,
    ) -> Result<Self, MiddlewareError> {
        Ok(Self(Arc::new(Stages {
            styles: ErrorStyles::of(routers),
            rejections: ReasonCounters::new(rejections),
            parts: MiddlewareParts::new(settings, store)?,
        })))
    }

    /// Returns the middleware of one more worker.
    pub(crate) fn layer(&self, recorder: RequestRecorder, phase: &Arc<Phase>) -> MiddlewareLayer {
        MiddlewareLayer {
            stages: Arc::clone(&self.0),
            recorder: Rc::new(recorder),
            phase: Arc::clone(phase),
        }
    }
}

/// The middleware of one worker.
pub(crate) struct MiddlewareLayer {
    stages: Arc<Stages>,
    recorder: Rc<RequestRecorder>,
    phase: Arc<Phase>,
}

impl<S> Transform<S, ServiceRequest> for MiddlewareLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = RecordedService<S>;
    type InitError = ();
    type Future = LocalBoxFuture<Result<RecordedService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let stages = Arc::clone(&self.stages);
        let inner = MiddlewareService(Rc::new(Inner { stages, service }));
        let cors = self.stages.parts.cors.as_ref();
        let cors = cors.map(|cors| cors.build().new_transform(inner.clone()));
        let (recorder, phase) = (Rc::clone(&self.recorder), Arc::clone(&self.phase));
        Box::pin(async move {
            let cors = match cors {
                Some(cors) => Some(Rc::new(cors.await?)),
                None => None,
            };
            Ok(RecordedService {
                recorder,
                phase,
                cors,
                inner,
            })
        })
    }
}

/// A service whose requests are recorded from their arrival to their response.
pub(crate) struct RecordedService<S> {
    recorder: Rc<RequestRecorder>,
    phase: Arc<Phase>,
    /// If CORS is enabled, it wraps the inner service.
    cors: Option<Rc<CorsMiddleware<MiddlewareService<S>>>>,
    inner: MiddlewareService<S>,
}

impl<S> Service<ServiceRequest> for RecordedService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse<BoxBody>, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let exchange = Exchange::begin(&mut request);
        let headers = HeaderSummary::of(&request);
        let mut guard = RequestGuard::start(&mut request, &headers, &self.recorder);
        let phase = Arc::clone(&self.phase);
        let cors = self.cors.clone();
        let inner = Rc::clone(&self.inner.0);
        Box::pin(guard.id().scope(async move {
            let mut response = match cors {
                Some(cors) => {
                    request.extensions_mut().insert(headers);
                    let response = cors.call(request).await.inspect_err(|_| guard.fail())?;
                    let response = response.map_into_boxed_body();
                    if response.response().error().is_some() {
                        // Boxed, so that the futures of other requests do not contain it.
                        Box::pin(inner.stages.reject_cors(response)).await
                    } else {
                        response
                    }
                }
                None => {
                    let response = inner.serve(request, headers).await;
                    response.inspect_err(|_| guard.fail())?
                }
            };
            if phase.is_draining() {
                let head = response.response_mut().head_mut();
                head.set_connection_type(ConnectionType::Close);
            }
            guard.record(&mut response);
            response = match exchange {
                Some(exchange) => Box::pin(exchange.finish(response)).await,
                None if protocol::is_complete(&response) => return Ok(response),
                None => protocol::finish(response),
            };
            // A response that cannot leave is still in flight.
            Ok(if kept_body::is_sent_later(&response) {
                guard.follow(response)
            } else {
                response
            })
        }))
    }
}

/// A service behind all stages but the outermost two.
pub(crate) struct MiddlewareService<S>(Rc<Inner<S>>);

impl<S> Clone for MiddlewareService<S> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

struct Inner<S> {
    stages: Arc<Stages>,
    service: S,
}

impl<S> Service<ServiceRequest> for MiddlewareService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse<BoxBody>, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.service.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let inner = Rc::clone(&self.0);
        // Found before a generated id was added.
        let found = request.extensions_mut().remove();
        let headers = found.unwrap_or_else(|| HeaderSummary::of(&request));
        Box::pin(async move { inner.serve(request, headers).await })
    }
}

impl<S> Inner<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    async fn serve(
        &self,
        mut request: ServiceRequest,
        headers: HeaderSummary,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let stages = &*self.stages;
        let parts = &stages.parts;
        let mut kept = None;
        let limit = parts.rate_limit.as_ref();
        let admitted = match limit.and_then(|limit| Some((limit, limit.shared()?))) {
            None => stages.admit(&mut request, &headers),
            // Boxed, so that the futures of other requests do not contain it.
            Some((limit, store)) => {
                Box::pin(stages.admit_by_store(limit, store, &mut request, &headers)).await
            }
        };
        let mut response = match admitted {
            Ok((permit, remaining)) => {
                let mut response = self.process(request).await?;
                if let (Some(limit), Some(remaining)) = (&parts.rate_limit, remaining) {
                    limit.add_headers(&mut response, remaining);
                }
                if response.request().version() == Version::HTTP_2 {
                    kept = Some(permit.into_owned());
                }
                response
            }
            Err(rejection) => stages.reject(rejection, request).await,
        };
        stages.count_router_rejections(&response);
        if let Some(compression) = &parts.compression {
            response = compression.apply(response);
        }
        parts.security_headers.add_to(&mut response);
        // One connection of HTTP/2 has any number of responses that cannot leave.
        Ok(match kept {
            Some(permit) => keep(response, permit),
            None => response,
        })
    }

    /// Processes an admitted request.
    async fn process(&self, request: ServiceRequest) -> Result<ServiceResponse, Error> {
        let response = if protocol::is_of_server(&request) {
            Box::pin(protocol::respond_for_server(request)).await
        } else {
            self.service.call(request).await?
        };
        Ok(match &self.stages.parts.conditional {
            Some(conditional) => conditional.apply(response),
            None => response,
        })
    }
}

impl Stages {
    /// Checks all limits.
    fn admit(
        &self,
        request: &mut ServiceRequest,
        headers: &HeaderSummary,
    ) -> Result<Admitted<'_>, MiddlewareRejection> {
        self.check(request, headers)?;
        let limit = self.parts.rate_limit.as_ref();
        let remaining = limit.map(|limit| limit.take(request)).transpose()?;
        self.acquire(remaining)
    }

    /// Checks all limits, those of rates in a store.
    async fn admit_by_store(
        &self,
        limit: &RateLimit,
        store: &Arc<dyn RateLimitStore>,
        request: &mut ServiceRequest,
        headers: &HeaderSummary,
    ) -> Result<Admitted<'_>, MiddlewareRejection> {
        self.check(request, headers)?;
        let remaining = limit.take_from(&**store, request).await?;
        self.acquire(Some(remaining))
    }

    /// Checks what comes before the rate limit.
    #[inline]
    fn check(
        &self,
        request: &mut ServiceRequest,
        headers: &HeaderSummary,
    ) -> Result<(), MiddlewareRejection> {
        let parts = &self.parts;
        parts.size_limits.check(request, headers)?;
        protocol::check(request, headers.has_invalid_host)?;
        if headers.has_forwarded {
            parts.proxies.resolve(request);
        }
        Ok(())
    }

    /// Takes the permit of a request that is within its rate limits.
    #[inline]
    fn acquire(
        &self,
        remaining: Option<RemainingField>,
    ) -> Result<Admitted<'_>, MiddlewareRejection> {
        let limit = self.parts.rate_limit.as_ref();
        match (self.parts.concurrency_limit.acquire(), limit, remaining) {
            (Ok(permit), _, remaining) => Ok((permit, remaining)),
            (Err(rejection), Some(limit), Some(remaining)) => {
                Err(limit.add_to_rejection(rejection, remaining))
            }
            (Err(rejection), ..) => Err(rejection),
        }
    }

    #[cold]
    fn reject<'s>(
        &'s self,
        rejection: MiddlewareRejection,
        request: ServiceRequest,
    ) -> Pin<Box<dyn Future<Output = ServiceResponse> + 's>> {
        self.rejections.count(rejection.reason);
        Box::pin(self.styles.respond(rejection, request))
    }

    /// Renders what actix-cors rejects. It never reached the inner stages.
    #[cold]
    async fn reject_cors(&self, response: ServiceResponse) -> ServiceResponse {
        let mut response = cors::render_rejection(response, &self.styles).await;
        let reason = response.response().extensions().get().copied();
        if reason == Some(RejectReason::Cors) {
            self.rejections.count(RejectReason::Cors);
            self.parts.security_headers.add_to(&mut response);
        }
        response
    }

    /// Counts what the router rejects.
    fn count_router_rejections(&self, response: &ServiceResponse) {
        if !matches!(
            response.status(),
            StatusCode::BAD_REQUEST
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::CONFLICT
                | StatusCode::UNPROCESSABLE_ENTITY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        ) {
            return;
        }
        let extensions = response.response().extensions();
        match extensions.get::<TimedOut>() {
            Some(TimedOut::Body) => self.rejections.count(RejectReason::BodyTimeout),
            Some(_) => self.rejections.count(RejectReason::Timeout),
            None => {}
        }
        match extensions.get::<KeyRejected>() {
            Some(KeyRejected::Misused) => self.rejections.count(RejectReason::KeyMisused),
            Some(KeyRejected::InProgress) => self.rejections.count(RejectReason::KeyInProgress),
            Some(_) => self.rejections.count(RejectReason::StoreUnavailable),
            None => {}
        }
        if extensions.get() == Some(&AuthFailure::Busy) {
            self.rejections.count(RejectReason::AuthenticationBusy);
        }
    }
}
