//! The memory that the limits allow clients to make the process hold: the sum of what every limit bounds, at its worst.
//!
//! The sizes are measured ones, rounded up. What an application keeps by itself is not part of the sum.

use crate::{
    logging::LINE_BYTES,
    ops,
    settings::{MiddlewareSettings, Settings},
};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// The process before its first request: code, registries, documents, threads.
const PROCESS: u64 = 24 * MIB;

/// A connection that waits for a request.
const IDLE_CONNECTION: u64 = 12 * KIB;

/// A connection of the operations port, with a head that has not ended, in a buffer that grows.
const OPS_CONNECTION: u64 = IDLE_CONNECTION + ops::MAX_HEAD + ops::MAX_HEAD / 2;

/// A request head that has not ended: actix-http reads up to 128 KiB before any limit of the middleware applies, and holds the
/// old buffer and the new one while it grows.
const HEAD: u64 = 192 * KIB;

/// What is kept of a response that its client does not receive: actix-http holds two pieces of 32 KiB.
const UNSENT: u64 = 64 * KIB;

/// What is read behind the request in progress, and the request that actix-http has decoded.
const READ_AHEAD: u64 = 12 * KIB;

/// A body, and the value that is decoded from it.
const BODY_COPIES: u64 = 2;

/// The decoder of a compressed body: the largest window of brotli (RFC 7932 section 9.1), which an upload may fill, and its
/// tables. Gzip needs less than a hundredth of it.
const DECODER: u64 = 16 * MIB + 4 * MIB;

/// The queue of the log, and what is being written of it.
const LOG_COPIES: u64 = 2;

/// A client in the table of the rate limit.
const CLIENT: u64 = 100;

/// A part of the sum.
pub(super) struct Part {
    pub(super) what: &'static str,
    /// The settings that bound it.
    pub(super) settings: &'static str,
    pub(super) count: u64,
    /// The bytes of each.
    pub(super) each: u64,
}

impl Part {
    pub(super) fn total(&self) -> u64 {
        self.count.saturating_mul(self.each)
    }
}

/// What the settings do not know of the application.
pub(super) struct Application {
    /// The largest body limit of an operation, in bytes.
    pub(super) largest_body: u64,
    /// Whether it has a store of idempotency keys that is not in memory.
    pub(super) has_store: bool,
}

/// Returns the parts of the sum.
pub(super) fn parts(settings: &Settings, application: &Application) -> Vec<Part> {
    let connections = settings.http().connections() as u64;
    let ops_connections = settings
        .ops()
        .bind
        .map_or(0, |_| ops::MAX_CONNECTIONS as u64);
    let part = |what, settings, count: u64, each: u64| Part {
        what,
        settings,
        count,
        each,
    };
    let MiddlewareSettings {
        limits,
        rate_limit,
        idempotency,
        compression,
        ..
    } = settings.middleware();
    // One request of a connection is processed at a time.
    let in_flight = match u64::from(limits.max_in_flight) {
        0 => connections,
        limit => limit.min(connections),
    };
    let limited_clients = [rate_limit.per_address.get(), rate_limit.per_key.get()];
    let tables = limited_clients.iter().filter(|limit| **limit > 0).count() as u64;
    let stored = match idempotency.enabled && !application.has_store {
        true => u64::from(idempotency.max_bytes),
        false => 0,
    };
    let mut parts = vec![
        part("the process", "-", 1, PROCESS),
        part(
            "connections",
            "http.max_connections",
            connections,
            IDLE_CONNECTION,
        ),
        part(
            "unfinished heads",
            "http.max_connections",
            connections,
            HEAD,
        ),
        part(
            "unsent responses",
            "http.max_connections",
            connections,
            UNSENT,
        ),
        part(
            "requests read ahead",
            "http.max_connections",
            connections,
            READ_AHEAD,
        ),
        part(
            "operations port",
            "ops.bind",
            ops_connections,
            OPS_CONNECTION,
        ),
        part(
            "bodies in flight",
            "limits.max_in_flight, limits.body_bytes",
            in_flight,
            application.largest_body.saturating_mul(BODY_COPIES),
        ),
        part(
            "decoders of bodies",
            "limits.max_in_flight, compression.requests",
            if compression.requests { in_flight } else { 0 },
            DECODER,
        ),
        part(
            "log queue",
            "log.queue",
            u64::from(settings.log().queue),
            LINE_BYTES as u64 * LOG_COPIES,
        ),
        part(
            "rate limits",
            "rate_limit.max_clients",
            tables * u64::from(rate_limit.max_clients),
            CLIENT,
        ),
        part("stored responses", "idempotency.max_bytes", 1, stored),
    ];
    parts.retain(|part| part.total() > 0);
    parts
}

/// Returns the sum.
pub(super) fn sum(parts: &[Part]) -> u64 {
    parts.iter().map(Part::total).fold(0, u64::saturating_add)
}

/// Returns what is wrong if the limits allow more memory than the process may have.
pub(super) fn excess(parts: &[Part], available: u64) -> Option<String> {
    let sum = sum(parts);
    if sum <= available {
        return None;
    }
    let mut largest: Vec<&Part> = parts.iter().filter(|part| part.settings != "-").collect();
    largest.sort_by_key(|part| std::cmp::Reverse(part.total()));
    let largest: Vec<String> = largest
        .iter()
        .take(2)
        .map(|part| {
            format!(
                "{} ({} of {})",
                part.settings,
                size(part.total()),
                part.what
            )
        })
        .collect();
    Some(format!(
        "the limits let clients take {} of memory, and this process may have {}: the kernel may kill it; lower {}, or raise \
         the limit of the container; `config limits` prints the sum",
        size(sum),
        size(available),
        largest.join(" or "),
    ))
}

/// Formats a number of bytes in binary units.
pub(super) fn size(bytes: u64) -> String {
    for (unit, name) in [
        (1024 * 1024 * MIB, "TiB"),
        (1024 * MIB, "GiB"),
        (MIB, "MiB"),
        (KIB, "KiB"),
    ] {
        if bytes >= unit {
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                rest => format!("{}.{rest} {name}", tenths / 10),
            };
        }
    }
    format!("{bytes} B")
}
