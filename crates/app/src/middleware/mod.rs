//! What stands around every request, in one place and one order. From the outside in:
//!
//! 1. `access`: the request's id, its counts and its line in the log
//! 2. `cors`: also what is turned away has to be readable for the page that asked
//! 3. `security_headers`: on every answer
//! 4. `head`: limits of the address and of header fields, the cheapest to look at
//! 5. `client`: who it is, which the next one counts by
//! 6. `rate_limit`: before the place below, so that the impatient take nobody's
//! 7. `in_flight`: no body is read before there is a place
//!
//! The time limit is the router's: an operation may have its own. All of it is one actix service and one future, so that
//! what is off costs a comparison.

mod buckets;
mod client;
mod compression;
mod conditional;
mod cors;
mod head;
pub mod idempotency;
mod in_flight;
mod rate_limit;
mod refusal;
mod rejections;
mod security_headers;

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_cors::CorsMiddleware;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap},
    },
};
use purlin_router::TimedOut;

use self::{
    client::Proxies,
    compression::Compression,
    conditional::Conditional,
    head::{Fields, HeadLimits},
    idempotency::{Idempotency, IdempotencyStore},
    in_flight::{InFlight, Place},
    rate_limit::{Quota, RateLimit},
    refusal::{Refusal, Styles},
    rejections::{Refused, Rejections},
    security_headers::SecurityHeaders,
};
use crate::{
    access::{Visit, Watch},
    api::Api,
    ops::Reasons,
    phase::Phase,
    settings::{CorsSettings, MiddlewareSettings},
};

pub use self::client::ClientAddress;

/// The middleware of an `App`; all workers share one.
#[derive(Clone)]
pub(crate) struct Middleware(Arc<Stages>);

struct Stages {
    styles: Styles,
    rejections: Rejections,
    security_headers: SecurityHeaders,
    head: HeadLimits,
    proxies: Proxies,
    rate_limit: Option<RateLimit>,
    cors: CorsSettings,
    in_flight: InFlight,
    compression: Option<Compression>,
    conditional: Option<Conditional>,
    idempotency: Option<Idempotency>,
}

impl Middleware {
    pub(crate) fn new(
        settings: &MiddlewareSettings,
        apis: &[Api],
        rejections: &Reasons,
        store: Option<Arc<dyn IdempotencyStore>>,
    ) -> Self {
        let rejections = Rejections::new(rejections);
        Self(Arc::new(Stages {
            styles: Styles::new(apis),
            rejections,
            security_headers: SecurityHeaders::new(&settings.security_headers),
            head: HeadLimits::new(&settings.limits),
            proxies: Proxies::new(&settings.proxies),
            rate_limit: RateLimit::new(&settings.rate_limit),
            cors: settings.cors.clone(),
            in_flight: InFlight::new(settings.limits.max_in_flight.get()),
            compression: Compression::new(&settings.compression),
            conditional: Conditional::new(&settings.conditional),
            idempotency: Idempotency::new(&settings.idempotency, &settings.limits, apis, store),
        }))
    }
}

impl Middleware {
    /// That of one more worker.
    pub(crate) fn around(&self, watch: Watch, phase: &Arc<Phase>) -> Around {
        Around {
            stages: Arc::clone(&self.0),
            watch: Rc::new(watch),
            phase: Arc::clone(phase),
        }
    }
}

/// The middleware of one worker.
pub(crate) struct Around {
    stages: Arc<Stages>,
    watch: Rc<Watch>,
    phase: Arc<Phase>,
}

type LocalBoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

impl<S> Transform<S, ServiceRequest> for Around
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Watched<S>;
    type InitError = ();
    type Future = LocalBoxFuture<Result<Watched<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let stages = Arc::clone(&self.stages);
        let guarded = Guarded(Rc::new(Inner { stages, service }));
        let cors = cors::cors(&self.stages.cors);
        let cors = cors.map(|cors| cors.new_transform(guarded.clone()));
        let (watch, phase) = (Rc::clone(&self.watch), Arc::clone(&self.phase));
        Box::pin(async move {
            let cors = match cors {
                Some(cors) => Some(Rc::new(cors.await?)),
                None => None,
            };
            Ok(Watched {
                watch,
                phase,
                cors,
                guarded,
            })
        })
    }
}

