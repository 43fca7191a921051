//! The API keys of the protected operations: those of the settings, or a generated one.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use purlin_router::{
    auth::HeaderApiKey,
    schemas::schemars::{self, JsonSchema, SchemaGenerator, json_schema},
};
use serde::{Deserialize, Serialize, Serializer};

/// The header that carries a key.
const HEADER: &str = "X-MyApp-ApiKey";

/// The application that the generated key belongs to.
const GENERATED_FOR: &str = "generated";

/// The clients of the greetings.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GreetingsSettings {
    /// The key of each client application, sent in the header `X-MyApp-ApiKey`. If
    /// there are none, a key is generated and printed at startup. Use lower-case
    /// names: environment variables cannot express other names.
    pub api_keys: BTreeMap<String, ApiKey>,
}

/// A secret that a header field can carry. Its `Debug` output does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ApiKey(String);

/// Writes `***`, since settings are printed.
impl Serialize for ApiKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

impl JsonSchema for ApiKey {
    fn schema_name() -> Cow<'static, str> {
        "ApiKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({"type": "string", "minLength": 1, "writeOnly": true})
    }
}

impl TryFrom<String> for ApiKey {
    type Error = &'static str;

    /// Rejects a key that no request can carry: an empty one, or one with characters
    /// that are invalid in a field value (RFC 9110 section 5.5).
    fn try_from(key: String) -> Result<Self, Self::Error> {
        if key.is_empty() {
            Err("a key must not be empty; set one or remove the application")
        } else if key.trim() != key || key.contains(char::is_control) {
            Err(
                "a key must not begin or end with a space or contain control characters: a header \
                 field cannot carry it",
            )
        } else {
            Ok(Self(key))
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

/// The keys that requests are authenticated with.
#[derive(Clone, Debug)]
pub struct ApiKeys {
    keys: BTreeMap<String, ApiKey>,
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    Settings,
    Generated(ApiKey),
    Unavailable(getrandom::Error),
}

impl ApiKeys {
    /// Takes the keys of the settings, or generates a random one that is valid until the
    /// process ends.
    pub fn new(settings: GreetingsSettings) -> Self {
        let mut keys = settings.api_keys;
        let origin = match keys.is_empty() {
            false => Origin::Settings,
            true => match random_key() {
                Ok(key) => {
                    keys.insert(GENERATED_FOR.to_owned(), key.clone());
                    Origin::Generated(key)
                }
                Err(error) => Origin::Unavailable(error),
            },
        };
        Self { keys, origin }
    }

    /// Returns a message to print at startup, if the settings have no keys: the generated
    /// key in a command that uses it, with `url` as the address of the server.
    pub fn notice(&self, url: &str) -> Option<String> {
        match &self.origin {
            Origin::Settings => None,
            Origin::Generated(ApiKey(key)) => Some(format!(
                "greetings.api_keys is not set; generated a key that is valid until the server stops:\n  \
                 curl -H '{HEADER}: {key}' {url}/generic_greeting"
            )),
            Origin::Unavailable(error) => Some(format!(
                "greetings.api_keys is not set and no key could be generated ({error}): the protected \
                 operations reject all requests"
            )),
        }
    }

    pub(crate) fn authenticator(&self) -> HeaderApiKey {
        self.keys.iter().fold(
            HeaderApiKey::new(HEADER),
            |authenticator, (name, ApiKey(key))| authenticator.key(name.clone(), key.clone()),
        )
    }
}

/// Generates a key of 128 random bits, as 32 hexadecimal digits.
fn random_key() -> Result<ApiKey, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(ApiKey(format!("{:032x}", u128::from_be_bytes(bytes))))
}
