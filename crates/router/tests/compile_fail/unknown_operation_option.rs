use purlin_router::{Registry, get, reply::NoContent};

#[get("/a", tag = "todos")]
async fn unknown() -> NoContent {
    NoContent
}

#[get("/b", tags = "todos", authenticators = "apiKey")]
async fn no_list() -> NoContent {
    NoContent
}

#[get("/c", deprecated, deprecated)]
async fn twice() -> NoContent {
    NoContent
}

#[get("/d", summary = 1, operation_id = get_d)]
async fn no_text() -> NoContent {
    NoContent
}

#[get("/e", deprecated = true, hidden())]
async fn not_alone() -> NoContent {
    NoContent
}

#[get("/f", body_limit = "1 MB", tags = [1])]
async fn wrong_type() -> NoContent {
    NoContent
}

#[get("/g" deprecated)]
async fn without_comma() -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(unknown)
        .operation(no_list)
        .operation(twice)
        .operation(no_text)
        .operation(not_alone)
        .operation(wrong_type)
        .operation(without_comma);
}
