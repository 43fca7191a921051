//! Logging: [`env_logger`] filters records and calls our format, which writes lines of text or JSON; its target is a bounded
//! queue, from which a background thread writes to standard error.
//!
//! The format is in `format` and `record`, the queue in `queue`, escaping in `escape`. The line that every request gets is
//! in `access_line`.

pub(crate) mod access_line;
mod escape;
mod format;
mod panics;
mod queue;
mod record;
pub(crate) mod request_id;

use std::{
    cell::Cell,
    env,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use env_logger::{Target, fmt::Formatter};
use log::{Log, Metadata, Record};

pub(crate) use self::queue::LINE_BYTES;
use self::{
    access_line::Entry,
    queue::{LogQueue, Pipe},
};
use crate::{
    settings::{LogFilter, LogFormat, LogSettings},
    telemetry::with_current_ids,
};

/// The environment variable that overrides the setting `log.level`.
const FILTER_VARIABLE: &str = "RUST_LOG";

/// How long the end of the process waits for the last lines to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// An error that keeps the log from being started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// The environment variable is no filter.
    #[error("{message}")]
    Filter {
        variable: &'static str,
        message: String,
    },
    /// The system refused a thread.
    #[error("cannot start the thread that writes the log: {0}")]
    Thread(#[from] io::Error),
}

/// Starts logging. `RUST_LOG` overrides the setting.
pub(crate) fn start(settings: &LogSettings) -> Result<LogGuard, LogError> {
    let filter = match env::var(FILTER_VARIABLE) {
        Ok(filter) => {
            let parsed: Result<LogFilter, String> = filter.parse();
            parsed.map_err(|message| LogError::Filter {
                variable: FILTER_VARIABLE,
                message,
            })?
        }
        Err(_) => settings.level.clone(),
    };
    let format = settings.format;
    let queue = LogQueue::start(settings.queue.to_usize(), io::stderr(), format)?;
    let logger = Arc::new(Logger::new(filter.as_str(), format, &queue));
    // A program that embeds the app may have installed a logger of its own: keep it.
    let is_installed = log::set_boxed_logger(Box::new(Shared(Arc::clone(&logger)))).is_ok();
    if is_installed {
        log::set_max_level(logger.inner.filter());
        panics::log_panics();
    }
    Ok(LogGuard {
        queue: Some(queue),
        access: AccessLogger(is_installed.then_some(logger)),
    })
}

/// The running log. Dropping it writes the queued lines, also when a panic ends the program.
#[derive(Default)]
pub(crate) struct LogGuard {
    queue: Option<Arc<LogQueue>>,
    access: AccessLogger,
}

impl LogGuard {
    /// Returns a function that returns how many lines have been dropped.
    pub(crate) fn dropped_lines(&self) -> Arc<dyn Fn() -> u64 + Send + Sync> {
        let queue = self.queue.clone();
        Arc::new(move || queue.as_ref().map_or(0, |queue| queue.dropped()))
    }

    /// Returns the logger of requests.
    pub(crate) fn access(&self) -> &AccessLogger {
        &self.access
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        if let Some(queue) = &self.queue {
            queue.flush(FLUSH_TIMEOUT);
        }
    }
}

thread_local! {
    /// A buffer for lines, kept so that logging allocates nothing.
    static BUFFER: Cell<String> = const { Cell::new(String::new()) };
    /// The line of a request, already formatted, while its record is handed to the logger.
    static FORMATTED: Cell<Option<String>> = const { Cell::new(None) };
}

/// Calls `then` with an empty buffer. Reentrant calls get a new one.
fn with_buffer(then: impl FnOnce(String) -> String) {
    let mut buffer = BUFFER.take();
    buffer.clear();
    BUFFER.set(then(buffer));
}

/// Logs requests: with our own logger by the shortest path, with another one as an ordinary record.
#[derive(Clone, Default)]
pub(crate) struct AccessLogger(Option<Arc<Logger>>);

impl AccessLogger {
    /// Returns whether requests are logged at all.
    pub(crate) fn is_enabled(&self) -> bool {
        match &self.0 {
            Some(logger) => logger.logs_access,
            None => log::log_enabled!(target: access_line::TARGET, access_line::LEVEL),
        }
    }

    /// From now on connections are refused on purpose, so that failing to accept one is no error.
    pub(crate) fn connections_are_refused(&self) {
        if let Some(logger) = &self.0 {
            logger
                .are_connections_refused
                .store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn log(&self, entry: &Entry<'_>) {
        let Some(logger) = &self.0 else {
            return log_entry(log::logger(), entry);
        };
        with_buffer(|mut line| {
            format::write_access(entry, logger.format, &mut line);
            if !logger.filters_messages {
                if logger.logs_access {
                    logger.queue.push(line.as_bytes());
                }
                return line;
            }
            FORMATTED.set(Some(line));
            log_entry(&logger.inner, entry);
            FORMATTED.take().unwrap_or_default()
        });
    }
}

/// Logs a request as a record.
fn log_entry(logger: &dyn Log, entry: &Entry<'_>) {
    logger.log(
        &Record::builder()
            .target(access_line::TARGET)
            .level(access_line::LEVEL)
            .key_values(entry)
            .args(format_args!("{entry}"))
            .build(),
    );
}

/// The target of errors about accepting connections.
const ACCEPT_TARGET: &str = "actix_server::accept";

struct Logger {
    inner: env_logger::Logger,
    format: LogFormat,
    queue: Arc<LogQueue>,
    /// Whether the filter accepts the records of requests, whatever their message is.
    logs_access: bool,
    /// Whether the filter accepts only messages with a text in them.
    filters_messages: bool,
    are_connections_refused: AtomicBool,
}

impl Logger {
    /// `filter` has passed [`check_filter`].
    fn new(filter: &str, format: LogFormat, queue: &Arc<LogQueue>) -> Self {
        let inner = env_logger::Builder::new()
            .parse_filters(filter)
            .format(move |out, record| write_line(out, record, format))
            .target(Target::Pipe(Box::new(Pipe(Arc::clone(queue)))))
            .build();
        let access = Metadata::builder()
            .target(access_line::TARGET)
            .level(access_line::LEVEL)
            .build();
        Self {
            logs_access: inner.enabled(&access),
            // See `LogFilter`.
            filters_messages: filter.contains('/'),
            inner,
            format,
            queue: Arc::clone(queue),
            are_connections_refused: AtomicBool::new(false),
        }
    }

    /// Returns whether the record reports an error that is caused on purpose.
    fn is_expected(&self, record: &Record<'_>) -> bool {
        record.target() == ACCEPT_TARGET && self.are_connections_refused.load(Ordering::Relaxed)
    }
}

/// The format of `env_logger`: one write per line.
fn write_line(out: &mut Formatter, record: &Record<'_>, format: LogFormat) -> io::Result<()> {
    if let Some(line) = FORMATTED.take() {
        let written = out.write_all(line.as_bytes());
        FORMATTED.set(Some(line));
        return written;
    }
    let mut written = Ok(());
    with_buffer(|mut line| {
        request_id::with_current_id(|id| {
            with_current_ids(|ids| record::write(record, format, id, ids, &mut line));
        });
        written = out.write_all(line.as_bytes());
        line
    });
    written
}

/// The logger as the `log` crate takes it.
struct Shared(Arc<Logger>);

impl Log for Shared {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.inner.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !self.0.is_expected(record) {
            self.0.inner.log(record);
        }
    }

    /// Writes the queued lines, for code that is about to end the process.
    fn flush(&self) {
        self.0.queue.flush(FLUSH_TIMEOUT);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use actix_web::http::StatusCode;
    use log::Level;

    use super::*;

    #[derive(Clone, Default)]
    struct Out(Arc<Mutex<Vec<u8>>>);

    impl Write for Out {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Logs with a filter, and returns what is written.
    fn logged(filter: &str, log: impl FnOnce(&AccessLogger, &dyn Log)) -> String {
        let out = Out::default();
        let queue = LogQueue::start(100, out.clone(), LogFormat::Text).unwrap();
        let logger = Arc::new(Logger::new(filter, LogFormat::Text, &queue));
        let shared = Shared(Arc::clone(&logger));
        log(&AccessLogger(Some(logger)), &shared);
        shared.flush();
        let bytes = out.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn entry(path: &str) -> Entry<'_> {
        Entry {
            method: "GET",
            path,
            status: StatusCode::OK,
            bytes: Some(0),
            us: 1,
            operation: None,
            template: None,
            client: None,
            user_agent: None,
            trace_id: None,
            span_id: None,
            request_id: None,
            outcome: None,
        }
    }

    fn warn(logger: &dyn Log, target: &str, message: &str) {
        let mut record = Record::builder();
        record.level(Level::Warn).target(target);
        logger.log(&record.args(format_args!("{message}")).build());
    }

    #[test]
    fn records_are_filtered_by_target_and_by_message() {
        let text = logged("warn,purlin::access=info/kept", |access, logger| {
            access.log(&entry("/kept"));
            access.log(&entry("/other"));
            warn(logger, "mail", "kept too");
            warn(logger, "mail", "other");
        });
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains("INFO  purlin::access] GET /kept 200 0B 1us"));
        assert!(lines[1].contains("WARN  mail] kept too"));
    }

    #[test]
    fn requests_are_logged_only_where_the_filter_accepts_them() {
        logged("warn", |access, _| assert!(!access.is_enabled()));
        logged("off,purlin::access=info", |access, _| {
            assert!(access.is_enabled());
        });
    }

    #[test]
    fn errors_of_accepting_are_left_out_once_connections_are_refused_on_purpose() {
        let text = logged("info", |access, logger| {
            warn(logger, ACCEPT_TARGET, "first");
            access.connections_are_refused();
            warn(logger, ACCEPT_TARGET, "second");
            warn(logger, "actix_server::worker", "third");
        });
        assert!(text.contains("first") && text.contains("third"), "{text}");
        assert!(!text.contains("second"), "{text}");
    }

    #[test]
    fn a_record_logged_while_another_is_formatted_keeps_both_whole() {
        struct Nested<'l>(&'l dyn Log);
        impl std::fmt::Display for Nested<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                warn(self.0, "mail", "inner");
                f.write_str("outer")
            }
        }
        let text = logged("info", |_, logger| {
            let mut record = Record::builder();
            record.level(Level::Warn).target("mail");
            let nested = Nested(logger);
            logger.log(&record.args(format_args!("{nested}")).build());
        });
        let messages: Vec<_> = text.lines().filter_map(|it| it.split_once("] ")).collect();
        let messages: Vec<_> = messages.iter().map(|(_, message)| *message).collect();
        assert_eq!(messages, ["inner", "outer"]);
    }
}
