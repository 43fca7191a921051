//! Attacks on a running process: what a client sends, and the bound on what the process holds or does for it.

mod connections;
mod forwarded;
mod http1;
mod idempotency;
mod jwks;
mod passwords;
mod slow_readers;
mod unread_bodies;
