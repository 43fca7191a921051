//! Keys that are loaded from a file or a URL, and reloaded when they are old or a token names an unknown one.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::web;

use super::{
    error::JwtKeysError,
    key::{Key, read},
};
use crate::auth::AuthFailure;

/// The age at which keys are reloaded.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The shortest time between two loads, however many tokens name unknown keys.
const PAUSE: Duration = Duration::from_secs(10);

/// The origin of a key set.
pub(super) enum Origin {
    File(PathBuf),
    #[cfg(feature = "jwks-url")]
    Url {
        url: String,
        agent: ureq::Agent,
    },
}

/// A set of keys that is reloaded.
pub(super) struct ReloadedKeys(Arc<Shared>);

struct Shared {
    origin: Origin,
    state: Mutex<State>,
    /// Held while keys are loaded, so that one thread does.
    loading: Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<[Key]>>,
    loaded: Option<Instant>,
    attempted: Option<Instant>,
}

impl State {
    /// Returns the keys, if they are recent and include the one a token names.
    fn fresh(&self, id: Option<&str>) -> Option<Arc<[Key]>> {
        let keys = self.keys.as_ref()?;
        let is_recent = self.loaded.is_some_and(|at| at.elapsed() < LIFETIME);
        let knows = id.is_none_or(|id| keys.iter().any(|key| key.id.as_deref() == Some(id)));
        (is_recent && knows).then(|| Arc::clone(keys))
    }

    fn was_attempted_recently(&self) -> bool {
        self.attempted.is_some_and(|at| at.elapsed() < PAUSE)
    }
}

impl ReloadedKeys {
    pub(super) fn new(origin: Origin, keys: Option<Arc<[Key]>>) -> Self {
        let now = keys.as_ref().map(|_| Instant::now());
        Self(Arc::new(Shared {
            origin,
            state: Mutex::new(State {
                keys,
                loaded: now,
                attempted: now,
            }),
            loading: Mutex::new(()),
        }))
    }

    /// Returns the keys, reloaded where that is due.
    pub(super) async fn keys(&self, id: Option<&str>) -> Result<Arc<[Key]>, AuthFailure> {
        if let Some(keys) = self.0.with(|state| {
            let recent = state
                .was_attempted_recently()
                .then(|| state.keys.clone())
                .flatten();
            state.fresh(id).or(recent)
        }) {
            return Ok(keys);
        }
        let shared = Arc::clone(&self.0);
        let id = id.map(ToOwned::to_owned);
        web::block(move || shared.load(id.as_deref()))
            .await
            .ok()
            .flatten()
            .ok_or(AuthFailure::Unavailable)
    }
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        // Its values are replaced as a whole, so it is valid after any panic.
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads the keys, unless another thread just did, and returns them.
    fn load(&self, id: Option<&str>) -> Option<Arc<[Key]>> {
        let _one_at_a_time = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.with(|state| {
            let fresh = state.fresh(id);
            (fresh.is_some() || state.was_attempted_recently())
                .then(|| fresh.or(state.keys.clone()))
        });
        if let Some(known) = known {
            return known;
        }
        let loaded = self.origin.load();
        self.with(|state| {
            let now = Instant::now();
            state.attempted = Some(now);
            match loaded {
                Ok(keys) => {
                    state.loaded = Some(now);
                    state.keys = Some(keys);
                }
                Err(error) => log::error!(target: "purlin::auth", "keys cannot be reloaded, the last ones are used: {error}"),
            }
            state.keys.clone()
        })
    }
}

impl Origin {
    /// Loads the keys; blocks.
    pub(super) fn load(&self) -> Result<Arc<[Key]>, JwtKeysError> {
        match self {
            Self::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|source| JwtKeysError::File {
                    path: path.clone(),
                    source,
                })?;
                read(&text, &path.display().to_string())
            }
            #[cfg(feature = "jwks-url")]
            Self::Url { url, agent } => {
                let fetch = || {
                    agent
                        .get(url)
                        .call()?
                        .body_mut()
                        .with_config()
                        .limit(LARGEST)
                        .read_to_string()
                };
                let text = fetch().map_err(|error| JwtKeysError::Jwks {
                    origin: url.clone(),
                    reason: error.to_string(),
                })?;
                read(&text, url)
            }
        }
    }
}

/// The largest key set that is read, in bytes.
#[cfg(feature = "jwks-url")]
const LARGEST: u64 = 1024 * 1024;

/// The timeout of a fetch.
#[cfg(feature = "jwks-url")]
const FETCH_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(feature = "jwks-url")]
impl Origin {
    pub(super) fn url(url: String) -> Result<Self, JwtKeysError> {
        let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .filter_map(|here| url.strip_prefix(here))
            .any(|rest| rest.is_empty() || rest.starts_with([':', '/']));
        if !is_local && !url.starts_with("https://") {
            return Err(JwtKeysError::InsecureUrl(url));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(FETCH_TIMEOUT))
            .https_only(!is_local)
            .build();
        Ok(Self::Url {
            url,
            agent: agent.into(),
        })
    }
}
