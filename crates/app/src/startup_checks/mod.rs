//! Checks of the settings that need more than the settings: the application, or what the system allows this process.
//!
//! What cannot be right is an error, reported with those of the settings. What may be meant is one line of the log.

mod replicas;

use crate::{
    app::App,
    settings::{InMemoryState, SettingsError},
};

/// Returns settings that contradict the application.
pub(crate) fn errors(app: &App) -> Vec<SettingsError> {
    replicas::errors(&app.settings, app.idempotency_store.is_some())
}

/// Logs settings that may not be meant.
pub(crate) fn warn(app: &App) {
    let settings = &app.settings;
    if settings.replicas().in_memory_state == InMemoryState::Warn {
        for it in replicas::unshared(settings, app.idempotency_store.is_some()) {
            log::warn!("{}: {}", it.key, it.message);
        }
    }
}
