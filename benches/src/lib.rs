//! The same endpoints three times, for `cargo xtask bench`: with Purlin (`bin/purlin.rs`), and by hand on actix-web
//! (`bin/actix.rs`) and on axum (`bin/axum.rs`).
//!
//! The programs by hand are what a careful author writes: serde and garde read and check the [`types`], every error is a
//! [`Problem`](problem::Failure) that names all violations, unknown fields and other media types are rejected, secrets are
//! compared in constant time. They share everything that knows no framework, which is in this library.
//!
//! Each program listens on a free port of 127.0.0.1, prints its address, and takes the number of its workers from `WORKERS`.

pub mod problem;
pub mod token;
pub mod types;
pub mod upload;

use std::net::SocketAddr;

use subtle::ConstantTimeEq;

use problem::Failure;

/// The header of the API key, in lower case.
pub const KEY_HEADER: &str = "x-api-key";

/// The API key.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The greeting of `GET /` and of the guarded operation.
pub const GREETING: &str = "Hello, world!";

/// The largest body that the programs by hand read, which is Purlin's default.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Returns the number of workers, 1 unless `WORKERS` says otherwise.
#[must_use]
pub fn workers() -> usize {
    let workers = std::env::var("WORKERS").ok();
    workers.and_then(|it| it.parse().ok()).unwrap_or(1)
}

/// Prints the address of the server, as `cargo xtask bench` reads it.
pub fn print_address(address: SocketAddr) {
    println!("Served at http://{address}/");
}

/// Compares an API key in constant time.
///
/// # Errors
///
/// Returns a failure when the key is absent or wrong.
pub fn check_key(key: Option<&[u8]>) -> Result<(), Failure> {
    match key {
        Some(key) if bool::from(key.ct_eq(KEY.as_bytes())) => Ok(()),
        _ => Err(Failure::Unauthenticated),
    }
}

/// Reads the version of the client in the header `X-Client-Version`.
///
/// # Errors
///
/// Returns a failure when the header is absent or no number.
pub fn client_version(header: Option<&[u8]>) -> Result<u32, Failure> {
    let version = header.and_then(|it| std::str::from_utf8(it).ok()?.parse().ok());
    version.ok_or(Failure::ClientVersion)
}

/// Returns whether a body is of the media type, whatever its parameters.
#[must_use]
pub fn is_media_type(content_type: Option<&[u8]>, wanted: &str) -> bool {
    let content_type = content_type.and_then(|it| it.split(|byte| *byte == b';').next());
    content_type.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
}
