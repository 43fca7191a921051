//! Authenticators: what is declared is enforced before anything is read, and
//! documented.

mod api_keys;
mod basic;
mod jwks;
mod jwt;
mod requirements;

use crate::support::{client, errors};
