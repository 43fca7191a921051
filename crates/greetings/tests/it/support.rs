//! A router with one known key.

use std::collections::BTreeMap;

use purlin_greetings::{ApiKeys, GreetingsSettings, registry};
use purlin_router::Router;

/// The header of the key.
pub(crate) const HEADER: &str = "X-MyApp-ApiKey";

/// The key that the router accepts.
pub(crate) const KEY: &str = "a key for the tests";

/// Builds the API.
pub(crate) fn router() -> Router {
    let mut settings = GreetingsSettings::default();
    settings.api_keys = BTreeMap::from([("tests".to_owned(), KEY.to_owned().try_into().unwrap())]);
    registry(&ApiKeys::new(settings)).build().unwrap()
}
