//! Sets up `env_logger`: lines on standard error, level from the settings.
//!
//! What is logged is decided where it happens; nothing here writes a line.

use std::env;

use env_logger::fmt::TimestampPrecision;
use log::LevelFilter;

use crate::settings::{LogSettings, Mistake};

const OVERRIDE: &str = "RUST_LOG";

/// Starts logging. `RUST_LOG` wins over the setting, as everywhere.
pub(crate) fn start(settings: &LogSettings) -> Result<(), Mistake> {
    let filter = match env::var(OVERRIDE) {
        Ok(filter) => {
            check_filter(&filter).map_err(|message| Mistake::in_variable(OVERRIDE, message))?;
            filter
        }
        Err(_) => settings.level.clone(),
    };
    // A program that embeds the app may have set up a logger of its own: keep it.
    let _ = env_logger::Builder::new()
        .parse_filters(&filter)
        .format_timestamp(Some(TimestampPrecision::Millis))
        .try_init();
    Ok(())
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
