//! What happens around every request: it gets an id, is counted, and has a line in the log.
//!
//! The lines go to the target `purlin::access` at level `info`:
//!
//! ```text
//! GET /todos/7 200 73B 112us operation=get_todo template=/todos/{id} client=10.0.0.7 request_id=3f2a9c0d…
//! ```
//!
//! The query string is not logged: it may hold what belongs to nobody else.

use std::{
    collections::hash_map::RandomState,
    fmt,
    future::Future,
    hash::{BuildHasher, Hasher},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
};
use log::{Level, kv::Value};
use purlin_router::MatchedOperation;

use crate::{
    ClientAddress,
    ops::{Counts, Metrics},
    trace,
};

pub(crate) const TARGET: &str = "purlin::access";

/// The pairs of the line that its message tells as well.
pub(crate) const IN_MESSAGE: &[&str] = &["method", "path", "status", "bytes", "us"];

/// As much of a client's name for itself as is logged, in bytes.
const LONGEST_AGENT: usize = 256;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest `X-Request-Id` that is taken over from a client, in bytes.
const LONGEST_ID: usize = 128;

/// Makes request ids that do not repeat: what is random differs between
/// processes, what is counted within one.
pub(crate) struct RequestIds {
    process: [u8; 16],
    key: u64,
    count: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        // Ids must differ, not be secret: the randomness of a hash map does.
        let random = || RandomState::new().build_hasher().finish();
        Self {
            process: hex(random()),
            key: random(),
            count: AtomicU64::new(0),
        }
    }

    fn next(&self) -> Option<HeaderValue> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut id = [0; 32];
        id[..16].copy_from_slice(&self.process);
        id[16..].copy_from_slice(&hex(mix(count ^ self.key)));
        HeaderValue::from_bytes(&id).ok()
    }
}

fn hex(number: u64) -> [u8; 16] {
    std::array::from_fn(|digit| {
        let nibble = (number >> (60 - 4 * digit)) & 0xf;
        b"0123456789abcdef"[nibble as usize]
    })
}

/// Maps numbers to numbers one to one, neighbours far apart (splitmix64).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

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
    counts: Arc<Counts>,
}

impl Watch {
    /// That of one more worker.
    pub(crate) fn new(ids: &Arc<RequestIds>, metrics: &Metrics) -> Rc<Self> {
        Rc::new(Self {
            ids: Arc::clone(ids),
            counts: metrics.of_a_worker(),
        })
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
        let id = match given.filter(|id| is_usable(id)) {
            Some(id) => Some(id.clone()),
            None => {
                let made = watch.ids.next();
                if let Some(id) = &made {
                    request.headers_mut().insert(REQUEST_ID.clone(), id.clone());
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

    /// The answer in the making, with whose lines in the log goes the request's id.
    pub(crate) fn within<F: Future>(&self, answer: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.id.clone(), answer)
    }

    /// Counts the answer, writes the line and puts the id on the answer.
    pub(crate) fn end<B: MessageBody>(mut self, response: &mut ServiceResponse<B>) {
        self.is_answered = true;
        let took = self.arrived.elapsed();
        let request = response.request();
        let operation = request.app_data::<MatchedOperation>();
        let counts = &self.watch.counts;
        counts.answered(operation, request.method(), response.status(), took);
        if log::log_enabled!(target: TARGET, Level::Info) {
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
        let bytes = match size {
            BodySize::None => Some(0),
            BodySize::Sized(bytes) => Some(bytes),
            BodySize::Stream => None,
        };
        let operation = request.app_data::<MatchedOperation>();
        let client = ClientAddress::of(request).map(|client| client.0);
        let agent = request.headers().get(header::USER_AGENT).map(|agent| {
            let agent = agent.as_bytes();
            String::from_utf8_lossy(agent.get(..LONGEST_AGENT).unwrap_or(agent))
        });
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // The first five are what the message says: see `IN_MESSAGE`.
        log::info!(
            target: TARGET,
            method = request.method().as_str(),
            path = request.uri().path(),
            status = response.status().as_u16(),
            bytes = bytes,
            us = us,
            operation = operation.map(|operation| operation.operation_id()),
            template = operation.map(|operation| operation.template()),
            client = client.as_ref().map(Value::from_display),
            user_agent = agent.as_deref(),
            trace_id = trace::id(request.headers()),
            request_id = self.id.as_ref().and_then(|id| id.to_str().ok());
            "{} {} {} {} {us}us",
            request.method(),
            Escaped(request.uri().path()),
            response.status().as_u16(),
            Size(size),
        );
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.watch.counts.end(self.is_answered);
    }
}

/// Whether a client's id may stand in our log: visible ASCII, not too long.
fn is_usable(id: &HeaderValue) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

/// Text a client chose, with everything percent-encoded that could end the
/// line, colour the terminal or pass for another field.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.bytes().all(|byte| byte.is_ascii_graphic()) {
            return f.write_str(self.0);
        }
        self.0.bytes().try_for_each(|byte| match byte {
            byte if byte.is_ascii_graphic() => write!(f, "{}", char::from(byte)),
            byte => write!(f, "%{byte:02X}"),
        })
    }
}

/// The body's length; a stream has none when its answer begins.
struct Size(BodySize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            BodySize::None => f.write_str("0B"),
            BodySize::Sized(bytes) => write!(f, "{bytes}B"),
            BodySize::Stream => f.write_str("stream"),
        }
    }
}