/// A service whose requests are seen from their arrival to their answer.
pub(crate) struct Watched<S> {
    watch: Rc<Watch>,
    phase: Arc<Phase>,
    /// Where it is on, it stands around what is guarded.
    cors: Option<Rc<CorsMiddleware<Guarded<S>>>>,
    guarded: Guarded<S>,
}

impl<S> Service<ServiceRequest> for Watched<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse<BoxBody>, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.guarded.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let visit = Visit::begin(&mut request, &self.watch);
        let phase = Arc::clone(&self.phase);
        let cors = self.cors.clone();
        let inner = Rc::clone(&self.guarded.0);
        Box::pin(visit.id().within(async move {
            let mut response = match cors {
                Some(cors) => {
                    let response = cors.call(request).await?.map_into_boxed_body();
                    let stages = &inner.stages;
                    // In a box, so that other requests carry nothing of it.
                    match response.response().error().is_some() {
                        true => {
                            let headers = &stages.security_headers;
                            Box::pin(cors::told(response, &stages.styles, headers)).await
                        }
                        false => response,
                    }
                }
                None => inner.serve(request).await?,
            };
            if phase.is_draining() {
                let head = response.response_mut().head_mut();
                head.set_connection_type(ConnectionType::Close);
            }
            visit.end(&mut response);
            Ok(response)
        }))
    }
}

/// A service with the stages around it.
pub(crate) struct Guarded<S>(Rc<Inner<S>>);

impl<S> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

struct Inner<S> {
    stages: Arc<Stages>,
    service: S,
}

impl<S> Service<ServiceRequest> for Guarded<S>
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
        Box::pin(async move { inner.serve(request).await })
    }
}

impl<S> Inner<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    async fn serve(&self, mut request: ServiceRequest) -> Result<ServiceResponse<BoxBody>, Error> {
        let stages = &*self.stages;
        let mut response = match stages.admit(&mut request) {
            Ok((_place, quota)) => {
                let mut response = self.answer(request).await?;
                if let (Some(limit), Some(quota)) = (&stages.rate_limit, quota) {
                    limit.put_on(&mut response, quota);
                }
                response
            }
            Err(refusal) => stages.turn_away(refusal, request).await,
        };
        stages.count_timeouts(&response);
        if let Some(compression) = &stages.compression {
            response = compression.apply(response);
        }
        stages.security_headers.put_on(&mut response);
        Ok(response)
    }

    /// What is done with a request that was let in.
    async fn answer(&self, request: ServiceRequest) -> Result<ServiceResponse, Error> {
        let stages = &*self.stages;
        let response = match &stages.idempotency {
            Some(keys) if keys.concerns(&request) => {
                // In a box, so that other requests carry nothing of it.
                let once = Box::pin(keys.once(request, |request| self.service.call(request)));
                match once.await {
                    Ok(response) => response?,
                    Err((refusal, request)) => stages.turn_away(refusal, request).await,
                }
            }
            _ => self.service.call(request).await?,
        };
        Ok(match &stages.conditional {
            Some(conditional) => conditional.apply(response),
            None => response,
        })
    }
}

impl Stages {
    /// Lets a request in, or not.
    fn admit(&self, request: &mut ServiceRequest) -> Result<(Place<'_>, Option<Quota>), Refusal> {
        let fields = Fields::of(request);
        self.head.check(request, &fields)?;
        if fields.speak_for_others {
            self.proxies.settle(request);
        }
        let limit = self.rate_limit.as_ref();
        let quota = limit.map(|limit| limit.take(request)).transpose()?;
        Ok((self.in_flight.enter()?, quota))
    }

    #[cold]
    fn turn_away<'s>(
        &'s self,
        refusal: Refusal,
        request: ServiceRequest,
    ) -> Pin<Box<dyn Future<Output = ServiceResponse> + 's>> {
        self.rejections.count(refusal.reason);
        Box::pin(refusal.answer(request, &self.styles))
    }

    /// Counts what the router gave up.
    fn count_timeouts(&self, response: &ServiceResponse) {
        if !matches!(
            response.status(),
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT
        ) {
            return;
        }
        let extensions = response.response().extensions();
        match extensions.get::<TimedOut>() {
            Some(TimedOut::Body) => self.rejections.count(Refused::BodyTimeout),
            Some(_) => self.rejections.count(Refused::Timeout),
            None => {}
        }
    }
}

/// The media type of an answer, without its parameters.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    text.split(';').next().map(str::trim)
}
