//! Ratios and units of the figures.

/// Divides two counts; they are far below 2^53, where `f64` becomes inexact.
pub(super) fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

/// Converts nanoseconds to milliseconds.
pub(super) fn millis(ns: u64) -> f64 {
    ns as f64 / 1e6
}

/// Converts the kernel's kB of 1,024 bytes to megabytes of 10^6 bytes.
pub(super) fn megabytes(kb: u64) -> f64 {
    kb as f64 * 1024.0 / 1e6
}

/// Converts nanoseconds to microseconds.
pub(super) fn micros(ns: u64) -> f64 {
    ns as f64 / 1e3
}
