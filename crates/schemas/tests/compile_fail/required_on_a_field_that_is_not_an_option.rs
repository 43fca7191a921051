use purlin_schemas::schema;

#[schema]
struct Guest {
    #[garde(required)]
    name: String,
    #[garde(required)]
    #[serde(default)]
    age: Option<u8>,
}

fn main() {}
