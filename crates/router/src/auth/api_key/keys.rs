//! The registered API keys and the applications they belong to.

use std::sync::{Arc, PoisonError, RwLock};

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// The application whose key a request carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    name: Arc<str>,
}

impl Application {
    /// Returns the name the key was registered under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Keys by application. Clones share the keys, which may be registered and
/// revoked while requests are served.
///
/// ```
/// use purlin_router::auth::{HeaderApiKey, KeyRing};
///
/// let keys = KeyRing::default();
/// keys.register("ada", "old");
/// let authenticator = HeaderApiKey::new("X-Key").keys(&keys);
///
/// // Later: both keys are valid until the old one is revoked.
/// keys.register("ada", "new");
/// keys.revoke("old");
/// ```
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Vec<Entry>>>);

struct Entry {
    application: Application,
    key: Vec<u8>,
}

impl KeyRing {
    /// Registers a key of an application. An empty key is ignored.
    pub fn register(&self, application: impl Into<String>, key: impl Into<String>) {
        let key: String = key.into();
        if key.is_empty() {
            return;
        }
        let application = Application {
            name: application.into().into(),
        };
        self.write(|entries| {
            entries.push(Entry {
                application,
                key: key.into_bytes(),
            });
        });
    }

    /// Revokes a key.
    pub fn revoke(&self, key: &str) {
        self.write(|entries| entries.retain(|entry| entry.key != key.as_bytes()));
    }

    /// Revokes every key of an application.
    pub fn revoke_application(&self, application: &str) {
        self.write(|entries| entries.retain(|entry| entry.application.name() != application));
    }

    fn write(&self, change: impl FnOnce(&mut Vec<Entry>)) {
        // A list that is only pushed to and filtered is valid after any panic.
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Returns the application of a key. Every key is compared in constant time,
    /// which reveals only the length of the presented one.
    pub(super) fn find(&self, presented: &[u8]) -> Option<Application> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = 0_u64;
        for (index, entry) in (1_u64..).zip(entries.iter()) {
            let equal: Choice = entry.key.as_slice().ct_eq(presented);
            found.conditional_assign(&index, equal);
        }
        let index = usize::try_from(found.checked_sub(1)?).ok()?;
        entries.get(index).map(|entry| entry.application.clone())
    }
}

impl std::fmt::Debug for KeyRing {
    /// Writes the names of the applications, without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list()
            .entries(entries.iter().map(|entry| entry.application.name()))
            .finish()
    }
}
