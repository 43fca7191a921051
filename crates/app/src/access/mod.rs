//! What every request gets: an id, a place in the counts, and a line in the log.
//!
//! How ids are made is in `ids`, what a line tells in `entry`.

mod entry;
mod ids;

use std::{
    cell::RefCell,
    future::Future,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    web::BytesMut,
};
use purlin_router::MatchedOperation;

pub(crate) use self::{
    entry::{Entry, Field, LEVEL, TARGET},
    ids::RequestIds,
};
use crate::{
    ClientAddress,
    logging::AccessLog,
    ops::{Counts, Metrics},
    trace,
};

/// As much of a client's name for itself as is logged, in bytes.
const LONGEST_AGENT: usize = 256;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that is being answered.
    static CURRENT: Option<HeaderValue>;
}

/// Calls `then` with the id of the request in whose answer this is called; a task that a handler spawned has none.
pub(crate) fn with_current_id<R>(then: impl FnOnce(Option<&str>) -> R) -> R {
    let id = CURRENT.try_with(Clone::clone).ok().flatten();
    then(id.as_ref().and_then(|id| id.to_str().ok()))
}

/// What one worker needs around every request.
pub(crate) struct Watch {
    ids: Arc<RequestIds>,
    /// Where the ids it makes are kept: many in one piece of memory, which is freed with the last of them.
    kept: RefCell<BytesMut>,
    counts: Arc<Counts>,
    log: AccessLog,
}

/// So many ids are kept in one piece.
const IDS_KEPT: usize = 64;

impl Watch {
    /// That of one more worker.
    pub(crate) fn new(ids: &Arc<RequestIds>, metrics: &Metrics, log: &AccessLog) -> Self {
        Self {
            ids: Arc::clone(ids),
            kept: RefCell::default(),
            counts: metrics.of_a_worker(),
            log: log.clone(),
        }
    }

    fn make_id(&self) -> Option<HeaderValue> {
        let id = self.ids.next();
        let mut kept = self.kept.borrow_mut();
        if kept.capacity() < id.len() {
            kept.reserve(id.len() * IDS_KEPT);
        }
        kept.extend_from_slice(&id);
        HeaderValue::from_maybe_shared(kept.split().freeze()).ok()
    }
}

/// The id of a request, where it has one.
pub(crate) struct Id(Option<HeaderValue>);

impl Id {
    /// The answer in the making, with whose lines in the log goes the request's id.
    pub(crate) fn within<F: Future>(self, answer: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.0, answer)
    }
}

/// A request between its arrival and its answer. Dropped before its end, it was cut off: actix lets a
/// handler end whose client has gone, but not one that is under way when the server's time is up.
pub(crate) struct Visit {
    watch: Rc<Watch>,
    id: Option<HeaderValue>,
    arrived: Instant,
    is_answered: bool,
}

impl Visit {
    /// Settles the request's id. One that is made is put into the request's own
    /// header, so that handlers find it there whoever made it.
    pub(crate) fn begin(request: &mut ServiceRequest, watch: &Rc<Watch>) -> Self {
        let arrived = Instant::now();
        let given = request.headers().get(&REQUEST_ID);
        let id = match given {
            Some(id) if ids::is_usable(id) => Some(id.clone()),
            given => {
                if given.is_some() {
                    request.headers_mut().remove(&REQUEST_ID);
                }
                let made = watch.make_id();
                if let Some(id) = &made {
                    request.headers_mut().append(REQUEST_ID.clone(), id.clone());
                }
                made
            }
        };
        watch.counts.begin();
        Self {
            watch: Rc::clone(watch),
            id,
            arrived,
            is_answered: false,
        }
    }

    pub(crate) fn id(&self) -> Id {
        Id(self.id.clone())
    }

    /// Counts the answer, writes the line and puts the id on the answer.
    pub(crate) fn end<B: MessageBody>(mut self, response: &mut ServiceResponse<B>) {
        self.is_answered = true;
        let took = self.arrived.elapsed();
        let request = response.request();
        let operation = request.app_data::<MatchedOperation>();
        let counts = &self.watch.counts;
        counts.answered(operation, request.method(), response.status(), took);
        if self.watch.log.is_on() {
            self.log(response, took);
        }
        if let Some(id) = self.id.take() {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
    }

    fn log<B: MessageBody>(&self, response: &ServiceResponse<B>, took: Duration) {
        let request = response.request();
        let size = match response.response().body().size() {
            _ if request.method() == Method::HEAD => BodySize::None,
            size => size,
        };
        let operation = request.app_data::<MatchedOperation>();
        let agent = request.headers().get(header::USER_AGENT).map(|agent| {
            let agent = agent.as_bytes();
            String::from_utf8_lossy(agent.get(..LONGEST_AGENT).unwrap_or(agent))
        });
        self.watch.log.write(&Entry {
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
            trace_id: trace::id(request.headers()),
            request_id: self.id.as_ref().and_then(|id| id.to_str().ok()),
        });
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.watch.counts.end(self.is_answered);
    }
}
