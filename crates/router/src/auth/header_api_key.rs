//! A shared secret in a header.

use std::borrow::Cow;

use actix_web::{HttpMessage, HttpRequest};
use purlin_openapi::{ApiKeyLocation, SecurityScheme};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{AuthFailure, Authenticator};

/// Lets in whoever sends one of the registered keys in a header.
///
/// Keys are compared in constant time, and every key is compared, so neither
/// the time nor the order tells anything about them. Several keys may stand
/// for one application while they are rotated.
///
/// ```
/// use purlin_router::{HeaderApiKey, Registry};
///
/// let registry = Registry::new("Greetings", "1.0.0")
///     .authenticator("apiKey", HeaderApiKey::new("X-MyApp-ApiKey").key("ada", "s3cret"));
/// ```
#[derive(Clone)]
pub struct HeaderApiKey {
    header: Cow<'static, str>,
    keys: Vec<(String, Vec<u8>)>,
}

/// The application whose key a request carried; in the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    application: String,
}

impl Authenticated {
    /// The name the key was registered under.
    #[must_use]
    pub fn application(&self) -> &str {
        &self.application
    }
}

impl HeaderApiKey {
    /// Reads the key from a header of this name.
    pub fn new(header: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: header.into(),
            keys: Vec::new(),
        }
    }

    /// Registers the key of an application. An empty key is never let in.
    #[must_use]
    pub fn key(mut self, application: impl Into<String>, key: impl Into<String>) -> Self {
        let key: String = key.into();
        if !key.is_empty() {
            self.keys.push((application.into(), key.into_bytes()));
        }
        self
    }

    /// The index of the key that equals the presented one. Every key is
    /// compared to its end; only the length of the presented one shows.
    fn find(&self, presented: &[u8]) -> Option<usize> {
        let mut found = 0_u64;
        for (index, (_, key)) in (1_u64..).zip(&self.keys) {
            let equal: Choice = key.as_slice().ct_eq(presented);
            found.conditional_assign(&index, equal);
        }
        usize::try_from(found.checked_sub(1)?).ok()
    }
}

impl std::fmt::Debug for HeaderApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeaderApiKey")
            .field("header", &self.header)
            .field(
                "applications",
                &self.keys.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

impl Authenticator for HeaderApiKey {
    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::api_key(ApiKeyLocation::Header, self.header.clone())
    }

    fn authenticate(&self, request: &HttpRequest) -> Result<(), AuthFailure> {
        let mut values = request.headers().get_all(self.header.as_ref());
        let presented = values.next().ok_or(AuthFailure::Missing)?;
        if values.next().is_some() {
            // Two keys are no key: which one counts is anybody's guess.
            return Err(AuthFailure::Invalid);
        }
        let index = self
            .find(presented.as_bytes())
            .ok_or(AuthFailure::Invalid)?;
        let (application, _) = self.keys.get(index).ok_or(AuthFailure::Invalid)?;
        request.extensions_mut().insert(Authenticated {
            application: application.clone(),
        });
        Ok(())
    }

    fn challenge(&self) -> String {
        // No scheme is registered for keys in headers; this one says where to put it.
        format!("ApiKey header=\"{}\"", self.header)
    }
}
