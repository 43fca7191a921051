//! The log: lines on standard error, as text for people or as JSON for machines, written off the request's path.
//!
//! How a line looks is in `line`, what becomes of a record in `record`, how it gets to standard error in `queue`, and that
//! nobody can bring a line of his own into it in `harmless`. What is logged is decided where it happens; here a panic alone
//! becomes a line.

mod harmless;
mod line;
mod panics;
mod queue;
mod record;

use std::{
    env, io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use env_filter::Filter;
use log::{Log, Metadata, Record};

use crate::{
    access::{self, Entry},
    settings::{LogFilter, LogFormat, LogSettings, SettingsError},
};

pub(crate) use queue::Lines;

const OVERRIDE: &str = "RUST_LOG";

/// How long the end of the process waits for standard error to take the last lines.
const PATIENCE: Duration = Duration::from_secs(2);

/// Starts logging. `RUST_LOG` wins over the setting, as everywhere.
pub(crate) fn start(settings: &LogSettings) -> Result<Started, SettingsError> {
    let filter = match env::var(OVERRIDE) {
        Ok(filter) => {
            let filter: LogFilter = filter
                .parse()
                .map_err(|message: String| SettingsError::in_variable(OVERRIDE, message))?;
            filter
        }
        Err(_) => settings.level.clone(),
    };
    let filter = filter.as_str();
    // Behind a slash stands what a message has to hold.
    let reads_messages = filter.contains('/');
    let filter = env_filter::Builder::new()
        .try_parse(filter)
        .map_err(|error| SettingsError::in_variable(OVERRIDE, error.to_string()))?
        .build();
    let format = settings.format;
    let lines = Lines::start(settings.queue.to_usize(), io::stderr(), format).map_err(|error| {
        SettingsError::of_process(format!("cannot start the log's thread: {error}"))
    })?;
    let level = filter.filter();
    let access = Metadata::builder()
        .target(access::TARGET)
        .level(access::LEVEL)
        .build();
    let logger = Arc::new(Logger {
        has_access: filter.enabled(&access),
        reads_messages,
        refuses: AtomicBool::new(false),
        filter,
        format,
        lines: Arc::clone(&lines),
    });
    // A program that embeds the app may have set up a logger of its own: keep it.
    let ours = log::set_boxed_logger(Box::new(Shared(Arc::clone(&logger)))).is_ok();
    if ours {
        log::set_max_level(level);
        panics::to_log();
    }
    Ok(Started {
        lines: Some(lines),
        access: AccessLog(ours.then_some(logger)),
    })
}

/// The log in force. What is queued is written when this is dropped, also when a panic ends the program.
#[derive(Default)]
pub(crate) struct Started {
    lines: Option<Arc<Lines>>,
    access: AccessLog,
}

impl Started {
    /// What the lines go through; nothing where starting it failed.
    pub(crate) fn lines(&self) -> Option<Arc<Lines>> {
        self.lines.clone()
    }

    /// Where the lines of requests go.
    pub(crate) fn access(&self) -> &AccessLog {
        &self.access
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(lines) = &self.lines {
            lines.flush(PATIENCE);
        }
    }
}

/// Where the lines of requests go: to our own logger straight, to another one as a record like any.
#[derive(Clone, Default)]
pub(crate) struct AccessLog(Option<Arc<Logger>>);

impl AccessLog {
    /// Whether there is any use in telling it something.
    pub(crate) fn is_on(&self) -> bool {
        match &self.0 {
            Some(logger) => logger.has_access,
            None => log::log_enabled!(target: access::TARGET, access::LEVEL),
        }
    }

    /// From here on connections are refused, so that failing to take one is no error.
    pub(crate) fn connections_are_refused(&self) {
        if let Some(logger) = &self.0 {
            logger.refuses.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn write(&self, entry: &Entry<'_>) {
        let Some(logger) = &self.0 else {
            return with_record(entry, |record| log::logger().log(record));
        };
        if !logger.reads_messages || with_record(entry, |record| logger.filter.matches(record)) {
            logger.lines.put(line::of_access(entry, logger.format));
        }
    }
}

/// The entry as a record like any.
fn with_record<T>(entry: &Entry<'_>, then: impl FnOnce(&Record<'_>) -> T) -> T {
    let mut record = Record::builder();
    record.target(access::TARGET).level(access::LEVEL);
    then(
        &record
            .key_values(entry)
            .args(format_args!("{entry}"))
            .build(),
    )
}

/// What takes connections: it fails once they are refused.
const ACCEPTING: &str = "actix_server::accept";

pub(crate) struct Logger {
    filter: Filter,
    /// Whether connections are refused on purpose.
    refuses: AtomicBool,
    /// Whether the filter lets the lines of requests through at all.
    has_access: bool,
    /// Whether it asks what they say.
    reads_messages: bool,
    format: LogFormat,
    lines: Arc<Lines>,
}

impl Logger {
    /// Whether this is said of what was done on purpose.
    fn expects(&self, record: &Record<'_>) -> bool {
        record.target() == ACCEPTING && self.refuses.load(Ordering::Relaxed)
    }
}

/// The logger as the facade wants it.
struct Shared(Arc<Logger>);

impl Log for Shared {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        let logger = &*self.0;
        if logger.filter.matches(record) && !logger.expects(record) {
            let line = access::with_current_id(|id| record::of(record, logger.format, id));
            logger.lines.put(line);
        }
    }

    /// For code that is about to end the process by itself.
    fn flush(&self) {
        self.0.lines.flush(PATIENCE);
    }
}
