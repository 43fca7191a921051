//! The request id, the counters and the access log: what every request gets.

mod followed_body;
mod request_ids;
mod trace_context;

use std::{
    borrow::Cow,
    cell::RefCell,
    fmt,
    future::{Ready, ready},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
        uri::PathAndQuery,
    },
    web::BytesMut,
};
use purlin_router::{
    MatchedOperation,
    middleware::{DescribeMiddleware, MiddlewareDescription},
};

pub(crate) use self::request_ids::RequestIdGenerator;
use super::{
    client_address::ClientAddress,
    document,
    header_summary::{self, HeaderSummary},
    transform::LocalBoxFuture,
};
use crate::{
    logging::{
        AccessLogger,
        access_line::{Entry, Outcome},
        request_id::RequestId,
    },
    ops::WorkerCounts,
    telemetry::{RequestSpan, RequestTelemetry},
};

/// The most bytes of a `User-Agent` that are logged.
const LONGEST_AGENT: usize = 256;

static REQUEST_ID: HeaderName = HeaderName::from_static(header_summary::REQUEST_ID);

/// Gives every request an id and logs it.
///
/// The id is the client's `X-Request-Id` if that is at most 128 visible ASCII characters, and a new one otherwise.
/// Handlers find it in that header field of the request, clients in that of the response.
///
/// Each request is one record of the `log` crate with the target `purlin::access`, the level `info` and its parts as
/// key-value pairs. One whose client leaves before its response begins has the status 499. A request for which the inner
/// service returns `Err` is not logged.
///
/// ```
/// use purlin_app::middleware::AccessLog;
///
/// let app = actix_web::App::new().wrap(AccessLog::new());
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct AccessLog {
    ids: Arc<RequestIdGenerator>,
    logger: AccessLogger,
}

impl AccessLog {
    /// Logs with the logger that the program has installed.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ids: Arc::new(RequestIdGenerator::new()),
            logger: AccessLogger::default(),
        }
    }
}

/// Describes `X-Request-Id` on every response.
pub(super) fn describe(operation: &mut MiddlewareDescription<'_>) {
    let description = "The id of the request: the client's own, if it sent one that may be logged.";
    let header = document::text(description, "5f0c1a9d3b7e42868d1e6f2a90b4c7d3");
    operation.response_header("X-Request-Id", &header.required());
}

impl DescribeMiddleware for AccessLog {
    fn describe(&self, operation: &mut MiddlewareDescription<'_>) {
        describe(operation);
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLog").finish_non_exhaustive()
    }
}

impl Default for AccessLog {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, B> Transform<S, ServiceRequest> for AccessLog
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = AccessLogService<S>;
    type InitError = ();
    type Future = Ready<Result<AccessLogService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let recorder = RequestRecorder::new(&self.ids, None, &self.logger, None);
        ready(Ok(AccessLogService {
            recorder: Rc::new(recorder),
            service: Rc::new(service),
        }))
    }
}

/// A service behind [`AccessLog`].
pub struct AccessLogService<S> {
    recorder: Rc<RequestRecorder>,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for AccessLogService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = LocalBoxFuture<Result<ServiceResponse<B>, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let headers = HeaderSummary::of(&request);
        let mut guard = RequestGuard::start(&mut request, &headers, &self.recorder);
        let service = Rc::clone(&self.service);
        Box::pin(guard.id().scope(async move {
            let response = service.call(request).await;
            let mut response = response.inspect_err(|_| guard.fail())?;
            guard.record(&mut response);
            Ok(response)
        }))
    }
}

/// What one worker needs to record requests.
pub(crate) struct RequestRecorder {
    ids: Arc<RequestIdGenerator>,
    /// The memory of generated ids: one allocation for many, which is freed with the last of them.
    arena: RefCell<BytesMut>,
    counts: Option<Arc<WorkerCounts>>,
    logger: AccessLogger,
    telemetry: Option<RequestTelemetry>,
}

/// The number of ids in one allocation.
const IDS_PER_ALLOCATION: usize = 64;

impl RequestRecorder {
    /// Creates the recorder of one more worker.
    pub(crate) fn new(
        ids: &Arc<RequestIdGenerator>,
        counts: Option<Arc<WorkerCounts>>,
        logger: &AccessLogger,
        telemetry: Option<RequestTelemetry>,
    ) -> Self {
        Self {
            ids: Arc::clone(ids),
            arena: RefCell::default(),
            counts,
            logger: logger.clone(),
            telemetry,
        }
    }

    fn generate_id(&self) -> Option<HeaderValue> {
        let id = self.ids.next();
        let mut arena = self.arena.borrow_mut();
        if arena.capacity() < id.len() {
            arena.reserve(id.len() * IDS_PER_ALLOCATION);
        }
        arena.extend_from_slice(&id);
        HeaderValue::from_maybe_shared(arena.split().freeze()).ok()
    }
}

/// The status in the log of a request whose client left before its response began, as nginx has it. No client receives it.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// A request from its arrival to its response, or until that is sent. If it is dropped before its response, it was aborted:
/// actix-http drops a handler whose client has closed the connection, and those that are still running when the server stops.
pub(crate) struct RequestGuard {
    recorder: Rc<RequestRecorder>,
    id: Option<HeaderValue>,
    span: Option<RequestSpan>,
    arrived: Instant,
    has_trace: bool,
    has_response: bool,
    /// For the log of what is not complete; nothing if requests are not logged.
    line: Option<RequestLine>,
}

/// What is logged of a request that is gone.
struct RequestLine {
    method: Method,
    target: Option<PathAndQuery>,
}

