//! The log: lines on standard error, as text for people or as JSON for machines, written off the request's path.
//!
//! How a line looks is in `line`, how it gets to standard error in `queue`, and that nobody can bring a line of his own
//! into it in `harmless`. What is logged is decided where it happens; here a panic alone becomes a line.

mod harmless;
mod line;
mod panics;
mod queue;

use std::{env, io, sync::Arc, time::Duration};

use env_filter::Filter;
use log::{LevelFilter, Log, Metadata, Record};

use crate::{
    access,
    settings::{LogFormat, LogSettings, Mistake},
};

pub(crate) use queue::Lines;

const OVERRIDE: &str = "RUST_LOG";

/// How long the end of the process waits for standard error to take the last lines.
const PATIENCE: Duration = Duration::from_secs(2);

/// Starts logging. `RUST_LOG` wins over the setting, as everywhere.
pub(crate) fn start(settings: &LogSettings) -> Result<Started, Mistake> {
    let filter = match env::var(OVERRIDE) {
        Ok(filter) => {
            check_filter(&filter).map_err(|message| Mistake::in_variable(OVERRIDE, message))?;
            filter
        }
        Err(_) => settings.level.clone(),
    };
    let filter = env_filter::Builder::new()
        .try_parse(&filter)
        .map_err(|error| Mistake::in_variable(OVERRIDE, error.to_string()))?
        .build();
    let format = settings.format;
    let lines = Lines::start(settings.queue.get(), io::stderr(), format)
        .map_err(|error| Mistake::of_process(format!("cannot start the log's thread: {error}")))?;
    let level = filter.filter();
    let logger = Logger {
        filter,
        format,
        lines: Arc::clone(&lines),
    };
    // A program that embeds the app may have set up a logger of its own: keep it.
    if log::set_boxed_logger(Box::new(logger)).is_ok() {
        log::set_max_level(level);
        panics::to_log();
    }
    Ok(Started(Some(lines)))
}

/// The log in force. What is queued is written when this is dropped, also when a panic ends the program.
#[derive(Default)]
pub(crate) struct Started(Option<Arc<Lines>>);

impl Started {
    /// What the lines go through; nothing where starting it failed.
    pub(crate) fn lines(&self) -> Option<Arc<Lines>> {
        self.0.clone()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(lines) = &self.0 {
            lines.flush(PATIENCE);
        }
    }
}

struct Logger {
    filter: Filter,
    format: LogFormat,
    lines: Arc<Lines>,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.filter.matches(record) {
            let line = access::with_current_id(|id| line::of(record, self.format, id));
            self.lines.put(line);
        }
    }

    /// For code that is about to end the process by itself.
    fn flush(&self) {
        self.lines.flush(PATIENCE);
    }
}

/// What is wrong with an `env_logger` filter, if anything.
///
/// A word that is no level counts as the name of a target there, and `inof`
/// would silence the log: such a word has to look like a target.
pub(crate) fn check_filter(filter: &str) -> Result<(), String> {
    let directives = filter.split('/').next().unwrap_or_default();
    let slip = directives
        .split(',')
        .map(str::trim)
        .find(|word| !word.contains(['=', ':']) && word.parse::<LevelFilter>().is_err());
    match (slip, env_filter::Builder::new().try_parse(filter)) {
        (None, Ok(_)) => Ok(()),
        _ => Err(format!(
            "expected off, error, warn, info, debug, trace or a filter such as \
             `warn,purlin::access=info`, found `{}`",
            filter.escape_debug()
        )),
    }
}
