//! Who may call: schemes, and what operations require of them.

use std::collections::BTreeMap;

use serde::Serialize;

/// A way to authenticate (OpenAPI 3.1.1 section 4.8.27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum SecurityScheme {
    /// A secret in a header, a query parameter or a cookie.
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    ApiKey {
        /// Where it stands.
        #[serde(rename = "in")]
        location: ApiKeyLocation,
        /// The name of the header, parameter or cookie.
        name: String,
        /// What it is for; CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A scheme of the HTTP authentication registry, such as `bearer`.
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    Http {
        /// The scheme's registered name (RFC 9110 section 16.4.1).
        scheme: String,
        /// How a bearer token is made, for readers: `JWT`.
        #[serde(skip_serializing_if = "Option::is_none")]
        bearer_format: Option<String>,
        /// What it is for; CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
}

impl SecurityScheme {
    /// A secret in a header, query parameter or cookie of this name.
    pub fn api_key(location: ApiKeyLocation, name: impl Into<String>) -> Self {
        Self::ApiKey {
            location,
            name: name.into(),
            description: None,
        }
    }

    /// Bearer tokens (RFC 6750) made in a way readers may want to know: `JWT`.
    pub fn bearer(format: impl Into<String>) -> Self {
        Self::Http {
            scheme: "bearer".to_owned(),
            bearer_format: Some(format.into()),
            description: None,
        }
    }

    /// A scheme of the HTTP authentication registry: `basic`, `bearer`.
    pub fn http(scheme: impl Into<String>) -> Self {
        Self::Http {
            scheme: scheme.into(),
            bearer_format: None,
            description: None,
        }
    }
}

/// Where an API key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiKeyLocation {
    /// In a header.
    Header,
    /// In a query parameter.
    Query,
    /// In a cookie; Swagger 2.0 has no place for it.
    Cookie,
}

/// Schemes that have to be met together, with the scopes each needs
/// (OpenAPI 3.1.1 section 4.8.30).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SecurityRequirement(BTreeMap<String, Vec<String>>);

impl SecurityRequirement {
    /// One scheme, without scopes.
    pub fn new(scheme: impl Into<String>) -> Self {
        Self::default().and(scheme)
    }

    /// Another scheme that has to be met as well.
    #[must_use]
    pub fn and(mut self, scheme: impl Into<String>) -> Self {
        self.0.entry(scheme.into()).or_default();
        self
    }

    /// The scopes a scheme needs, or the roles; the scheme has to be met as well.
    #[must_use]
    pub fn scopes<S: Into<String>>(
        mut self,
        scheme: impl Into<String>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.0.insert(scheme.into(), scopes);
        self
    }

    /// The schemes that have to be met.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
