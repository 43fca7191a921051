use purlin_router::{Json, NoContent, Registry, post, schema};

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
