//! What a struct with a tag writes, it could not read.

use purlin_schemas::schema;

#[schema]
#[serde(tag = "type")]
struct Guest {
    name: String,
}

fn main() {}
