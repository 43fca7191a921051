use purlin_router::{ApiError, Registry, delete, error::http::Gone, reply::NoContent};

struct Plain;

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    #[error("no name")]
    #[status(429)]
    Unnamed(#[header] u64, #[member] u64),
    #[error("no names")]
    #[status(429)]
    Invalid {
        #[header("Retry After")]
        seconds: u64,
        #[header("content-type")]
        media_type: String,
        #[member(7)]
        limit: u64,
    },
    #[error("twice")]
    #[status(429)]
    Twice {
        #[header("Retry-After")]
        #[member("seconds")]
        first: u64,
        #[header("retry-after")]
        #[member]
        seconds: u64,
    },
    #[error(transparent)]
    #[status(transparent)]
    Inside(#[from] #[header("Retry-After")] Gone),
}

#[derive(thiserror::Error, ApiError)]
#[error("a type without schema")]
#[status(409)]
struct Conflict {
    #[member]
    plain: Plain,
}

impl std::fmt::Debug for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Conflict")
    }
}

#[delete("/todos/first")]
async fn delete_todo() -> Result<NoContent, TodoError> {
    Ok(NoContent)
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(delete_todo);
}
