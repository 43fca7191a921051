//! Authenticators: what is declared is enforced before anything is read, and
//! documented.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail"
)]

mod api_keys;
mod basic;
mod jwks;
mod jwt;
mod requirements;

use purlin_router::{Registry, testing::TestClient};

fn client(registry: &Registry) -> TestClient {
    TestClient::new(&registry.build().unwrap_or_else(|errors| panic!("{errors}")))
}

/// What `build()` has against a registry.
fn mistakes(registry: &Registry) -> Vec<String> {
    let errors = registry.build().err();
    errors.map_or_else(Vec::new, |errors| {
        errors.iter().map(ToString::to_string).collect()
    })
}
