//! Whether replicas keep state in memory that they should share.

use crate::settings::{InMemoryState, Settings, SettingsError};

/// A setting whose state is in the memory of each replica, and what that means.
pub(super) struct Unshared {
    pub(super) key: &'static str,
    pub(super) message: String,
}

/// The state that is in a store and not in memory.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) idempotency: bool,
    pub(super) rate_limit: bool,
}

/// Returns the settings whose state is in memory although there are several replicas.
pub(super) fn unshared(settings: &Settings, shared: Shared) -> Vec<Unshared> {
    let count = settings.replicas().count.get();
    if count == 1 {
        return Vec::new();
    }
    let mut found = Vec::new();
    let middleware = settings.middleware();
    if middleware.idempotency.enabled && !shared.idempotency {
        found.push(Unshared {
            key: "idempotency.enabled",
            message: format!(
                "each of {count} replicas stores responses in its own memory, so a request that is sent again and reaches \
                 another replica is executed again; set store.url to a store that they share, or add one with \
                 `App::idempotency_store`"
            ),
        });
    }
    let rates = &middleware.rate_limit;
    for (key, limit, client) in [
        (
            "rate_limit.per_address",
            rates.per_address.get(),
            "an address",
        ),
        ("rate_limit.per_key", rates.per_key.get(), "a key"),
    ] {
        if limit == 0 || shared.rate_limit {
            continue;
        }
        let (total, window) = (u64::from(limit) * u64::from(count), rates.window);
        found.push(Unshared {
            key,
            message: format!(
                "each of {count} replicas counts for itself, so {client} has up to {total} requests in {window} seconds; \
                 set store.url to a store that they share, divide the limit by the number of replicas, or limit at the \
                 proxy in front of them"
            ),
        });
    }
    found
}

/// Returns them as errors, if the settings say so.
pub(super) fn errors(settings: &Settings, shared: Shared) -> Vec<SettingsError> {
    if settings.replicas().in_memory_state == InMemoryState::Warn {
        return Vec::new();
    }
    let unshared = unshared(settings, shared).into_iter();
    unshared
        .map(|it| {
            let remedy = "or set replicas.in_memory_state to \"warn\"";
            settings.error_at(it.key, &format!("{}, {remedy}", it.message))
        })
        .collect()
}
