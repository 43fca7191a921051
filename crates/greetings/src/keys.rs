//! The keys of the guarded operations: from the settings, else one made for
//! this start.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use purlin_router::{
    auth::HeaderApiKey,
    schemas::schemars::{self, JsonSchema, SchemaGenerator, json_schema},
};
use serde::{Deserialize, Serialize, Serializer};

/// The header that carries a key.
const HEADER: &str = "X-MyApp-ApiKey";

/// The application the key made at start is registered for.
const GENERATED_FOR: &str = "generated";

/// Who may ask for a greeting.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GreetingsSettings {
    /// The key of each application that may ask for a greeting, sent in the
    /// header `X-MyApp-ApiKey`. Without any, a key is made at start and printed.
    /// Names are lower case by convention, since the environment has no other.
    pub api_keys: BTreeMap<String, ApiKey>,
}

/// A secret that can stand in a header. Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ApiKey(String);

/// Never written: what is printed of settings has to hold no secrets.
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

    /// Refuses a key that no request could carry: an empty one, or one with
    /// characters a header cannot hold (RFC 9110 section 5.5).
    fn try_from(key: String) -> Result<Self, Self::Error> {
        if key.is_empty() {
            Err("a key must not be empty; set one or remove the application")
        } else if key.trim() != key || key.contains(char::is_control) {
            Err(
                "a key must not begin or end with a space, nor hold control characters: no \
                 header could carry it",
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

/// The keys that let a request in.
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
    /// The keys of the settings; when there are none, a random one that lasts
    /// until the process ends.
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

    /// What to tell whoever starts the server at `url`, if anything: the key
    /// that was made, in a command that uses it.
    pub fn notice(&self, url: &str) -> Option<String> {
        match &self.origin {
            Origin::Settings => None,
            Origin::Generated(ApiKey(key)) => Some(format!(
                "No greetings.api_keys are set; this key was made and lasts until the server stops:\n  \
                 curl -H '{HEADER}: {key}' {url}/generic_greeting"
            )),
            Origin::Unavailable(error) => Some(format!(
                "No greetings.api_keys are set and no key could be made ({error}): the guarded \
                 operations let nobody in"
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

/// 128 bits from the operating system, as 32 hexadecimal digits.
fn random_key() -> Result<ApiKey, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(ApiKey(format!("{:032x}", u128::from_be_bytes(bytes))))
}
