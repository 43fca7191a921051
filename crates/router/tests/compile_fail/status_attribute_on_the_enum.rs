use purlin_router::{ApiError, Reply};

#[derive(Debug, thiserror::Error, ApiError)]
#[status(404)]
#[code("todo_error")]
enum TodoError {
    #[error("gone")]
    #[status(410)]
    #[code("gone")]
    #[code("lost")]
    Gone,
}

#[derive(Reply)]
#[status(200)]
enum Output {
    #[status(204)]
    Nothing,
}

fn main() {}
