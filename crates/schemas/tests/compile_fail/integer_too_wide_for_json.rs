use purlin_schemas::schema;

#[schema]
struct Account {
    balance: i128,
    history: Vec<Option<u128>>,
}

fn main() {}
