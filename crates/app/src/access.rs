//! What happens around every request: it gets an id, and a line in the log.
//!
//! The lines go to the target `purlin::access` at level `info`:
//!
//! ```text
//! GET /send_greeting 405 73B 112us id=3f2a9c0d5b7e41d86a01c2f4e97b3d10
//! ```
//!
//! The query string is not logged: it may hold what belongs to nobody else.

use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hasher},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use actix_web::{
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
};
use log::Level;

const TARGET: &str = "purlin::access";

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

/// A request between its arrival and its answer.
pub(crate) struct Visit {
    id: Option<HeaderValue>,
    /// When it arrived; `None` when nobody reads access lines.
    arrived: Option<Instant>,
}

impl Visit {
    /// Settles the request's id. One that is made is put into the request's own
    /// header, so that handlers find it there whoever made it.
    pub(crate) fn begin(request: &mut ServiceRequest, ids: &RequestIds) -> Self {
        let arrived = log::log_enabled!(target: TARGET, Level::Info).then(Instant::now);
        let given = request.headers().get(&REQUEST_ID);
        let id = match given.filter(|id| is_usable(id)) {
            Some(id) => Some(id.clone()),
            None => {
                let made = ids.next();
                if let Some(id) = &made {
                    request.headers_mut().insert(REQUEST_ID.clone(), id.clone());
                }
                made
            }
        };
        Self { id, arrived }
    }

    /// Puts the id on the answer and writes the line.
    pub(crate) fn end<B: MessageBody>(self, response: &mut ServiceResponse<B>) {
        if let Some(arrived) = self.arrived {
            let request = response.request();
            let size = match response.response().body().size() {
                _ if request.method() == Method::HEAD => BodySize::None,
                size => size,
            };
            log::info!(
                target: TARGET,
                "{} {} {} {} {}us id={}",
                request.method(),
                Escaped(request.uri().path()),
                response.status().as_u16(),
                Size(size),
                arrived.elapsed().as_micros(),
                Escaped(self.id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or("-")),
            );
        }
        if let Some(id) = self.id {
            response.headers_mut().insert(REQUEST_ID.clone(), id);
        }
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
