use purlin_router::{Json, Registry, Reply, get, schemas::Message};

#[derive(Reply)]
struct Output {
    message: Json<Message>,
}

#[get("/")]
async fn get_index() -> Output {
    Output { message: Json(Message::new("hello")) }
}

fn main() {
    let _ = Registry::new("Greetings", "1.0.0").operation(get_index);
}
