//! A handler with its types forgotten: one boxed call per operation, which
//! authenticates, reads every argument, calls the handler and renders what it
//! says. A panic anywhere in there becomes a 500 and a line in the log.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::{Payload, ServiceRequest, ServiceResponse},
};

use crate::{
    argument::Arguments, auth::Guards, context::Context, context::OperationData,
    describe::Describe, error::Rejection, operation::Handler, reply::Reply,
};

pub(crate) type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<ServiceResponse, actix_web::Error>>>>;

type Call = dyn Fn(ServiceRequest, Arc<OperationData>, Arc<Guards>) -> ResponseFuture + Send + Sync;

/// What an operation does, and how it describes itself.
#[derive(Clone)]
pub(crate) struct Endpoint {
    call: Arc<Call>,
    describe: fn(&mut Describe<'_>),
}

impl Endpoint {
    pub(crate) fn new<F, A>(handler: F) -> Self
    where
        F: Handler<A> + Send + Sync,
        F::Output: Reply,
        A: Arguments,
    {
        let call = move |request: ServiceRequest, data: Arc<OperationData>, guards: Arc<Guards>| {
            let handler = handler.clone();
            let future: ResponseFuture = Box::pin(async move {
                let (request, mut payload) = request.into_parts();
                let answer = answer(&request, &mut payload, &data, &guards, &handler);
                let response = match caught(answer).await {
                    Ok(response) => response,
                    Err(panic) => panicked(&panic, &request, &data),
                };
                Ok(ServiceResponse::new(request, response))
            });
            future
        };
        Self {
            call: Arc::new(call),
            describe: |describe| {
                A::describe(describe);
                F::Output::describe(describe);
            },
        }
    }

    pub(crate) fn call(
        &self,
        request: ServiceRequest,
        data: Arc<OperationData>,
        guards: Arc<Guards>,
    ) -> ResponseFuture {
        (self.call)(request, data, guards)
    }

    pub(crate) fn describe(&self, describe: &mut Describe<'_>) {
        (self.describe)(describe);
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}

async fn answer<F, A>(
    request: &HttpRequest,
    payload: &mut Payload,
    data: &OperationData,
    guards: &Guards,
    handler: &F,
) -> HttpResponse
where
    F: Handler<A>,
    F::Output: Reply,
    A: Arguments,
{
    let context = Context::new(request, data);
    if let Err(rejection) = guards.check(request) {
        return rejection.respond(&context);
    }
    match A::read(&context, payload).await {
        Ok(arguments) => handler.call(arguments).await.reply(&context),
        Err(rejection) => rejection.respond(&context),
    }
}

/// Polls a future to its end, or to its panic.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(
        move |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    )
    .await
}

fn panicked(
    panic: &Box<dyn Any + Send>,
    request: &HttpRequest,
    data: &OperationData,
) -> HttpResponse {
    let words = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    log::error!(
        target: "purlin::panic",
        "operation {} ({} {}) panicked: {words}",
        data.info.operation_id(),
        request.method(),
        data.info.template(),
    );
    Rejection::internal().respond(&Context::new(request, data))
}
