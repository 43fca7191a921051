use purlin_schemas::{decode, schema};

#[derive(serde::Deserialize)]
struct Guest {
    name: String,
}

#[schema(response)]
struct Message {
    text: String,
}

fn main() {
    let _ = decode::<Guest>(b"{}");
    let _ = decode::<Message>(b"{}");
}
