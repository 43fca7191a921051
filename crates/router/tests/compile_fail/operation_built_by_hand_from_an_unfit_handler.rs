//! Without an attribute the compiler can only point at the call.

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
