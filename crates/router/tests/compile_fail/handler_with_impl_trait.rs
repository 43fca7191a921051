use purlin_router::{Json, Registry, get, post, extract::Extractor, reply::NoContent, schemas::Schema};

#[post("/a")]
async fn post_a<T: Schema>(value: Json<T>) -> NoContent {
    drop(value);
    NoContent
}

#[post("/b")]
async fn post_b(value: impl Extractor) -> NoContent {
    drop(value);
    NoContent
}

#[get("/c")]
async fn get_c() -> impl purlin_router::Reply {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(post_a)
        .operation(post_b)
        .operation(get_c);
}
