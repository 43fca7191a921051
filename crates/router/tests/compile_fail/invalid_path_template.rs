use purlin_router::{Registry, delete, get, patch, post, put, reply::NoContent};

#[get]
async fn no_arguments() -> NoContent {
    NoContent
}

#[post(tags = ["todos"])]
async fn options_only() -> NoContent {
    NoContent
}

#[put(TEMPLATE)]
async fn no_literal() -> NoContent {
    NoContent
}

#[patch("todos")]
async fn without_slash() -> NoContent {
    NoContent
}

#[delete("/todos?all=true")]
async fn with_query() -> NoContent {
    NoContent
}

#[get("/todos/{id")]
async fn never_closed() -> NoContent {
    NoContent
}

#[get("/todos/id}")]
async fn never_opened() -> NoContent {
    NoContent
}

#[get("/todos/{}")]
async fn without_name() -> NoContent {
    NoContent
}

#[get("/todos/{id:u64}")]
async fn with_type() -> NoContent {
    NoContent
}

#[get("/todos/{id}/notes/{id}")]
async fn named_twice() -> NoContent {
    NoContent
}

#[get("/{from}-{to}")]
async fn two_in_one_segment() -> NoContent {
    NoContent
}

#[get("/files/{*path}/raw")]
async fn rest_in_the_middle() -> NoContent {
    NoContent
}

#[get("/my todos")]
async fn with_space() -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(no_arguments)
        .operation(options_only)
        .operation(no_literal)
        .operation(without_slash)
        .operation(with_query)
        .operation(never_closed)
        .operation(never_opened)
        .operation(without_name)
        .operation(with_type)
        .operation(named_twice)
        .operation(two_in_one_segment)
        .operation(rest_in_the_middle)
        .operation(with_space);
}
