//! Middleware of the application: actix `Transform`s of any type, applied inside the middleware of Purlin.
//!
//! Each is stored as a function from service to service over one boxed type. Without any, requests pass to the service itself.

use std::{
    any::{TypeId, type_name},
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
};
use futures_util::future::{Either, LocalBoxFuture};

/// The service that middleware wraps.
pub type BoxedService = Box<
    dyn Service<
            ServiceRequest,
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            Future = ServiceFuture,
        >,
>;

type ServiceFuture = LocalBoxFuture<'static, Result<ServiceResponse<BoxBody>, Error>>;

/// What [`App::wrap`](crate::App::wrap) accepts: an actix `Transform` that is `Clone + Send + Sync`, or a closure that makes
/// any actix `Transform` for each worker.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not middleware that can be shared by worker threads",
    label = "not middleware",
    note = "pass an actix `Transform` that is `Clone + Send + Sync`, or a closure that makes one for each worker: \
            `|| Logger::default()`"
)]
pub trait IntoMiddleware<Marker> {
    #[doc(hidden)]
    fn into_layer(self) -> Layer;
}

#[doc(hidden)]
pub enum ByValue {}

#[doc(hidden)]
pub enum ByFactory {}

impl<M, B> IntoMiddleware<ByValue> for M
where
    M: Transform<
            BoxedService,
            ServiceRequest,
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + Clone
        + Send
        + Sync
        + 'static,
    B: MessageBody + 'static,
{
    fn into_layer(self) -> Layer {
        Layer::new(move || self.clone())
    }
}

impl<F, M, B> IntoMiddleware<ByFactory> for F
where
    F: Fn() -> M + Send + Sync + 'static,
    M: Transform<
            BoxedService,
            ServiceRequest,
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    fn into_layer(self) -> Layer {
        Layer::new(self)
    }
}

/// One middleware, without its type.
#[derive(Clone)]
pub struct Layer {
    type_id: TypeId,
    type_name: &'static str,
    wrap: Arc<Wrap>,
}

type Wrap = dyn Fn(BoxedService) -> LocalBoxFuture<'static, Result<BoxedService, ()>> + Send + Sync;

impl Layer {
    fn new<M, B>(factory: impl Fn() -> M + Send + Sync + 'static) -> Self
    where
        M: Transform<
                BoxedService,
                ServiceRequest,
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        Self {
            type_id: TypeId::of::<M>(),
            type_name: type_name::<M>(),
            wrap: Arc::new(move |service| {
                let transform = factory();
                Box::pin(async move { Ok(boxed(transform.new_transform(service).await?)) })
            }),
        }
    }

    pub(super) fn is_of_same_type(&self, other: &Self) -> bool {
        self.type_id == other.type_id
    }

    pub(super) fn type_name(&self) -> &'static str {
        self.type_name
    }
}

fn boxed<S, B>(service: S) -> BoxedService
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    Box::new(Boxed(service))
}

/// A service whose future and body are boxed.
struct Boxed<S>(S);

impl<S, B> Service<ServiceRequest> for Boxed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = ServiceFuture;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> ServiceFuture {
        let response = self.0.call(request);
        Box::pin(async move { Ok(response.await?.map_into_boxed_body()) })
    }
}

/// All middleware of an application, as one actix middleware.
#[derive(Clone)]
pub(crate) struct Layers(Arc<[Layer]>);

impl Layers {
    pub(crate) fn new(layers: Vec<Layer>) -> Self {
        Self(layers.into())
    }
}

impl<S> Transform<S, ServiceRequest> for Layers
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Layered<S>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Layered<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let layers = Arc::clone(&self.0);
        Box::pin(async move {
            if layers.is_empty() {
                return Ok(Layered::Plain(service));
            }
            let mut service = boxed(service);
            for layer in layers.iter() {
                service = (layer.wrap)(service).await?;
            }
            Ok(Layered::Wrapped(service))
        })
    }
}

/// The service of a worker, in the middleware of the application if there is any.
pub(crate) enum Layered<S> {
    Plain(S),
    Wrapped(BoxedService),
}

impl<S> Service<ServiceRequest> for Layered<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Either<S::Future, ServiceFuture>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self {
            Self::Plain(service) => service.poll_ready(cx),
            Self::Wrapped(service) => service.poll_ready(cx),
        }
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        match self {
            Self::Plain(service) => Either::Left(service.call(request)),
            Self::Wrapped(service) => Either::Right(service.call(request)),
        }
    }
}
