//! An empty list does not state who may call an operation.

use purlin_router::{Registry, get, reply::NoContent};

#[get("/todos", authenticators = [])]
async fn get_todos() -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(get_todos);
}
