use purlin_router::{Json, Registry, reply::NoContent, schemas::Message};

async fn delete_todo() -> NoContent {
    NoContent
}

async fn post_todo(todo: Json<Message>) -> Json<Message> {
    todo
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(delete_todo)
        .operation(post_todo)
        .operation("/todos");
}
