use purlin_schemas::{ReadOnly, WriteOnly, schema};

#[schema(request)]
struct NewTodo {
    id: ReadOnly<u64>,
}

#[schema(response)]
struct User {
    password: WriteOnly<String>,
}

#[schema]
struct Pair(ReadOnly<u64>, WriteOnly<u64>);

#[schema]
struct Todo {
    #[garde(range(min = 1))]
    id: ReadOnly<u64>,
}

fn main() {}
