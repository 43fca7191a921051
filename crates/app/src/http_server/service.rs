//! The application as the service of a socket's requests: the connection knows when a request is in progress.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{self, Poll, ready},
};

use actix_http::{Payload, Request, Response};
use actix_service::{Service, ServiceFactory};
use actix_web::{
    body::{BodySize, BoxBody, MessageBody as _},
    dev::AppConfig,
    http::header,
};
use futures_util::future::{Either, LocalBoxFuture};
use pin_project_lite::pin_project;
use purlin_router::__app::{LARGE, keep};

use super::{
    Application,
    connection::{Activity, InProgress, RequestBody},
};

/// A response that has been processed already in part, when its client expected `100 Continue`.
pub(super) type Resumed = LocalBoxFuture<'static, Result<Response<BoxBody>, Response<BoxBody>>>;

/// What the service of requests and that of expectations share, on one worker and for one socket.
pub(super) struct Shared<S> {
    service: RefCell<Option<Rc<S>>>,
    /// The request that goes on in the next call: actix-http makes it as soon as `100 Continue` is in its buffer.
    resumed: Cell<Option<Resumed>>,
}

impl<S> Shared<S> {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self {
            service: RefCell::new(None),
            resumed: Cell::new(None),
        })
    }

    pub(super) fn service(&self) -> Option<Rc<S>> {
        self.service.borrow().clone()
    }

    /// Makes the next call continue a request.
    pub(super) fn resume(&self, processing: Resumed) {
        self.resumed.set(Some(processing));
    }
}

/// Makes the service of the application.
pub(super) struct RequestService<F: Application> {
    pub(super) application: F,
    pub(super) config: AppConfig,
    pub(super) shared: Rc<Shared<F::Service>>,
}

impl<F: Application> ServiceFactory<Request> for RequestService<F> {
    type Response = Response<BoxBody>;
    type Error = Response<BoxBody>;
    type Config = ();
    type Service = InProgressService<F::Service>;
    type InitError = F::InitError;
    type Future = LocalBoxFuture<'static, Result<Self::Service, Self::InitError>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let service = self.application.new_service(self.config.clone());
        let shared = Rc::clone(&self.shared);
        Box::pin(async move {
            let service = Rc::new(service.await?);
            shared.service.replace(Some(Rc::clone(&service)));
            Ok(InProgressService { service, shared })
        })
    }
}

/// The service of requests.
pub(super) struct InProgressService<S> {
    service: Rc<S>,
    shared: Rc<Shared<S>>,
}

impl<S> Service<Request> for InProgressService<S>
where
    S: Service<Request, Error = actix_web::Error>,
    S::Response: Into<Response<BoxBody>>,
{
    type Response = Response<BoxBody>;
    type Error = Response<BoxBody>;
    type Future = Either<Processing<S::Future>, Resumed>;

    fn poll_ready(&self, cx: &mut task::Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx).map_err(Response::from)
    }

    fn call(&self, request: Request) -> Self::Future {
        match self.shared.resumed.take() {
            None => Either::Left(process(&*self.service, request)),
            Some(processing) => Either::Right(processing),
        }
    }
}

/// Processes a request, which is in progress until its response begins, or ends if it is a stream.
pub(super) fn process<S: Service<Request>>(
    service: &S,
    mut request: Request,
) -> Processing<S::Future> {
    let activity = request.conn_data::<Rc<Activity>>().cloned();
    let in_progress = activity.map(|activity| activity.begin(body_of(&mut request)));
    Processing {
        response: service.call(request),
        in_progress,
    }
}

fn body_of(request: &mut Request) -> RequestBody {
    if matches!(request.payload(), Payload::None) {
        return RequestBody::Empty;
    }
    let length = request.head().headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) if !request.head().upgrade() => RequestBody::Sized(length),
        _ => RequestBody::Unknown,
    }
}

pin_project! {
    /// The future of a response.
    pub(super) struct Processing<F> {
        #[pin]
        response: F,
        in_progress: Option<InProgress>,
    }
}

impl<F, R> Future for Processing<F>
where
    F: Future<Output = Result<R, actix_web::Error>>,
    R: Into<Response<BoxBody>>,
{
    type Output = Result<Response<BoxBody>, Response<BoxBody>>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = match ready!(this.response.poll(cx)) {
            Ok(response) => response.into(),
            Err(error) => return Poll::Ready(Err(error.into())),
        };
        let in_progress = this.in_progress.take();
        Poll::Ready(Ok(match (in_progress, response.body().size()) {
            (Some(in_progress), size) if is_sent_in_parts(size) => {
                response.map_body(|_, body| keep(body, in_progress))
            }
            _ => response,
        }))
    }
}

fn is_sent_in_parts(size: BodySize) -> bool {
    match size {
        BodySize::None => false,
        BodySize::Sized(length) => length > LARGE as u64,
        BodySize::Stream => true,
    }
}
