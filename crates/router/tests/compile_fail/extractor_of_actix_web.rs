use actix_web::web;
use purlin_router::{Registry, post, reply::NoContent, schema};

#[schema]
struct Todo {
    title: String,
}

struct Store;

#[post("/todos")]
async fn post_todo(todo: web::Json<Todo>, store: Store) -> NoContent {
    drop((todo, store));
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(post_todo);
}
