//! The derives of serde and schemars report the error again.

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
