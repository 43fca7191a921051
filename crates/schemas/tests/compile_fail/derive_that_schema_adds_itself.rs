use purlin_schemas::schema;

#[schema]
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct Guest {
    name: String,
}

#[schema(request)]
#[derive(garde::Validate)]
struct Host {
    name: String,
}

fn main() {
    let guest = Guest { name: String::new() };
    println!("{:?}", guest.clone());
}
