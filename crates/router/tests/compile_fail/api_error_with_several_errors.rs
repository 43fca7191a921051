//! Each error is reported where it occurs, and the item still implements its traits, so
//! that no follow-up errors are reported.

use purlin_router::{ApiError, Registry, delete, reply::NoContent};

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    #[error("a success is no failure")]
    #[status(200)]
    Success,
    #[error("a text is no number")]
    #[status("404")]
    Text,
    #[error("a name is no number")]
    #[status(NOT_FOUND)]
    Name,
    #[error("two statuses")]
    #[status(404)]
    #[status(410)]
    Twice,
    #[error("out of range")]
    #[status(70000)]
    OutOfRange,
    #[error("no snake case")]
    #[status(404)]
    #[code("NotFound")]
    Code,
    #[error("no text")]
    #[status(404)]
    #[code(not_found)]
    CodeName,
    #[error("nothing inside")]
    #[status(transparent)]
    Nothing,
    #[error("two inside")]
    #[status(transparent)]
    Two(String, String),
    #[error("a code of its own")]
    #[status(transparent)]
    #[code("own")]
    Own(#[from] Inner),
    #[error("what is inside is no such failure")]
    #[status(transparent)]
    Foreign(#[from] std::fmt::Error),
}

#[derive(Debug, thiserror::Error, ApiError)]
#[error("inside")]
#[status(404)]
struct Inner;

#[delete("/todos/first")]
async fn delete_todo() -> Result<NoContent, TodoError> {
    Err(TodoError::Success)
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(delete_todo);
}
