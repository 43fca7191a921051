//! The store of the section `store`: created when the application is built, opened with its resources.

use super::App;

/// Adds the store to an application, for what has no store of its own.
///
/// # Errors
///
/// The setting `store.url` is not one that this program can use.
#[cfg(any(feature = "store-postgres", feature = "store-redis"))]
pub(super) fn add(app: &mut App) -> Result<(), String> {
    use std::{sync::Arc, time::Duration};

    use purlin_store::{SharedStore, StoreOptions, StoreUrlError};

    use super::ResourceBuilder;

    let settings = app.settings.store();
    let kept = &app.settings.middleware().idempotency;
    let milliseconds = |number: u32| Duration::from_millis(number.into());
    let mut options = StoreOptions::default();
    options.prefix = match settings.prefix.as_str() {
        "" => app.settings.prefix().to_owned(),
        prefix => prefix.to_owned(),
    };
    options.rate_limit_timeout = milliseconds(settings.rate_limit_timeout.get());
    options.revocation_timeout = milliseconds(settings.idempotency_timeout.get());
    options.idempotency_timeout = milliseconds(settings.idempotency_timeout.get());
    options.max_connections = settings.max_connections.to_usize();
    options.max_bytes = kept.max_bytes.into();
    options.max_bytes_per_caller = kept.max_bytes_per_caller.into();
    let url = settings.url.expose_secret();
    let store = SharedStore::new(url, options).map_err(|error| match error {
        StoreUrlError::MissingFeature { engine, feature } => format!(
            "this program is compiled without {engine}; compile it with the feature `store-{feature}` of purlin-app"
        ),
        error => error.to_string(),
    })?;
    let is_checked = settings.readiness;
    let opened = store.clone();
    let mut resource = ResourceBuilder::new(async move || {
        opened.open().await?;
        Ok(opened)
    })
    .close(async |store: &SharedStore| {
        store.close().await;
        Ok(())
    });
    if is_checked {
        resource = resource.check(async |store: &SharedStore| Ok(store.check().await?));
    }
    app.resource("store", resource);
    app.idempotency_store
        .get_or_insert_with(|| Arc::new(store.clone()));
    app.rate_limit_store
        .get_or_insert_with(|| Arc::new(store.clone()));
    app.store_statistics = Some(Arc::new(move || store.statistics()));
    Ok(())
}

#[cfg(not(any(feature = "store-postgres", feature = "store-redis")))]
pub(super) fn add(_: &mut App) -> Result<(), String> {
    let error = "this program is compiled without a store; compile it with the feature `store-postgres` or `store-redis` \
                 of purlin-app";
    Err(error.to_owned())
}
