//! The greetings in a program with its own `main`, with errors as problem details (RFC 9457).
//!
//! `cargo run -p purlin-greetings --example problem_details -- 127.0.0.1:8080 my-key`, then
//!
//! ```text
//! curl -s -H 'X-MyApp-ApiKey: my-key' 'localhost:8080/personalised_greeting?name=Ada&nom=x'
//! ```

use std::error::Error;

use actix_web::{App, HttpServer};
use purlin_greetings::{ApiKey, ApiKeys, GreetingsSettings, registry};
use purlin_router::error::ErrorStyle;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next();
    let mut settings = GreetingsSettings::default();
    if let Some(key) = arguments.next() {
        let key = ApiKey::try_from(key)?;
        settings.api_keys.insert("mine".to_owned(), key);
    }
    let api = registry(&ApiKeys::new(settings))
        .error_style(ErrorStyle::Problem)
        .build()?;
    let server = HttpServer::new(move || {
        App::new()
            .service(api.clone())
            .default_service(api.not_found())
    })
    .workers(2)
    .bind(address.as_deref().unwrap_or("127.0.0.1:8080"))?;
    for address in server.addrs() {
        println!("Greetings is served at http://{address}/, its documentation at /docs");
    }
    server.run().await?;
    Ok(())
}
