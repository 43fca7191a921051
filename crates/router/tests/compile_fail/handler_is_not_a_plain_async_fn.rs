use purlin_router::{Registry, delete, get, post, put, reply::NoContent};

#[get("/a")]
fn get_a() -> NoContent {
    NoContent
}

#[put("/b")]
struct PutB;

#[post("/c")]
async unsafe fn post_c() -> NoContent {
    NoContent
}

#[delete("/d")]
async extern "C" fn delete_d() -> NoContent {
    NoContent
}

fn main() {
    let _ = PutB;
    let _ = Registry::new("Todos", "1.0.0")
        .operation(get_a)
        .operation(post_c)
        .operation(delete_d);
}
