use purlin_router::{ApiError, Registry, delete, reply::NoContent};

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    #[error("there is no such todo")]
    NotFound,
}

#[delete("/todos/first")]
async fn delete_todo() -> Result<NoContent, TodoError> {
    Err(TodoError::NotFound)
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(delete_todo);
}
