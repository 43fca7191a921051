//! The server: every API crate of this repository in one process.

use std::process::ExitCode;

use purlin_app::{App, program};
use purlin_greetings::ApiKeys;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(all(feature = "jemalloc", not(feature = "mimalloc")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    purlin_app::run(program!().prefix("purlin"), async |app: &mut App| {
        let keys = ApiKeys::new(app.section("greetings"));
        app.registry(purlin_greetings::registry(&keys));
        app.startup_message(move |url| keys.notice(url));
        Ok(())
    })
}
