use purlin_router::{Registry, get, reply::NoContent};

#[get("/str")]
async fn str() -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(str);
}
