//! Where the API is reached.

use std::collections::BTreeMap;

use serde::Serialize;

/// Where the API is reached (OpenAPI 3.1.1 section 4.8.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Server {
    /// A URL; a relative one starts at the document. `{name}` stands for a variable.
    pub url: String,
    /// What this server is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the names in the URL stand for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, ServerVariable>,
}

impl Server {
    /// A server at a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    /// What this server is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What a name in the URL stands for.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, variable: ServerVariable) -> Self {
        self.variables.insert(name.into(), variable);
        self
    }

    /// The URL with every variable at its default.
    pub(crate) fn default_url(&self) -> String {
        let variables = self.variables.iter();
        variables.fold(self.url.clone(), |url, (name, variable)| {
            url.replace(&format!("{{{name}}}"), &variable.default)
        })
    }
}

/// What a name in a server's URL stands for (OpenAPI 3.1.1 section 4.8.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ServerVariable {
    /// What it stands for unless somebody chooses.
    pub default: String,
    /// What it is for; CommonMark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What there is to choose from; empty for anything.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

impl ServerVariable {
    /// A variable with this default.
    pub fn new(default: impl Into<String>) -> Self {
        Self {
            default: default.into(),
            ..Self::default()
        }
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What there is to choose from; the default has to be among them.
    #[must_use]
    pub fn choices<C: Into<String>>(mut self, choices: impl IntoIterator<Item = C>) -> Self {
        self.choices = choices.into_iter().map(Into::into).collect();
        self
    }
}
