//! The error names the type that lacks a schema, and not the types around it.

use purlin_router::{Json, Registry, error::http::NotFound, get, post, reply::NoContent, schema};

struct Item {
    title: String,
}

#[schema]
struct Page<T> {
    items: Vec<T>,
}

#[get("/items")]
async fn get_items() -> Json<Page<Item>> {
    Json(Page { items: Vec::new() })
}

#[get("/items/recent")]
async fn get_recent_items() -> Result<Json<Vec<Page<Item>>>, NotFound> {
    Ok(Json(Vec::new()))
}

#[post("/items")]
async fn post_items(items: Json<Page<Item>>) -> NoContent {
    drop(items);
    NoContent
}

fn main() {
    let _ = Registry::new("Items", "1.0.0")
        .operation(get_items)
        .operation(get_recent_items)
        .operation(post_items);
}
