use purlin_schemas::schema;

#[schema]
struct Guest {
    #[serde(alias = "nick")]
    name: String,
}

#[schema]
enum Colour {
    #[serde(alias = "rouge")]
    Red,
    #[serde(other)]
    Unknown,
}

fn main() {}
