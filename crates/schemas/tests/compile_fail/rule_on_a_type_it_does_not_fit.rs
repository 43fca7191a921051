use purlin_schemas::schema;

#[schema]
struct Colour {
    red: u8,
}

#[schema]
struct Guest {
    #[garde(length(chars, min = 1))]
    colour: Colour,
    #[garde(email)]
    age: u8,
    #[garde(pattern("^[0-9]$"))]
    heights: Vec<u16>,
    #[garde(range(min = 1))]
    name: String,
    #[garde(range(min = 1))]
    count: Option<bool>,
    #[garde(range(max = 300))]
    floor: u8,
}

fn main() {}
