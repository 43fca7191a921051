//! What the tests of all topics use.

#[cfg(all(feature = "postgres", feature = "redis"))]
pub mod engines;
#[cfg(all(feature = "postgres", feature = "redis"))]
#[path = "../../../../conduit/tests/it/support/postgres.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
pub mod postgres;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub mod redis;

use std::{future::Future, time::Duration};

use purlin_store::{
    Digest, DigestBuilder,
    idempotency::{BeginRequest, Caller, StoredResponse},
};
use tokio::runtime::Builder;

pub const HOUR: Duration = Duration::from_secs(3600);

/// Runs a test to its end.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(test)
}

pub fn digest(number: u32) -> Digest {
    DigestBuilder::new("test")
        .part(number.to_be_bytes())
        .finish()
}

pub fn known(number: u32) -> Caller {
    Caller::identified(digest(number))
}

pub fn stranger(number: u32) -> Caller {
    Caller::anonymous(digest(number))
}

/// Returns a request of the caller with this number, whose lease is an hour.
pub fn request(id: u32, caller: Caller) -> BeginRequest {
    BeginRequest::new(digest(id), digest(0), caller, HOUR)
}

pub fn response(size: usize) -> StoredResponse {
    let headers = vec![("location".to_owned(), b"/orders/\xff1".to_vec())];
    StoredResponse::new(201, headers, vec![b'x'; size])
}
