//! Security schemes and security requirements.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{Extensions, OAuthFlows};

/// A security scheme (OpenAPI 3.1.1 section 4.8.27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum SecurityScheme {
    /// An API key in a header, a query parameter or a cookie.
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    ApiKey {
        /// The location of the key.
        #[serde(rename = "in")]
        location: ApiKeyLocation,
        /// The name of the header, parameter or cookie.
        name: String,
        /// A description in CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The specification extensions (`x-…`).
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// A scheme of the HTTP authentication scheme registry, such as `bearer`.
    #[serde(rename_all = "camelCase")]
    #[non_exhaustive]
    Http {
        /// The registered name of the scheme (RFC 9110 section 16.4.1).
        scheme: String,
        /// A hint at the format of a bearer token: `JWT`.
        #[serde(skip_serializing_if = "Option::is_none")]
        bearer_format: Option<String>,
        /// A description in CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The specification extensions (`x-…`).
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// OAuth 2.0.
    #[serde(rename = "oauth2")]
    #[non_exhaustive]
    OAuth2 {
        /// The supported flows.
        flows: OAuthFlows,
        /// A description in CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The specification extensions (`x-…`).
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// OpenID Connect.
    #[non_exhaustive]
    OpenIdConnect {
        /// The URL of the provider's discovery document.
        #[serde(rename = "openIdConnectUrl")]
        url: String,
        /// A description in CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The specification extensions (`x-…`).
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// A client certificate; not supported by OpenAPI 3.0 and Swagger 2.0.
    #[serde(rename = "mutualTLS")]
    #[non_exhaustive]
    MutualTls {
        /// A description in CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The specification extensions (`x-…`).
        #[serde(flatten)]
        extensions: Extensions,
    },
}

impl SecurityScheme {
    /// Creates an API key in a header, query parameter or cookie with this
    /// name.
    pub fn api_key(location: ApiKeyLocation, name: impl Into<String>) -> Self {
        Self::ApiKey {
            location,
            name: name.into(),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Creates a scheme of the HTTP authentication scheme registry: `basic`,
    /// `bearer`.
    pub fn http(scheme: impl Into<String>) -> Self {
        Self::Http {
            scheme: scheme.into(),
            bearer_format: None,
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Creates the scheme for Basic authentication (RFC 7617).
    #[must_use]
    pub fn basic() -> Self {
        Self::http("basic")
    }

    /// Creates the scheme for bearer tokens (RFC 6750) in this format: `JWT`.
    pub fn bearer(format: impl Into<String>) -> Self {
        Self::Http {
            scheme: "bearer".to_owned(),
            bearer_format: Some(format.into()),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Creates an OAuth 2.0 scheme with these flows.
    #[must_use]
    pub fn oauth2(flows: OAuthFlows) -> Self {
        Self::OAuth2 {
            flows,
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Creates an OpenID Connect scheme with the URL of the discovery document.
    pub fn open_id_connect(url: impl Into<String>) -> Self {
        Self::OpenIdConnect {
            url: url.into(),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Creates the scheme for client certificates.
    #[must_use]
    pub fn mutual_tls() -> Self {
        Self::MutualTls {
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Self::ApiKey { description, .. }
            | Self::Http { description, .. }
            | Self::OAuth2 { description, .. }
            | Self::OpenIdConnect { description, .. }
            | Self::MutualTls { description, .. } => *description = Some(text.into()),
        }
        self
    }

    /// Returns the specification extensions, to be changed.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        match self {
            Self::ApiKey { extensions, .. }
            | Self::Http { extensions, .. }
            | Self::OAuth2 { extensions, .. }
            | Self::OpenIdConnect { extensions, .. }
            | Self::MutualTls { extensions, .. } => extensions,
        }
    }
}

/// The location of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ApiKeyLocation {
    /// A header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie; in Swagger 2.0 a part of the header `Cookie`.
    Cookie,
}

impl ApiKeyLocation {
    /// Returns the value of `in`: `header`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Query => "query",
            Self::Cookie => "cookie",
        }
    }
}

impl fmt::Display for ApiKeyLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Schemes that all have to be satisfied, with their scopes (OpenAPI 3.1.1
/// section 4.8.30).
///
/// ```
/// use purlin_openapi::SecurityRequirement;
///
/// let both = SecurityRequirement::new("key").and("oauth").scopes("oauth", ["todos:read"]);
/// assert_eq!(both.schemes().collect::<Vec<_>>(), ["key", "oauth"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SecurityRequirement(BTreeMap<String, Vec<String>>);

impl SecurityRequirement {
    /// Creates a requirement of one scheme without scopes.
    pub fn new(scheme: impl Into<String>) -> Self {
        Self::default().and(scheme)
    }

    /// Adds a scheme without scopes.
    #[must_use]
    pub fn and(mut self, scheme: impl Into<String>) -> Self {
        self.0.entry(scheme.into()).or_default();
        self
    }

    /// Adds a scheme with the scopes or roles that it needs.
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

    /// Returns the schemes.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the schemes and their scopes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(scheme, scopes)| (scheme.as_str(), scopes.as_slice()))
    }
}
