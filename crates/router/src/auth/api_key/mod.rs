//! API keys in a header, a query parameter or a cookie.

mod keys;

use std::borrow::Cow;

use actix_web::{HttpRequest, http::header::HeaderName};
use purlin_openapi::{ApiKeyLocation, SecurityScheme};

use super::{AuthFailure, Authenticator, ChallengeContext};
use crate::cookies;
pub use keys::{Application, KeyRing};

/// The name of the header, parameter or cookie that has the key.
#[derive(Clone, Debug)]
struct KeyName {
    name: Cow<'static, str>,
    /// The same as a header name, where it is a valid one.
    header: Option<HeaderName>,
}

impl KeyName {
    fn new(name: Cow<'static, str>) -> Self {
        Self {
            header: HeaderName::try_from(name.as_ref()).ok(),
            name,
        }
    }
}

macro_rules! api_keys {
    ($($(#[$doc:meta])* $name:ident in $location:ident called $location_name:literal by $find:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            key_name: KeyName,
            keys: KeyRing,
        }

        impl $name {
            #[doc = concat!("Returns an authenticator that reads the key from the ", $location_name, " of this name.")]
            pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
                Self {
                    key_name: KeyName::new(name.into()),
                    keys: KeyRing::default(),
                }
            }

            /// Registers a key of an application, which may have several while
            /// keys are rotated. An empty key is ignored.
            #[must_use]
            pub fn key(self, application: impl Into<String>, key: impl Into<String>) -> Self {
                self.keys.register(application, key);
                self
            }

            /// Uses the keys of a ring, which may change while requests are served.
            #[must_use]
            pub fn keys(mut self, keys: &KeyRing) -> Self {
                self.keys = keys.clone();
                self
            }
        }

        impl Authenticator for $name {
            type Identity = Application;

            fn scheme(&self) -> SecurityScheme {
                SecurityScheme::api_key(ApiKeyLocation::$location, self.key_name.name.clone())
            }

            async fn authenticate(&self, request: &HttpRequest) -> Result<Application, AuthFailure> {
                let mut presented = $find(request, &self.key_name);
                let first = presented.next().ok_or(AuthFailure::Missing)?;
                if presented.next().is_some() {
                    // With two keys it would be ambiguous which one counts.
                    return Err(AuthFailure::Invalid);
                }
                self.keys.find(&first).ok_or(AuthFailure::Invalid)
            }

            /// Returns the application's name, whichever of its keys was sent.
            fn subject<'i>(&self, application: &'i Application) -> Cow<'i, str> {
                Cow::Borrowed(application.name())
            }

            fn challenge(&self, _: &ChallengeContext<'_>) -> Option<String> {
                // No scheme is registered for API keys; this one names where the key is expected.
                let name = self.key_name.name.replace('\\', "\\\\").replace('"', "\\\"");
                Some(format!(concat!("ApiKey ", $location_name, "=\"{}\""), name))
            }
        }
    )+};
}

api_keys! {
    /// Authenticates requests with one of the registered keys in a header.
    ///
    /// Keys are compared in constant time, and every key is compared, so the
    /// response time reveals nothing about them.
    ///
    /// ```
    /// use purlin_router::{Registry, auth::HeaderApiKey};
    ///
    /// let registry = Registry::new("Greetings", "1.0.0")
    ///     .authenticator("apiKey", HeaderApiKey::new("X-MyApp-ApiKey").key("ada", "s3cret"));
    /// ```
    HeaderApiKey in Header called "header" by in_headers;

    /// Authenticates requests with one of the registered keys in a query parameter.
    ///
    /// URLs are stored in logs and browser histories: prefer a header.
    QueryApiKey in Query called "query" by in_query;

    /// Authenticates requests with one of the registered keys in a cookie.
    CookieApiKey in Cookie called "cookie" by in_cookies;
}

fn in_headers<'r>(
    request: &'r HttpRequest,
    key_name: &'r KeyName,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    let header = key_name.header.iter();
    let values = header.flat_map(|header| request.headers().get_all(header));
    values.map(|value| Cow::Borrowed(value.as_bytes()))
}

fn in_query<'r>(
    request: &'r HttpRequest,
    key_name: &'r KeyName,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    request
        .query_string()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(move |(key, _)| *decoded(key) == *key_name.name.as_bytes())
        .map(|(_, value)| decoded(value))
}

/// Decodes a value as HTML forms encode it: `+` is a space.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        let text = text.replace('+', " ");
        return Cow::Owned(percent_encoding::percent_decode_str(&text).collect());
    }
    percent_encoding::percent_decode_str(text).into()
}

/// Returns the values of the cookies of a name, as they were sent (RFC 6265 section 4.2.1).
fn in_cookies<'r>(
    request: &'r HttpRequest,
    key_name: &'r KeyName,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    let of_name = |(name, _): &(&[u8], _)| *name == key_name.name.as_bytes();
    let cookies = cookies::all(request).filter(of_name);
    cookies.map(|(_, value)| Cow::Borrowed(value))
}
