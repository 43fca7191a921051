//! The server: every API crate of this repository in one process.

use std::process::ExitCode;

use purlin_greetings::ApiKeys;

fn main() -> ExitCode {
    purlin_app::run(purlin_app::program!(), |settings| {
        let keys = ApiKeys::new(settings.section("greetings"));
        let registry = purlin_greetings::registry(&keys);
        settings.at_start(move |url| keys.notice(url));
        [registry]
    })
}
