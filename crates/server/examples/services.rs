//! The services that `cargo xtask documents` tests behind all middleware: the greetings and Flask-Rebar's todo example, each in
//! both error styles. `SERVICE` selects the todos, and `ERRORS` problem details:
//!
//! ```text
//! SERVICE=todo ERRORS=problem cargo run -p purlin-server --example services -- --config xtask/documents/middleware.toml
//! ```

use std::{env, process::ExitCode};

use purlin_app::{App, program};
use purlin_greetings::ApiKeys;
use purlin_router::error::ErrorStyle;

#[path = "../../router/examples/todo.rs"]
#[allow(dead_code, reason = "the example has a `main` of its own")]
mod todo;

fn main() -> ExitCode {
    purlin_app::run(program!().prefix("purlin"), async |app: &mut App| {
        let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|it| it == value);
        let keys = ApiKeys::new(app.section("greetings"));
        let registry = if is("SERVICE", "todo") {
            todo::registry()
        } else {
            purlin_greetings::registry(&keys)
        };
        app.registry(if is("ERRORS", "problem") {
            registry.error_style(ErrorStyle::Problem)
        } else {
            registry
        });
        Ok(())
    })
}
