//! The program that serves the RealWorld API.

use std::process::ExitCode;

use purlin_app::{App, ResourceBuilder, program};
use purlin_conduit::{Auth, Database, DatabaseSettings, TokenSettings};

fn main() -> ExitCode {
    purlin_app::run(program!().prefix("conduit"), async |app: &mut App| {
        let tokens: TokenSettings = app.section("tokens");
        if tokens.secret.expose_secret().is_empty() {
            let notice = "tokens.secret is not set: tokens are valid until the server stops";
            app.startup_message(|_| Some(notice.to_owned()));
        }
        let settings: DatabaseSettings = app.section("database");
        let auth = Auth::new(&tokens).map_err(|error| format!("`tokens.secret`: {error}"))?;
        let database = ResourceBuilder::new(async move || Ok(Database::open(&settings).await?))
            .check(async |database: &Database| Ok(database.ping().await?))
            .close(async |database: &Database| {
                database.close().await;
                Ok(())
            });
        app.resource("database", database);
        app.registry(purlin_conduit::registry(auth));
        Ok(())
    })
}
