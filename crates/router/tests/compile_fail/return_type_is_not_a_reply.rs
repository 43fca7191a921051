use purlin_router::{Registry, delete, get, schema};

#[schema]
struct Todo {
    title: String,
}

#[get("/todos/first")]
async fn get_todo() -> Todo {
    Todo { title: String::new() }
}

#[delete("/todos/first")]
async fn delete_todo() {}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(get_todo)
        .operation(delete_todo);
}
