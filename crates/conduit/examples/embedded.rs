//! Conduit in an actix-web `App` of one's own: no settings, log, middleware or operations port around it.
//!
//! `DATABASE=sqlite:conduit.db cargo run -p purlin-conduit --example embedded`; `SECRET` signs the tokens, `WORKERS` is the number
//! of threads.

use std::{env, error::Error};

use actix_web::{App, HttpServer, web::Data};
use purlin_app::Secret;
use purlin_conduit::{Auth, Database, DatabaseSettings, TokenSettings, registry};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let variable = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let settings = DatabaseSettings {
        url: Secret::new(variable("DATABASE", "sqlite:conduit.db")),
        ..DatabaseSettings::default()
    };
    let tokens = TokenSettings {
        secret: Secret::new(variable("SECRET", "")),
        ..TokenSettings::default()
    };
    let database = Data::new(Database::open(&settings).await?);
    let api = registry(Auth::new(&tokens)?)
        .app_data(database.clone())
        .build()?;
    let server = HttpServer::new(move || {
        App::new()
            .service(api.clone())
            .default_service(api.not_found())
    })
    .workers(variable("WORKERS", "2").parse()?)
    .bind("127.0.0.1:0")?;
    for address in server.addrs() {
        println!("Conduit is served at http://{address}/");
    }
    server.run().await?;
    database.close().await;
    Ok(())
}
