use purlin_schemas::schema;

fn is_even(number: &u8, _: &()) -> bool {
    number % 2 == 0
}

#[schema]
struct Pair {
    #[garde(custom(is_even))]
    number: u8,
    #[garde(custom(is_odd))]
    other: u8,
}

fn main() {}
