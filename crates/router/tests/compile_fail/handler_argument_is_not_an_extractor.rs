use purlin_router::{Registry, post, schema, reply::NoContent};

#[schema]
struct Todo {
    title: String,
}

#[post("/todos")]
async fn post_todo(todo: Todo) -> NoContent {
    drop(todo);
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(post_todo);
}
