use purlin_router::{Registry, delete, reply::NoContent};

#[derive(Debug)]
struct Missing;

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("missing")
    }
}

impl std::error::Error for Missing {}

#[delete("/todos/first")]
async fn delete_todo() -> Result<NoContent, Missing> {
    Err(Missing)
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(delete_todo);
}
