use purlin_router::{Json, Operation, schema, reply::NoContent};

#[schema]
struct Todo {
    title: String,
}

fn get_index() -> NoContent {
    NoContent
}

fn post_todo(todo: Json<Todo>) -> Json<Todo> {
    todo
}

fn main() {
    let _ = Operation::get("/", get_index);
    let _ = Operation::post("/todos", post_todo);
    let _ = Operation::get("/nothing", 5);
}
