use purlin_schemas::schema;

#[schema]
struct Guest {
    #[validate(length(min = 1))]
    name: String,
}

fn main() {}
