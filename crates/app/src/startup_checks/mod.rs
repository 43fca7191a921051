//! Checks of the settings that need more than the settings: the application, or what the system allows this process.
//!
//! What cannot be right is an error, reported with those of the settings. What may be meant is one line of the log.

mod available;
mod memory;
mod open_files;
mod replicas;

use self::{
    memory::{Application, size},
    replicas::Shared,
};
use crate::{
    api::Api,
    app::App,
    commands::table,
    settings::{InMemoryState, SettingsError},
};

/// Returns settings that contradict the application.
pub(crate) fn errors(app: &App) -> Vec<SettingsError> {
    let settings = &app.settings;
    let unusable = app.store_error.iter();
    let mut errors: Vec<_> = unusable
        .map(|error| settings.error_at("store.url", error))
        .chain(replicas::errors(settings, shared(app)))
        .collect();
    if settings.telemetry().is_enabled() && !cfg!(feature = "telemetry") {
        errors.push(settings.error_at(
            "telemetry.endpoint",
            "this program is built without telemetry; remove the setting, or build it with the feature telemetry of purlin-app",
        ));
    }
    errors
}

/// Raises the limit of open files, and logs settings that may not be meant.
pub(crate) fn warn(app: &App, apis: &[Api]) {
    let settings = &app.settings;
    if settings.replicas().in_memory_state == InMemoryState::Warn {
        for it in replicas::unshared(settings, shared(app)) {
            log::warn!("{}: {}", it.key, it.message);
        }
    }
    let parts = memory::parts(settings, &application(app, apis));
    let excess = available::memory().and_then(|available| memory::excess(&parts, available));
    let missing = open_files::raise(open_files::needed(settings));
    for message in excess.into_iter().chain(missing) {
        log::warn!("{message}");
    }
}

/// Prints the memory and the open files that the limits allow, and what this process may have.
pub(crate) fn limits(app: &App, apis: &[Api]) -> String {
    let parts = memory::parts(&app.settings, &application(app, apis));
    let mut rows = vec![["MEMORY", "COUNT", "EACH", "TOTAL", "SETTINGS"].map(str::to_owned)];
    rows.extend(parts.iter().map(|part| {
        [
            part.what.to_owned(),
            part.count.to_string(),
            size(part.each),
            size(part.total()),
            part.settings.to_owned(),
        ]
    }));
    let row = |what: &str, total: String| {
        let none = String::new;
        [what.to_owned(), none(), none(), total, none()]
    };
    let available = available::memory().map_or_else(|| "unknown".to_owned(), size);
    let allowed = open_files::allowed();
    let allowed = allowed.map_or_else(|| "unlimited".to_owned(), |it| it.to_string());
    rows.extend([
        row("at most", size(memory::sum(&parts))),
        row("available", available),
        row("", String::new()),
        row("OPEN FILES", String::new()),
        row("at most", open_files::needed(&app.settings).to_string()),
        row("allowed", allowed),
    ]);
    table(&rows)
}

/// Returns which state the application keeps in stores of its own.
fn shared(app: &App) -> Shared {
    // A store that cannot be used is an error by itself.
    let is_configured = app.settings.store().is_shared();
    Shared {
        idempotency: is_configured || app.idempotency_store.is_some(),
        rate_limit: is_configured || app.rate_limit_store.is_some(),
    }
}

fn application(app: &App, apis: &[Api]) -> Application {
    let largest = apis.iter().map(|api| api.router.__largest_body()).max();
    Application {
        largest_body: largest.unwrap_or(0) as u64,
        has_store: app.idempotency_store.is_some(),
    }
}
