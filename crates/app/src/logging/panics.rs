//! A panic is a line of the log like any other.
//!
//! Rust's own hook writes to standard error at once: several lines, whatever the format is, and where nobody reads them
//! the thread that panicked would wait for ever.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

/// Sends panics to the log, with where they happened; with a backtrace where `RUST_BACKTRACE` asks for it.
pub(super) fn to_log() {
    panic::set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let thread = thread::current();
    let thread = thread.name().unwrap_or("without a name");
    let words = panic.payload_as_str().unwrap_or("no message");
    let place = match panic.location() {
        Some(place) => place.to_string(),
        None => "an unknown place".to_owned(),
    };
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => Some(backtrace.to_string()),
        _ => None,
    };
    log::error!(
        target: "purlin::panic",
        backtrace = backtrace.as_deref();
        "thread `{thread}` panicked at {place}: {words}"
    );
}
