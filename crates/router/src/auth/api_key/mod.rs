//! Shared secrets: in a header, a query parameter or a cookie.

mod keys;

use std::borrow::Cow;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use purlin_openapi::{ApiKeyLocation, SecurityScheme};

use super::{AuthFailure, Authenticator, ChallengeContext};
pub use keys::{Application, KeyRing};

/// Where a key stands.
#[derive(Clone, Debug)]
struct Place {
    name: Cow<'static, str>,
    /// The name as that of a header, if it is one.
    header: Option<HeaderName>,
}

impl Place {
    fn new(name: Cow<'static, str>) -> Self {
        Self {
            header: HeaderName::try_from(name.as_ref()).ok(),
            name,
        }
    }
}

macro_rules! api_keys {
    ($($(#[$doc:meta])* $name:ident in $location:ident called $place:literal by $find:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            place: Place,
            keys: KeyRing,
        }

        impl $name {
            #[doc = concat!("Reads the key from a ", $place, " of this name.")]
            pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
                Self {
                    place: Place::new(name.into()),
                    keys: KeyRing::default(),
                }
            }

            /// Registers a key of an application; more than one may stand for it
            /// while they are rotated. An empty key is never let in.
            #[must_use]
            pub fn key(self, application: impl Into<String>, key: impl Into<String>) -> Self {
                self.keys.register(application, key);
                self
            }

            /// Takes its keys from a ring that may change while requests are served.
            #[must_use]
            pub fn keys(mut self, keys: &KeyRing) -> Self {
                self.keys = keys.clone();
                self
            }
        }

        impl Authenticator for $name {
            type Identity = Application;

            fn scheme(&self) -> SecurityScheme {
                SecurityScheme::api_key(ApiKeyLocation::$location, self.place.name.clone())
            }

            async fn authenticate(&self, request: &HttpRequest) -> Result<Application, AuthFailure> {
                let mut presented = $find(request, &self.place);
                let first = presented.next().ok_or(AuthFailure::Missing)?;
                if presented.next().is_some() {
                    // Two keys are no key: which one counts is anybody's guess.
                    return Err(AuthFailure::Invalid);
                }
                self.keys.find(&first).ok_or(AuthFailure::Invalid)
            }

            fn challenge(&self, _: &ChallengeContext<'_>) -> Option<String> {
                // No scheme is registered for such keys; this one says where to put them.
                let name = self.place.name.replace('\\', "\\\\").replace('"', "\\\"");
                Some(format!(concat!("ApiKey ", $place, "=\"{}\""), name))
            }
        }
    )+};
}

api_keys! {
    /// Lets in whoever sends one of the registered keys in a header.
    ///
    /// Keys are compared in constant time, and every key is compared, so neither
    /// the time nor the order tells anything about them.
    ///
    /// ```
    /// use purlin_router::{Registry, auth::HeaderApiKey};
    ///
    /// let registry = Registry::new("Greetings", "1.0.0")
    ///     .authenticator("apiKey", HeaderApiKey::new("X-MyApp-ApiKey").key("ada", "s3cret"));
    /// ```
    HeaderApiKey in Header called "header" by in_headers;

    /// Lets in whoever sends one of the registered keys as a query parameter.
    ///
    /// Addresses are logged and remembered in many places: prefer a header.
    QueryApiKey in Query called "query" by in_query;

    /// Lets in whoever sends one of the registered keys in a cookie.
    CookieApiKey in Cookie called "cookie" by in_cookies;
}

fn in_headers<'r>(
    request: &'r HttpRequest,
    place: &'r Place,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    let header = place.header.iter();
    let values = header.flat_map(|header| request.headers().get_all(header));
    values.map(|value| Cow::Borrowed(value.as_bytes()))
}

fn in_query<'r>(request: &'r HttpRequest, place: &'r Place) -> impl Iterator<Item = Cow<'r, [u8]>> {
    request
        .query_string()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(move |(key, _)| *decoded(key) == *place.name.as_bytes())
        .map(|(_, value)| decoded(value))
}

/// As HTML forms write it: `+` is a space.
fn decoded(text: &str) -> Cow<'_, [u8]> {
    if text.contains('+') {
        let text = text.replace('+', " ");
        return Cow::Owned(percent_encoding::percent_decode_str(&text).collect());
    }
    percent_encoding::percent_decode_str(text).into()
}

/// Cookies of a name, as they were sent (RFC 6265 section 4.2.1).
fn in_cookies<'r>(
    request: &'r HttpRequest,
    place: &'r Place,
) -> impl Iterator<Item = Cow<'r, [u8]>> {
    request
        .headers()
        .get_all(header::COOKIE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (key, value) = pair.split_at(at);
            Some((key.trim_ascii(), value.get(1..)?.trim_ascii()))
        })
        .filter(move |(key, _)| *key == place.name.as_bytes())
        .map(|(_, value)| {
            let quoted = value
                .strip_prefix(b"\"")
                .and_then(|v| v.strip_suffix(b"\""));
            Cow::Borrowed(quoted.unwrap_or(value))
        })
}
