//! The filter of the log, in the syntax of `env_logger`, checked before the logger exists.
//!
//! `env_logger` prints a warning for a directive it cannot parse and ignores it; here such a directive is an error of the
//! settings.

use std::{borrow::Cow, fmt, str::FromStr};

use log::LevelFilter;
use purlin_router::schemas::schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// Which records are logged: a level, or directives by target such as `warn,purlin::access=info`.
///
/// ```
/// use purlin_app::LogFilter;
///
/// assert!("warn,purlin::access=info".parse::<LogFilter>().is_ok());
/// assert!("inof".parse::<LogFilter>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LogFilter(String);

impl LogFilter {
    /// Returns the filter as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogFilter {
    type Err = String;

    /// Parses directives separated by commas, then optionally a slash and a text that messages have to contain.
    ///
    /// `env_logger` takes a word that is no level for the name of a target, and `inof` would silence the log; so a directive
    /// without a level has to look like a target, with a colon in it.
    fn from_str(filter: &str) -> Result<Self, String> {
        let (directives, text) = filter.split_once('/').unwrap_or((filter, ""));
        if !text.contains('/') && directives.split(',').all(is_directive) {
            return Ok(Self(filter.to_owned()));
        }
        Err(format!(
            "expected off, error, warn, info, debug, trace or a filter such as `warn,purlin::access=info`, found `{}`",
            filter.escape_debug()
        ))
    }
}

fn is_directive(directive: &str) -> bool {
    let is_level = |text: &str| text.parse::<LevelFilter>().is_ok();
    let directive = directive.trim();
    match directive.split_once('=') {
        None => directive.contains(':') || is_level(directive),
        Some((_, level)) => level.trim().is_empty() || is_level(level.trim()),
    }
}

impl<'de> Deserialize<'de> for LogFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for LogFilter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LogFilter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::LogFilter;

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
            assert!(filter.parse::<LogFilter>().is_ok(), "{filter}");
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
            assert!(filter.parse::<LogFilter>().is_err(), "{filter}");
        }
    }
}
