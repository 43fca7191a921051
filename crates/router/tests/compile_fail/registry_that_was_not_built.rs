use actix_web::App;
use purlin_router::Registry;

fn main() {
    let registry = Registry::new("Todos", "1.0.0");
    let _ = App::new().service(registry);
}
