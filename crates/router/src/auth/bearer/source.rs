//! Keys that change: where they come from, and when to look again.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::web;

use super::keys::{JwtKeysError, Key, read};
use crate::auth::AuthFailure;

/// Keys are looked at again after this long.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// However many tokens name keys nobody knows, the source is asked no more
/// often than this.
const PAUSE: Duration = Duration::from_secs(10);

/// Where a key set comes from.
pub(super) enum Origin {
    File(PathBuf),
    #[cfg(feature = "jwks-url")]
    Url {
        url: String,
        agent: ureq::Agent,
    },
}

/// A set of keys that is looked at again.
pub(super) struct Changing(Arc<Shared>);

struct Shared {
    origin: Origin,
    state: Mutex<State>,
    /// Held by whoever asks the source, so that one does.
    asking: Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<[Key]>>,
    loaded: Option<Instant>,
    asked: Option<Instant>,
}

impl State {
    /// The keys, if they will do for a token that names this one.
    fn fresh(&self, id: Option<&str>) -> Option<Arc<[Key]>> {
        let keys = self.keys.as_ref()?;
        let is_young = self.loaded.is_some_and(|at| at.elapsed() < LIFETIME);
        let knows = id.is_none_or(|id| keys.iter().any(|key| key.id.as_deref() == Some(id)));
        (is_young && knows).then(|| Arc::clone(keys))
    }

    fn was_asked_lately(&self) -> bool {
        self.asked.is_some_and(|at| at.elapsed() < PAUSE)
    }
}

impl Changing {
    pub(super) fn new(origin: Origin, keys: Option<Arc<[Key]>>) -> Self {
        let now = keys.as_ref().map(|_| Instant::now());
        Self(Arc::new(Shared {
            origin,
            state: Mutex::new(State {
                keys,
                loaded: now,
                asked: now,
            }),
            asking: Mutex::new(()),
        }))
    }

    pub(super) async fn keys(&self, id: Option<&str>) -> Result<Arc<[Key]>, AuthFailure> {
        if let Some(keys) = self.0.with(|state| {
            let lately = state
                .was_asked_lately()
                .then(|| state.keys.clone())
                .flatten();
            state.fresh(id).or(lately)
        }) {
            return Ok(keys);
        }
        let shared = Arc::clone(&self.0);
        let id = id.map(ToOwned::to_owned);
        web::block(move || shared.ask(id.as_deref()))
            .await
            .ok()
            .flatten()
            .ok_or(AuthFailure::Unavailable)
    }
}

impl Shared {
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        // What is in it is replaced whole, so it is good whatever panicked.
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the source, unless somebody just did; the keys there are then.
    fn ask(&self, id: Option<&str>) -> Option<Arc<[Key]>> {
        let _one_at_a_time = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.with(|state| {
            let fresh = state.fresh(id);
            (fresh.is_some() || state.was_asked_lately()).then(|| fresh.or(state.keys.clone()))
        });
        if let Some(known) = known {
            return known;
        }
        let loaded = self.origin.load();
        self.with(|state| {
            let now = Instant::now();
            state.asked = Some(now);
            match loaded {
                Ok(keys) => {
                    state.loaded = Some(now);
                    state.keys = Some(keys);
                }
                Err(error) => log::error!(target: "purlin::auth", "keys stay as they are: {error}"),
            }
            state.keys.clone()
        })
    }
}

impl Origin {
    /// Reads the keys; blocks.
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

/// How long the source may take to answer.
#[cfg(feature = "jwks-url")]
const PATIENCE: Duration = Duration::from_secs(10);

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
            .timeout_global(Some(PATIENCE))
            .https_only(!is_local)
            .build();
        Ok(Self::Url {
            url,
            agent: agent.into(),
        })
    }
}
