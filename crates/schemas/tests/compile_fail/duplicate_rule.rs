use purlin_schemas::schema;

#[schema]
struct Plate {
    #[garde(length(min = 1), length(max = 9))]
    text: String,
    #[garde(prefix("D"), suffix("E"))]
    code: String,
    #[garde(email)]
    #[garde(url)]
    contact: String,
}

fn main() {}
