//! The sections `database` and `tokens` of the settings.

use purlin_app::{Bounded, Secret};
use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

/// The database.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DatabaseSettings {
    /// `sqlite:FILE`, a file that is created if it does not exist, or `postgres://USER:PASSWORD@HOST/NAME`. By default
    /// `sqlite:conduit.db`.
    pub url: Secret<String>,
    /// Open connections.
    pub max_connections: Bounded<1, 1000>,
    /// Seconds that a request waits for a connection, and then for a lock, until it is rejected with 503.
    pub timeout: Bounded<1, 60>,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self {
            url: Secret::new("sqlite:conduit.db".to_owned()),
            max_connections: Bounded::of::<10>(),
            timeout: Bounded::of::<2>(),
        }
    }
}

/// The tokens that users get when they log in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TokenSettings {
    /// The key that tokens are signed with, of at least 32 bytes. If it is empty, one is generated, and tokens are valid until
    /// the server stops.
    pub secret: Secret<String>,
    /// Hours for which a token is valid.
    pub lifetime: Bounded<1, 8760>,
    /// Logins and registrations that wait while one password per core is hashed, for up to two seconds; further ones are
    /// rejected with 503.
    pub max_waiting: Bounded<0, 10_000>,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            secret: Secret::default(),
            lifetime: Bounded::of::<24>(),
            max_waiting: Bounded::of::<64>(),
        }
    }
}
