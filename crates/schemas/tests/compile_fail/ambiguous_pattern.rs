use purlin_schemas::schema;

#[schema]
struct Codes {
    #[garde(pattern(r"^\d{5}$"))]
    zip: String,
    #[garde(pattern(r"(?i)^\w+\z"))]
    word: String,
    #[garde(inner(pattern("^[[:alpha:]]+$")))]
    letters: Vec<String>,
}

fn main() {}
