//! A handler with its types forgotten: one boxed call per operation, which
//! authenticates, reads every argument, calls the handler and renders what it
//! says. A panic anywhere in there becomes a 500 and a line in the log.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{self, Poll},
};

use actix_web::{
    HttpRequest, HttpResponse,
    dev::{Payload, ServiceRequest, ServiceResponse},
};

use crate::{
    auth::Guards, context::Context, context::OperationData, describe::OperationBuilder,
    error::Rejection, extractor::Extractors, operation::Handler, reply::Reply, time_limit, unread,
    verify::ResponseChecks,
};

pub(crate) type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<ServiceResponse, actix_web::Error>>>>;

type Call = dyn Fn(ServiceRequest, Arc<OperationData>, Arc<Guards>) -> ResponseFuture + Send + Sync;

/// What an operation does, and how it describes itself.
#[derive(Clone)]
pub(crate) struct Endpoint {
    call: Arc<Call>,
    describe: fn(&mut OperationBuilder<'_>),
}

impl Endpoint {
    pub(crate) fn new<F, A>(handler: F) -> Self
    where
        F: Handler<A> + Send + Sync,
        F::Output: Reply,
        A: Extractors,
    {
        let call = move |request: ServiceRequest, data: Arc<OperationData>, guards: Arc<Guards>| {
            let handler = handler.clone();
            let future: ResponseFuture = Box::pin(async move {
                let (request, mut payload) = request.into_parts();
                let caught = {
                    let mut answer = pin!(answer(&request, &mut payload, &data, &guards, &handler));
                    time_limit::within(data.time_limit, |cx| poll_or_catch(answer.as_mut(), cx))
                        .await
                };
                let response = match caught {
                    Some(Ok(response)) => checked(response, &request, &data),
                    Some(Err(panic)) => panicked(&panic, &request, &data),
                    None => time_limit::answer(&request, &mut payload, &data),
                };
                if let Some(rest) = unread::rest(request.headers(), &mut payload) {
                    rest.await;
                }
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

    pub(crate) fn describe(&self, describe: &mut OperationBuilder<'_>) {
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
    A: Extractors,
{
    let context = Context::new(request, data);
    if let Some(mock) = &data.mock
        && let Some(preferred) = mock.preferred(request, data.style)
    {
        return preferred;
    }
    if let Some(only) = guards.only() {
        if let Err(failure) = only.authenticator.let_in(request).await {
            return guards.refuse_only(failure).respond(&context);
        }
    } else if !guards.are_open()
        // In a box, so that other operations carry nothing of it.
        && let Err(rejection) = Box::pin(guards.check(request)).await
    {
        return rejection.respond(&context);
    }
    let arguments = A::read(&context, payload).await;
    let headers = data
        .header_rule
        .map_or(Ok(()), |rule| (rule.check)(&context));
    match (arguments, headers) {
        (Ok(arguments), Ok(())) => match &data.mock {
            None => handler.call(arguments).await.reply(&context),
            Some(mock) => mock.usual(data.style),
        },
        (Err(rejection), Ok(())) | (Ok(_), Err(rejection)) => rejection.respond(&context),
        (Err(arguments), Err(headers)) => {
            Rejection::combine(vec![arguments, headers]).respond(&context)
        }
    }
}

/// Polls a future, to its panic if it comes to that.
///
/// It is polled where it stands: moved into a future of its own it would be there twice.
fn poll_or_catch<F: Future>(
    future: Pin<&mut F>,
    cx: &mut task::Context<'_>,
) -> Poll<Result<F::Output, Box<dyn Any + Send>>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// Holds a reply to the document, if the registry wants that.
fn checked(response: HttpResponse, request: &HttpRequest, data: &OperationData) -> HttpResponse {
    if data.response_checks == ResponseChecks::Off {
        return response;
    }
    let (response, broken) = data.replies.verify(response);
    let Some(words) = broken else { return response };
    log::error!(
        target: "purlin::contract",
        "operation {} ({} {}) answered against its contract: {words}",
        data.info.operation_id(),
        request.method(),
        data.info.template(),
    );
    match data.response_checks {
        ResponseChecks::Refuse => Rejection::internal(words).respond(&Context::new(request, data)),
        _ => response,
    }
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
    Rejection::internal(words).respond(&Context::new(request, data))
}
