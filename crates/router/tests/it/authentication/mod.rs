//! Authenticators are enforced before the body is read, and documented.

mod api_keys;
mod basic;
mod jwks;
mod jwt;
mod requirements;

use crate::support::{client, errors};