impl RequestGuard {
    /// Determines the id of the request. A generated one is added to the header fields of the request, so that handlers
    /// find every id in the same place.
    pub(super) fn start(
        request: &mut ServiceRequest,
        headers: &HeaderSummary,
        recorder: &Rc<RequestRecorder>,
    ) -> Self {
        let arrived = Instant::now();
        let sent = match headers.has_request_id {
            true => request.headers().get(&REQUEST_ID),
            false => None,
        };
        let id = match sent {
            Some(id) if request_ids::is_usable(id) => Some(id.clone()),
            sent => {
                if sent.is_some() {
                    request.headers_mut().remove(&REQUEST_ID);
                }
                let generated = recorder.generate_id();
                if let Some(id) = &generated {
                    request.headers_mut().append(REQUEST_ID.clone(), id.clone());
                }
                generated
            }
        };
        if let Some(counts) = &recorder.counts {
            counts.start();
        }
        let span = recorder
            .telemetry
            .as_ref()
            .map(|telemetry| telemetry.start(request.request(), headers.has_trace));
        let line = recorder.logger.is_enabled().then(|| RequestLine {
            method: request.method().clone(),
            target: request.uri().path_and_query().cloned(),
        });
        Self {
            recorder: Rc::clone(recorder),
            id,
            span,
            arrived,
            has_trace: headers.has_trace,
            has_response: false,
            line,
        }
    }

    /// Returns the id for the log lines of this request, and its span.
    pub(crate) fn id(&self) -> RequestId {
        RequestId {
            id: self.id.clone(),
            span: self.span.as_ref().map(RequestSpan::scope),
        }
    }

    /// Notes that the inner service failed: what actix-web responds with is neither counted nor logged.
    pub(crate) fn fail(&mut self) {
        self.has_response = true;
    }

    /// Counts, traces and logs the response, and adds the id to it.
    pub(crate) fn record<B: MessageBody>(&mut self, response: &mut ServiceResponse<B>) {
        self.has_response = true;
        let took = self.arrived.elapsed();
        let (counts, is_logged) = (&self.recorder.counts, self.recorder.logger.is_enabled());
        if counts.is_some() || is_logged {
            let request = response.request();
            let operation = request.app_data::<MatchedOperation>();
            if let Some(counts) = counts {
                counts.respond(operation, request.method(), response.status(), took);
            }
            if is_logged {
                self.log(response, operation, took);
            }
        }
        if let (Some(telemetry), Some(span)) = (&self.recorder.telemetry, &mut self.span) {
            let (request, status) = (response.request(), response.status());
            let client = || ClientAddress::of(request).map(|client| client.0);
            telemetry.respond(span, request, status, took, client);
        }
        if let Some(id) = self.id.take() {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
    }

    fn log<B: MessageBody>(
        &self,
        response: &ServiceResponse<B>,
        operation: Option<&MatchedOperation>,
        took: Duration,
    ) {
        let request = response.request();
        let size = match response.response().body().size() {
            _ if request.method() == Method::HEAD => BodySize::None,
            size => size,
        };
        let agent = request.headers().get(header::USER_AGENT).map(|agent| {
            let agent = agent.as_bytes();
            let agent = agent.get(..LONGEST_AGENT).unwrap_or(agent);
            // Validating whole texts is faster than looking for the part that is not valid.
            str::from_utf8(agent).map_or_else(|_| String::from_utf8_lossy(agent), Cow::Borrowed)
        });
        let ids = self.span.as_ref().map(RequestSpan::ids);
        self.recorder.logger.log(&Entry {
            method: request.method().as_str(),
            path: request.uri().path(),
            status: response.status(),
            bytes: match size {
                BodySize::None => Some(0),
                BodySize::Sized(bytes) => Some(bytes),
                BodySize::Stream => None,
            },
            us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            operation: operation.map(|operation| operation.operation_id()),
            template: operation.map(|operation| operation.template()),
            client: ClientAddress::of(request).map(|client| client.0),
            user_agent: agent.as_deref(),
            trace_id: match &ids {
                Some(ids) => Some(ids.trace()),
                None if self.has_trace => trace_context::trace_id(request.headers()),
                None => None,
            },
            span_id: ids.as_ref().map(|ids| ids.span()),
            // ASCII, as all ids are: `to_str` looks at one byte after the other.
            request_id: self
                .id
                .as_ref()
                .and_then(|id| str::from_utf8(id.as_bytes()).ok()),
            outcome: None,
        });
    }

    /// Logs a request that did not get a complete response.
    #[cold]
    fn log_unfinished(&self, status: StatusCode, bytes: u64, outcome: Outcome) {
        let Some(line) = &self.line else {
            return;
        };
        let id = self.id.as_ref();
        self.recorder.logger.log(&Entry {
            method: line.method.as_str(),
            path: line.target.as_ref().map_or("", PathAndQuery::path),
            status,
            bytes: Some(bytes),
            us: u64::try_from(self.arrived.elapsed().as_micros()).unwrap_or(u64::MAX),
            operation: None,
            template: None,
            client: None,
            user_agent: None,
            trace_id: None,
            span_id: None,
            request_id: id.and_then(|id| str::from_utf8(id.as_bytes()).ok()),
            outcome: Some(outcome),
        });
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        if let Some(counts) = &self.recorder.counts {
            counts.finish(self.has_response);
        }
        if let (Some(telemetry), Some(span)) = (&self.recorder.telemetry, &mut self.span) {
            telemetry.finish(span, self.has_response);
        }
        if !self.has_response
            && let Ok(status) = StatusCode::from_u16(CLIENT_CLOSED_REQUEST)
        {
            self.log_unfinished(status, 0, Outcome::Aborted);
        }
    }
}
