//! Generates the ids of requests that have no usable one.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use actix_web::http::header::HeaderValue;

/// The longest `X-Request-Id` that is accepted from a client, in bytes.
const LONGEST_ID: usize = 128;

/// Generates unique request ids: the random part differs between processes, the counter within one.
pub(crate) struct RequestIdGenerator {
    process: [u8; 16],
    key: u64,
    count: AtomicU64,
}

impl RequestIdGenerator {
    pub(crate) fn new() -> Self {
        // Ids have to be unique, not secret: the randomness of a hash map suffices.
        let random = || RandomState::new().build_hasher().finish();
        Self {
            process: hex(random()),
            key: random(),
            count: AtomicU64::new(0),
        }
    }

    pub(super) fn next(&self) -> [u8; 32] {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut id = [0; 32];
        id[..16].copy_from_slice(&self.process);
        id[16..].copy_from_slice(&hex(mix(count ^ self.key)));
        id
    }
}

fn hex(number: u64) -> [u8; 16] {
    std::array::from_fn(|digit| {
        let nibble = (number >> (60 - 4 * digit)) & 0xf;
        b"0123456789abcdef"[nibble as usize]
    })
}

/// Maps numbers to numbers one to one, such that successive ones differ in many bits (splitmix64).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Returns whether the id of a client may be logged: visible ASCII, not too long.
pub(super) fn is_usable(id: &HeaderValue) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}
