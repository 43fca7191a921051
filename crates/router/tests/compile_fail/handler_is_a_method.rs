use purlin_router::{NoContent, delete};

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
