use purlin_schemas::schema;

#[schema]
#[garde(custom(is_fine))]
struct Guest {
    #[serde(skip)]
    #[garde(range(max = 150))]
    age: u8,
}

#[schema]
enum Pet {
    #[garde(length(min = 1))]
    Dog { name: String },
}

#[schema]
#[serde(from = "String")]
struct Name {
    #[garde(length(min = 1))]
    text: String,
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self { text }
    }
}

fn main() {}
