//! Each error is reported where it occurs, and the item still implements its traits, so
//! that no follow-up errors are reported.

use purlin_router::{Json, Registry, Reply, get, schemas::Message};

#[derive(Reply)]
enum Output {
    Nothing,
    #[status(404)]
    Missing,
    #[status(transparent)]
    Through,
    #[status(200)]
    Twice(Json<Message>),
    Two(Json<Message>, Json<Message>),
    Bare(Message),
}

#[get("/")]
async fn get_index() -> Output {
    Output::Nothing
}

fn main() {
    let _ = Registry::new("Greetings", "1.0.0").operation(get_index);
}
