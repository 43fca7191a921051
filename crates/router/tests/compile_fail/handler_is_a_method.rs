use purlin_router::{delete, reply::NoContent};

struct Store;

impl Store {
    #[delete("/todos/first")]
    async fn delete_todo(&self) -> NoContent {
        NoContent
    }
}

fn main() {
    let _ = Store.delete_todo();
}
