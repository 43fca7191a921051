use purlin_router::{NoContent, Registry};

async fn delete_todo() -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(delete_todo);
}
