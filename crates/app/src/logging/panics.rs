//! A panic is a line of the log like any other.
//!
//! Rust's own hook writes to standard error at once: several lines, whatever the format is, and where nobody reads them
//! the thread that panicked would wait for ever.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

use log::Level;

const TARGET: &str = "purlin::panic";

/// Sends panics to the log, with where they happened; with a backtrace where `RUST_BACKTRACE` asks for it.
pub(super) fn to_log() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let thread = thread::current();
        let thread = thread.name().unwrap_or("without a name");
        let is_logged = log::log_enabled!(target: TARGET, Level::Error);
        if thread == "main" && !is_logged {
            // The program is about to end: not without a word.
            before(panic);
        } else {
            tell(panic, thread);
        }
    }));
}

fn tell(panic: &PanicHookInfo<'_>, thread: &str) {
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
        target: TARGET,
        backtrace = backtrace.as_deref();
        "thread `{thread}` panicked at {place}: {words}"
    );
}
