use purlin_router::{Json, Registry, post, schema, reply::NoContent};

#[schema(response)]
struct Todo {
    title: String,
}

#[post("/todos")]
async fn post_todo(todo: Json<Todo>) -> NoContent {
    drop(todo);
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(post_todo);
}
