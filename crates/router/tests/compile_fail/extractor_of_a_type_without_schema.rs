use purlin_router::{Json, Registry, post, extract::Query, reply::NoContent};

struct Todo {
    title: String,
}

#[derive(serde::Deserialize)]
struct Page {
    limit: u32,
}

#[post("/todos")]
async fn post_todo(todo: Json<Todo>, page: Query<Page>) -> NoContent {
    drop((todo, page));
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(post_todo);
}
