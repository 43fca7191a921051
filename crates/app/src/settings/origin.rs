//! The origins of values, as errors and `config` print them: `billing.toml:3:1`, `environment variable NAME`, `flag --name`.

const VARIABLE: &str = "environment variable ";

/// What the origin of a flag begins with.
pub(super) const FLAG: &str = "flag ";

/// Returns the origin of the environment variable `name`.
pub(super) fn variable(name: &str) -> String {
    format!("{VARIABLE}{name}")
}

/// Returns whether the value was set by an environment variable.
pub(super) fn is_variable(origin: &str) -> bool {
    origin.starts_with(VARIABLE)
}

/// Returns whether every value of this origin is text, so that `"2"` may be a number. In the file a number is written as a
/// number.
pub(super) fn is_text(origin: Option<&str>) -> bool {
    origin.is_some_and(|origin| is_variable(origin) || origin.starts_with(FLAG))
}
