//! Both types in a result are named, each where it is.

use purlin_router::{Registry, get, schema};

#[schema]
struct Todo {
    title: String,
}

#[get("/todos/first")]
async fn get_todo() -> Result<Todo, std::io::Error> {
    Ok(Todo { title: std::fs::read_to_string("first")? })
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(get_todo);
}
