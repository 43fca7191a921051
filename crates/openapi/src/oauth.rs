//! OAuth 2.0 flows and scopes.

use std::collections::BTreeMap;

use serde::Serialize;

/// The supported OAuth 2.0 flows (OpenAPI 3.1.1 section 4.8.28).
///
/// ```
/// use purlin_openapi::{OAuthFlow, OAuthFlows, SecurityScheme};
///
/// let code = OAuthFlow::authorization_code("https://id.example/authorize", "https://id.example/token")
///     .scope("todos:read", "Read todos.");
/// let scheme = SecurityScheme::oauth2(OAuthFlows::new(code));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OAuthFlows(BTreeMap<OAuthGrant, OAuthFlow>);

impl OAuthFlows {
    /// Creates a set with one flow.
    #[must_use]
    pub fn new(flow: OAuthFlow) -> Self {
        Self(BTreeMap::from([(flow.grant, flow)]))
    }

    /// Adds a flow. It replaces an existing one with the same grant.
    #[must_use]
    pub fn and(mut self, flow: OAuthFlow) -> Self {
        self.0.insert(flow.grant, flow);
        self
    }

    /// Returns the flows by grant; there is at least one.
    pub fn iter(&self) -> impl Iterator<Item = (OAuthGrant, &OAuthFlow)> {
        self.0.iter().map(|(grant, flow)| (*grant, flow))
    }
}

/// The OAuth 2.0 grants that OpenAPI supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum OAuthGrant {
    /// The implicit grant; RFC 9700 advises against it.
    Implicit,
    /// The resource owner password credentials grant; RFC 9700 forbids it.
    Password,
    /// The client credentials grant (RFC 6749 section 4.4).
    ClientCredentials,
    /// The authorization code grant (RFC 6749 section 4.1).
    AuthorizationCode,
}

/// An OAuth 2.0 flow (OpenAPI 3.1.1 section 4.8.29) with exactly the URLs that
/// its grant needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuthFlow {
    #[serde(skip)]
    grant: OAuthGrant,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_url: Option<String>,
    scopes: BTreeMap<String, String>,
}

impl OAuthFlow {
    /// Creates an implicit flow.
    pub fn implicit(authorization_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::Implicit, Some(authorization_url.into()), None)
    }

    /// Creates a password flow.
    pub fn password(token_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::Password, None, Some(token_url.into()))
    }

    /// Creates a client credentials flow.
    pub fn client_credentials(token_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::ClientCredentials, None, Some(token_url.into()))
    }

    /// Creates an authorization code flow.
    pub fn authorization_code(
        authorization_url: impl Into<String>,
        token_url: impl Into<String>,
    ) -> Self {
        Self::of(
            OAuthGrant::AuthorizationCode,
            Some(authorization_url.into()),
            Some(token_url.into()),
        )
    }

    fn of(grant: OAuthGrant, authorization_url: Option<String>, token_url: Option<String>) -> Self {
        Self {
            grant,
            authorization_url,
            token_url,
            refresh_url: None,
            scopes: BTreeMap::new(),
        }
    }

    /// Sets the URL for refresh tokens.
    #[must_use]
    pub fn refresh_url(mut self, url: impl Into<String>) -> Self {
        self.refresh_url = Some(url.into());
        self
    }

    /// Adds a scope and its description.
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.scopes.insert(name.into(), description.into());
        self
    }
}
