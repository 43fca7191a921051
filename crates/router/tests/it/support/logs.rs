//! What the log of the current thread contains.

use std::cell::RefCell;

thread_local! {
    static RECORDS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Recorder;

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.level() == log::Level::Error {
            RECORDS.with_borrow_mut(|records| records.push(record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// Returns the errors that a function logs on this thread.
pub(crate) fn errors_of<R>(function: impl FnOnce() -> R) -> (R, Vec<String>) {
    // It is set by the first of the tests that use it.
    let _ = log::set_logger(&Recorder);
    log::set_max_level(log::LevelFilter::Error);
    RECORDS.take();
    let result = function();
    (result, RECORDS.take())
}
