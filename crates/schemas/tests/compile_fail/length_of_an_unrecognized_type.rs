use purlin_schemas::schema;

#[schema]
struct Title(String);

#[schema]
struct Book {
    #[garde(length(min = 1))]
    title: Title,
    #[garde(length(max = 900))]
    pages: u16,
    #[garde(length(chars, max = 9))]
    authors: Vec<String>,
}

fn main() {}
