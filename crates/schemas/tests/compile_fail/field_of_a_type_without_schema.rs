//! The derives of serde and schemars have their own say after ours.

use purlin_schemas::schema;

struct Colour {
    red: u8,
}

#[schema(response)]
struct Paint {
    colour: Colour,
    others: Option<Vec<Colour>>,
}

fn main() {}
