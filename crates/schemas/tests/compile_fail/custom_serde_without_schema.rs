use purlin_schemas::schema;

#[schema]
#[derive(Clone)]
struct Guest {
    #[serde(with = "hex")]
    key: Vec<u8>,
}

#[schema]
#[serde(remote = "Guest")]
struct GuestCopy {
    key: Vec<u8>,
}

#[schema]
#[serde(crate = "my_serde")]
#[schemars(crate = "my_schemars")]
struct Host {
    name: String,
}

fn main() {
    let _ = Guest { key: Vec::new() }.clone();
    let _ = GuestCopy { key: Vec::new() };
    let _ = Host { name: String::new() };
}
