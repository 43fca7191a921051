//! Checks filters of the log in the syntax of `env_logger` before the logger exists.
//!
//! `env_logger` itself prints a warning for a directive it cannot parse and ignores it; here such a directive is an error
//! of the settings. What passes this check is accepted by `env_logger::Builder::parse_filters` without a warning.

use log::LevelFilter;

/// Checks a filter: directives separated by commas, then optionally a slash and a text that messages have to contain.
///
/// A word that is no level is the name of a target to `env_logger`, and `inof` would silence the log; so a directive
/// without a level has to look like a target, with a colon in it.
pub(crate) fn check_filter(filter: &str) -> Result<(), String> {
    let (directives, text) = filter.split_once('/').unwrap_or((filter, ""));
    if !text.contains('/') && directives.split(',').all(is_directive) {
        return Ok(());
    }
    Err(format!(
        "expected off, error, warn, info, debug, trace or a filter such as \
         `warn,purlin::access=info`, found `{}`",
        filter.escape_debug()
    ))
}

fn is_directive(directive: &str) -> bool {
    let is_level = |text: &str| text.parse::<LevelFilter>().is_ok();
    let directive = directive.trim();
    match directive.split_once('=') {
        None => directive.contains(':') || is_level(directive),
        Some((_, level)) => level.trim().is_empty() || is_level(level.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_filter;

    #[test]
    fn levels_targets_and_texts_are_accepted() {
        for filter in [
            "off",
            "INFO",
            "warn,purlin::access=info",
            "warn, purlin::access = info",
            "purlin::access",
            "mail=debug,info",
            "mail=",
            "info/GET",
        ] {
            assert_eq!(check_filter(filter), Ok(()), "{filter}");
        }
    }

    #[test]
    fn directives_that_env_logger_would_ignore_or_misread_are_rejected() {
        for filter in [
            "",
            "inof",
            "info,",
            "mail=inof",
            "mail=info=debug",
            "info/a/b",
            "7",
        ] {
            assert!(check_filter(filter).is_err(), "{filter}");
        }
    }
}
