//! Who may call: schemes, and what operations require of them.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{Extensions, OAuthFlows};

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
        /// What OpenAPI has no word for.
        #[serde(flatten)]
        extensions: Extensions,
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
        /// What OpenAPI has no word for.
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// A token got by one of the flows of OAuth 2.0.
    #[serde(rename = "oauth2")]
    #[non_exhaustive]
    OAuth2 {
        /// By which flows.
        flows: OAuthFlows,
        /// What it is for; CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// What OpenAPI has no word for.
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// A token of an OpenID Connect provider.
    #[non_exhaustive]
    OpenIdConnect {
        /// The address of the provider's discovery document.
        #[serde(rename = "openIdConnectUrl")]
        url: String,
        /// What it is for; CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// What OpenAPI has no word for.
        #[serde(flatten)]
        extensions: Extensions,
    },
    /// A certificate of the client's; OpenAPI 3.0 and Swagger 2.0 have no place for it.
    #[serde(rename = "mutualTLS")]
    #[non_exhaustive]
    MutualTls {
        /// What it is for; CommonMark.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// What OpenAPI has no word for.
        #[serde(flatten)]
        extensions: Extensions,
    },
}

impl SecurityScheme {
    /// A secret in a header, query parameter or cookie of this name.
    pub fn api_key(location: ApiKeyLocation, name: impl Into<String>) -> Self {
        Self::ApiKey {
            location,
            name: name.into(),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// A scheme of the HTTP authentication registry: `basic`, `bearer`.
    pub fn http(scheme: impl Into<String>) -> Self {
        Self::Http {
            scheme: scheme.into(),
            bearer_format: None,
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// A user name and a password (RFC 7617).
    #[must_use]
    pub fn basic() -> Self {
        Self::http("basic")
    }

    /// A token whoever bears it may use (RFC 6750), made in this format: `JWT`.
    pub fn bearer(format: impl Into<String>) -> Self {
        Self::Http {
            scheme: "bearer".to_owned(),
            bearer_format: Some(format.into()),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// A token got by one of these flows.
    #[must_use]
    pub fn oauth2(flows: OAuthFlows) -> Self {
        Self::OAuth2 {
            flows,
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// A token of the OpenID Connect provider whose discovery document is here.
    pub fn open_id_connect(url: impl Into<String>) -> Self {
        Self::OpenIdConnect {
            url: url.into(),
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// A certificate of the client's.
    #[must_use]
    pub fn mutual_tls() -> Self {
        Self::MutualTls {
            description: None,
            extensions: Extensions::default(),
        }
    }

    /// What it is for.
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

    /// What OpenAPI has no word for, to add to.
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

/// Where an API key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ApiKeyLocation {
    /// In a header.
    Header,
    /// In a query parameter.
    Query,
    /// In a cookie; Swagger 2.0 knows it as a part of the header `Cookie`.
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

/// Schemes that have to be met together, with the scopes each needs
/// (OpenAPI 3.1.1 section 4.8.30).
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

    /// The schemes that have to be met, each with its scopes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(scheme, scopes)| (scheme.as_str(), scopes.as_slice()))
    }
}
