//! OAuth 2.0: by which flows a client gets a token, and for which scopes.

use std::collections::BTreeMap;

use serde::Serialize;

/// The flows by which a client can get a token (OpenAPI 3.1.1 section 4.8.28).
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
    /// One flow.
    #[must_use]
    pub fn new(flow: OAuthFlow) -> Self {
        Self(BTreeMap::from([(flow.grant, flow)]))
    }

    /// Another flow, in place of the one of its kind that may be there.
    #[must_use]
    pub fn and(mut self, flow: OAuthFlow) -> Self {
        self.0.insert(flow.grant, flow);
        self
    }

    /// The flows by kind; there is at least one.
    pub fn iter(&self) -> impl Iterator<Item = (OAuthGrant, &OAuthFlow)> {
        self.0.iter().map(|(grant, flow)| (*grant, flow))
    }
}

/// The kinds of flow OpenAPI has a place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum OAuthGrant {
    /// The token comes with the redirect; RFC 9700 advises against it.
    Implicit,
    /// The client knows the user's password; RFC 9700 forbids it.
    Password,
    /// The client speaks for itself (RFC 6749 section 4.4).
    ClientCredentials,
    /// The user agrees in the browser (RFC 6749 section 4.1).
    AuthorizationCode,
}

/// A flow by which a client can get a token (OpenAPI 3.1.1 section 4.8.29).
/// Each kind has the addresses it needs and no other.
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
    /// The token comes with the redirect.
    pub fn implicit(authorization_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::Implicit, Some(authorization_url.into()), None)
    }

    /// The client knows the user's password.
    pub fn password(token_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::Password, None, Some(token_url.into()))
    }

    /// The client speaks for itself.
    pub fn client_credentials(token_url: impl Into<String>) -> Self {
        Self::of(OAuthGrant::ClientCredentials, None, Some(token_url.into()))
    }

    /// The user agrees in the browser, the client exchanges the code for a token.
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

    /// Where a token is renewed.
    #[must_use]
    pub fn refresh_url(mut self, url: impl Into<String>) -> Self {
        self.refresh_url = Some(url.into());
        self
    }

    /// A scope a token can have, and what it allows.
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.scopes.insert(name.into(), description.into());
        self
    }
}
