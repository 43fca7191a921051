//! Authenticators are enforced before the body is read, and documented.

mod api_keys;
mod basic;
mod hostile_tokens;
mod issuing;
mod jwks;
mod jwks_url;
mod jwt;
mod key_server;
mod looked_up;
mod passwords;
mod requirements;

use crate::support::{client, errors};
