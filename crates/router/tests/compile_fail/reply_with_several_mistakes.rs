//! Every mistake is shown at its own place, and the reply is one for the code
//! below, so that nothing else is reported.

use purlin_router::{Json, Registry, Reply, get, schemas::Message};

#[derive(Reply)]
enum Answer {
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
async fn get_index() -> Answer {
    Answer::Nothing
}

fn main() {
    let _ = Registry::new("Greetings", "1.0.0").operation(get_index);
}
