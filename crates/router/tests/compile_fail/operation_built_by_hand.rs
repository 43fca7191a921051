//! The builder without an attribute: the compiler only has the call to point at.

use purlin_router::{Json, Operation, schema, reply::NoContent};

#[schema]
struct Todo {
    title: String,
}

struct Plain;

async fn post_todo(todo: Todo) -> NoContent {
    drop(todo);
    NoContent
}

async fn get_todo() -> Todo {
    Todo { title: String::new() }
}

async fn get_plain() -> Json<Plain> {
    Json(Plain)
}

fn main() {
    let _ = Operation::post("/todos", post_todo);
    let _ = Operation::get("/todos/first", get_todo);
    let _ = Operation::get("/plain", get_plain);
}
