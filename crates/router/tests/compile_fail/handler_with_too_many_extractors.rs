use purlin_router::{Registry, get, reply::NoContent};

#[get("/")]
async fn get_index(
    _1: String,
    _2: String,
    _3: String,
    _4: String,
    _5: String,
    _6: String,
    _7: String,
    _8: String,
    _9: String,
    _10: String,
    _11: String,
    _12: String,
    _13: String,
) -> NoContent {
    NoContent
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0").operation(get_index);
}
