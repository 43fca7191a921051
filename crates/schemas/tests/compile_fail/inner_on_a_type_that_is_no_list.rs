use std::collections::HashMap;

use purlin_schemas::schema;

#[schema]
struct Prices {
    #[garde(inner(range(min = 0)))]
    by_name: HashMap<String, i64>,
    #[garde(inner(length(min = 1)))]
    currency: String,
    #[garde(inner(required))]
    old: Vec<Option<u8>>,
    // This field is valid, and compiles beside the others.
    #[garde(inner(range(max = 9), custom(is_fine)))]
    new: Vec<u8>,
}

fn is_fine(_: &u8, _: &()) -> Result<(), String> {
    Ok(())
}

fn main() {}
