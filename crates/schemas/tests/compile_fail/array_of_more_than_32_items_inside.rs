//! serde reads arrays of up to 32 items; `#[schema]` reads longer ones only where they are fields.

use purlin_schemas::schema;

#[schema]
struct Fits {
    hash: [u8; 64],
}

#[schema]
struct Inside {
    hashes: Vec<[u8; 64]>,
    pair: (u8, Option<[u8; 33]>),
}

fn main() {}
