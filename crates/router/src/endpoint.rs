//! A handler with its types erased: one boxed call per operation, which
//! authenticates, reads every argument, calls the handler and writes its
//! reply. A panic anywhere in there becomes a 500 and a line in the log.

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

#[cfg(feature = "compression")]
use crate::extractors::decoding::Decoding;
use crate::{
    built_operation::BuiltOperation, context::Context, describe::OperationBuilder,
    error::Rejection, extractor::Extractors, handler::Handler, idempotency::Keyed,
    operation::data::OperationData, path_spans::PathSpans, replies::reply::Reply, spans::in_span,
    time_limit, unread_body, verify::ResponseChecks,
};

pub(crate) type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<ServiceResponse, actix_web::Error>>>>;

type Call = dyn Fn(ServiceRequest, Arc<BuiltOperation>, Option<Box<PathSpans>>) -> ResponseFuture
    + Send
    + Sync;

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
        let call = move |request: ServiceRequest,
                         operation: Arc<BuiltOperation>,
                         spans: Option<Box<PathSpans>>| {
            let handler = handler.clone();
            let future: ResponseFuture = Box::pin(async move {
                let (request, mut payload) = request.into_parts();
                let data = &*operation.data;
                let rule = operation.idempotency.as_ref();
                let mut keyed = rule.and_then(|rule| Keyed::start(rule, &request, &mut payload));
                #[cfg(feature = "compression")]
                let decoding = match data.accepts_compressed {
                    true => Decoding::start(&request, &mut payload),
                    false => None,
                };
                let finished = {
                    let mut response = pin!(respond(
                        &request,
                        &mut payload,
                        &operation,
                        spans.as_deref(),
                        &handler,
                        keyed.as_deref_mut(),
                    ));
                    time_limit::within(data.time_limit, |cx| poll_or_catch(response.as_mut(), cx))
                        .await
                };
                #[cfg(feature = "compression")]
                if let Some(decoding) = decoding {
                    decoding.restore(&mut payload);
                }
                if let Some(keyed) = &keyed {
                    keyed.restore(&mut payload);
                }
                // Moved as a whole: what a `match` leaves of it would be kept in the future.
                let response = settled(finished, &request, &mut payload, &operation);
                let mut response = match keyed {
                    None => response,
                    // In a box, so that other requests carry nothing of it.
                    Some(keyed) => Box::pin(keyed.finish(response)).await,
                };
                data.complete(&mut response);
                if let Some(rest) = unread_body::rest(request.headers(), &mut payload) {
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
        operation: Arc<BuiltOperation>,
        spans: Option<Box<PathSpans>>,
    ) -> ResponseFuture {
        (self.call)(request, operation, spans)
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

async fn respond<F, A>(
    request: &HttpRequest,
    payload: &mut Payload,
    operation: &BuiltOperation,
    spans: Option<&PathSpans>,
    handler: &F,
    mut keyed: Option<&mut Keyed>,
) -> HttpResponse
where
    F: Handler<A>,
    F::Output: Reply,
    A: Extractors,
{
    let BuiltOperation {
        data, guards, mock, ..
    } = operation;
    let context = Context::new(request, data).with_spans(spans);
    if let Some(mock) = mock
        && let Some(preferred) = mock.preferred(request, &data.errors)
    {
        return preferred;
    }
    if let Some(keyed) = &mut keyed {
        let authenticated = in_span!("authentication", keyed.authenticate(&context, guards));
        if let Err(response) = Box::pin(authenticated).await {
            return response;
        }
    } else if let Some(only) = guards.only() {
        let authenticated = only.authenticator.authenticate_into(request);
        if let Err(failure) = in_span!("authentication", authenticated).await {
            return context.reject(&guards.reject_only(failure));
        }
    } else if !guards.are_open()
        // In a box, so that other operations carry nothing of it.
        && let Err(rejection) = Box::pin(in_span!("authentication", guards.check(request))).await
    {
        return context.reject(&rejection);
    }
    let arguments = in_span!("validation", A::read(&context, payload)).await;
    let headers = operation
        .header_rule
        .map_or(Ok(()), |rule| (rule.check)(&context));
    if let Some(mock) = mock {
        // State is not needed without a handler, and a mock may have none.
        let arguments = arguments.err().and_then(Rejection::of_request);
        let mut rejections: Vec<_> = arguments.into_iter().chain(headers.err()).collect();
        if rejections.is_empty() {
            rejections.extend(F::Output::check_request(&context).err());
        }
        return if rejections.is_empty() {
            mock.default_reply(request, &data.errors)
        } else {
            context.reject(&context.combine(rejections))
        };
    }
    // Only the arguments live on while the handler runs, which keeps the future small.
    let arguments = match (arguments, headers) {
        (Ok(arguments), Ok(())) => arguments,
        (Err(rejection), Ok(())) | (Ok(_), Err(rejection)) => return context.reject(&rejection),
        (Err(arguments), Err(headers)) => {
            return context.reject(&context.combine(vec![arguments, headers]));
        }
    };
    if let Err(rejection) = F::Output::check_request(&context) {
        return context.reject(&rejection);
    }
    match keyed {
        None => {
            let reply = in_span!("handler", handler.call(arguments)).await;
            reply.reply(&context)
        }
        Some(keyed) => {
            let call = async {
                let reply = in_span!("handler", handler.call(arguments)).await;
                reply.reply(&context)
            };
            Box::pin(keyed.process(&context, payload, call)).await
        }
    }
}

/// Polls a future, to its panic if it comes to that.
///
/// It is polled in place: moved into a future of its own it would take twice the memory.
fn poll_or_catch<F: Future>(
    future: Pin<&mut F>,
    cx: &mut task::Context<'_>,
) -> Poll<Result<F::Output, Box<dyn Any + Send>>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// Returns the response of an operation that is done, has panicked, or was not done in time.
fn settled(
    finished: Option<Result<HttpResponse, Box<dyn Any + Send>>>,
    request: &HttpRequest,
    payload: &mut Payload,
    operation: &BuiltOperation,
) -> HttpResponse {
    match finished {
        Some(Ok(response)) => checked(response, request, operation),
        Some(Err(panic)) => panicked(&panic, request, &operation.data),
        None => time_limit::exceeded(request, payload, &operation.data),
    }
}

/// Checks a response against the document, if the registry wants that.
fn checked(
    response: HttpResponse,
    request: &HttpRequest,
    operation: &BuiltOperation,
) -> HttpResponse {
    if operation.response_checks == ResponseChecks::Off {
        return response;
    }
    let (response, broken) = operation.replies.verify(response);
    let Some(message) = broken else {
        return response;
    };
    let data = &operation.data;
    log::error!(
        target: "purlin::contract",
        "operation {} ({} {}) broke its contract: {message}",
        data.info.operation_id(),
        request.method(),
        data.info.template(),
    );
    match operation.response_checks {
        ResponseChecks::Refuse => Context::new(request, data).reject(&Rejection::internal(message)),
        _ => response,
    }
}

fn panicked(
    panic: &Box<dyn Any + Send>,
    request: &HttpRequest,
    data: &OperationData,
) -> HttpResponse {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    log::error!(
        target: "purlin::panic",
        "operation {} ({} {}) panicked: {message}",
        data.info.operation_id(),
        request.method(),
        data.info.template(),
    );
    Context::new(request, data).reject(&Rejection::internal(message))
}
