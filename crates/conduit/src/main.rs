//! The program that serves the RealWorld API.

use std::process::ExitCode;

use purlin_app::{App, ResourceBuilder, program};
use purlin_conduit::{Auth, Database, DatabaseSettings};

fn main() -> ExitCode {
    purlin_app::run(program!().prefix("conduit"), async |app: &mut App| {
        let auth = Auth::new(&app.section("tokens"))?;
        app.startup_message(auth.notice());
        let settings: DatabaseSettings = app.section("database");
        app.resource(
            "database",
            ResourceBuilder::new(async move || Ok(Database::open(&settings).await?))
                .check(async |database: &Database| Ok(database.ping().await?))
                .close(async |database: &Database| {
                    database.close().await;
                    Ok(())
                }),
        );
        app.registry(purlin_conduit::registry(auth));
        Ok(())
    })
}
