//! What all middleware has in common as an actix `Transform`.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse},
};

pub(super) type LocalBoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// What a middleware does with a request and the service behind it.
pub trait Stage: Clone + 'static {
    /// Processes a request.
    fn process<S, B>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> impl Future<Output = Result<ServiceResponse<BoxBody>, Error>>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static;
}

/// A service behind a middleware.
pub struct StageService<T, S>(Rc<(T, S)>);

impl<T, S> StageService<T, S> {
    pub(super) fn new(stage: T, service: S) -> Self {
        Self(Rc::new((stage, service)))
    }
}

impl<T, S, B> Service<ServiceRequest> for StageService<T, S>
where
    T: Stage,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse<BoxBody>, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.1.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let this = Rc::clone(&self.0);
        Box::pin(async move {
            let (stage, service) = &*this;
            stage.process(request, service).await
        })
    }
}

/// Implements `Transform` for a [`Stage`].
macro_rules! transform {
    ($stage:ty) => {
        impl<S, B> actix_web::dev::Transform<S, actix_web::dev::ServiceRequest> for $stage
        where
            S: actix_web::dev::Service<
                    actix_web::dev::ServiceRequest,
                    Response = actix_web::dev::ServiceResponse<B>,
                    Error = actix_web::Error,
                > + 'static,
            B: actix_web::body::MessageBody + 'static,
        {
            type Response = actix_web::dev::ServiceResponse;
            type Error = actix_web::Error;
            type Transform = $crate::middleware::transform::StageService<Self, S>;
            type InitError = ();
            type Future = std::future::Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, service: S) -> Self::Future {
                let stage = self.clone();
                std::future::ready(Ok($crate::middleware::transform::StageService::new(
                    stage, service,
                )))
            }
        }
    };
}

pub(super) use transform;
