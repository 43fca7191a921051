//! Each error is reported where it occurs, and the item still implements its traits, so
//! that no follow-up errors are reported.

use purlin_router::{Registry, get, reply::NoContent, schemas::Message};

#[get("todos/{id}?all", tag = "todos", hidden = true)]
fn get_todo(message: Message, id: impl Clone) -> NoContent {
    drop((message, id));
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(get_todo);
}
