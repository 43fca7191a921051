//! The names that are derived from the prefix of a program.

/// The prefix of a program, from which its environment variables, its settings file and its metrics get their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Lower case letters, digits, `-` and `_`.
    text: String,
}

impl Prefix {
    /// Makes a prefix of a name; characters other than ASCII letters, digits, `-` and `_` become `_`.
    pub(crate) fn new(name: &str) -> Self {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let text = name
            .chars()
            .map(|c| {
                if allowed(c) {
                    c.to_ascii_lowercase()
                } else {
                    '_'
                }
            })
            .collect();
        Self { text }
    }

    /// Returns the prefix itself.
    #[cfg(any(feature = "store-postgres", feature = "store-redis"))]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what every environment variable of the program begins with, such as `BILLING_`.
    pub(crate) fn variables(&self) -> String {
        format!("{}_", self.text.to_uppercase().replace('-', "_"))
    }

    /// Returns the environment variable that sets `key`: `BILLING_HTTP__BIND` for `http.bind`.
    pub(crate) fn variable(&self, key: &str) -> String {
        let key = key.to_uppercase().replace('.', "__");
        format!("{}{key}", self.variables())
    }

    /// Returns the names for other programs, as JSON.
    pub(crate) fn to_json(&self) -> String {
        let names = serde_json::json!({
            "variables": self.variables(),
            "settings_file": self.settings_file(),
            "metrics": format!("{}_", self.metrics()),
        });
        format!("{names:#}\n")
    }

    /// Returns the settings file that is read when `--config` names none, such as `billing.toml`.
    pub(crate) fn settings_file(&self) -> String {
        format!("{}.toml", self.text)
    }

    /// Returns what the names of metrics begin with, without the underscore that follows it.
    pub(crate) fn metrics(&self) -> String {
        let name = self.text.replace('-', "_");
        // A metric's name does not begin with a digit.
        match name.as_bytes().first() {
            Some(b'0'..=b'9') => format!("_{name}"),
            _ => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Prefix;

    #[test]
    fn variables_file_and_metrics_are_named_after_the_prefix() {
        let prefix = Prefix::new("Billing-API");
        assert_eq!(prefix.variable("http.bind"), "BILLING_API_HTTP__BIND");
        assert_eq!(prefix.settings_file(), "billing-api.toml");
        assert_eq!(prefix.metrics(), "billing_api");
    }

    #[test]
    fn characters_that_names_cannot_have_are_replaced() {
        let prefix = Prefix::new("9 ü/lives");
        assert_eq!(prefix.variables(), "9___LIVES_");
        assert_eq!(prefix.metrics(), "_9___lives");
    }
}
