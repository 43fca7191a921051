use purlin_schemas::schema;

#[schema]
struct Guest {
    #[garde(length)]
    a: String,
    #[garde(email("x"))]
    b: String,
    #[garde(length(min = 2, max = 1))]
    c: String,
    #[garde(length(bytes, max = 9))]
    d: String,
    #[garde(length(letters, max = 9))]
    e: String,
    #[garde(length(min = 1, min = 2))]
    f: String,
    #[garde(range(least = 1))]
    g: u8,
    #[garde(range(chars, min = 1))]
    h: u8,
    #[garde(length(chars))]
    i: String,
    #[garde(pattern(1))]
    j: String,
    #[garde(prefix(1))]
    k: String,
    #[garde(range(1..=9))]
    l: u8,
    #[garde(range = 1)]
    m: u8,
    #[garde]
    n: u8,
}

fn main() {}
