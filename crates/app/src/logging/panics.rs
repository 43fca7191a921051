//! Logs panics as ordinary log lines.
//!
//! Rust's own hook writes several lines to standard error at once, whatever the format is, and blocks the panicking
//! thread for as long as standard error accepts nothing.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
    thread,
};

use log::Level;

const TARGET: &str = "purlin::panic";

/// Installs a panic hook that logs the message and location, and a backtrace if `RUST_BACKTRACE` asks for one.
pub(super) fn log_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let thread = thread::current();
        let thread = thread.name().unwrap_or("without a name");
        let is_logged = log::log_enabled!(target: TARGET, Level::Error);
        if thread == "main" && !is_logged {
            // The program is about to end and should not do so silently.
            previous(panic);
        } else {
            log_panic(panic, thread);
        }
    }));
}

fn log_panic(panic: &PanicHookInfo<'_>, thread: &str) {
    let message = message(panic);
    let location = match panic.location() {
        Some(location) => location.to_string(),
        None => "an unknown location".to_owned(),
    };
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => Some(backtrace.to_string()),
        _ => None,
    };
    log::error!(
        target: TARGET,
        backtrace = backtrace.as_deref();
        "thread `{thread}` panicked at {location}: {message}"
    );
}

/// Returns the message of `panic!` with a literal (`&str`) or with arguments (`String`).
fn message<'p>(panic: &'p PanicHookInfo<'_>) -> &'p str {
    let payload = panic.payload();
    let literal = payload.downcast_ref::<&str>().copied();
    let formatted = || payload.downcast_ref::<String>().map(String::as_str);
    literal.or_else(formatted).unwrap_or("no message")
}
