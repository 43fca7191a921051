//! Attacks on a running process: what a client sends, and the bound on what the process holds or does for it.

mod connections;
mod forwarded;
mod idempotency;
mod jwks;
mod passwords;
