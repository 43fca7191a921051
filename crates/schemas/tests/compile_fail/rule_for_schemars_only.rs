use purlin_schemas::schema;

#[schema]
#[schemars(rename_all = "camelCase")]
struct Guest {
    #[schemars(length(min = 1))]
    name: String,
    #[schemars(range(max = 150), rename = "years")]
    age: u8,
    #[schemars(email)]
    contact: String,
}

fn main() {}
