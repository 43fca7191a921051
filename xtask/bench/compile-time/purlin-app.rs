//! Serves the registry as a program of `purlin-app`.

fn main() -> std::process::ExitCode {
    purlin_app::run(purlin_app::program!(), async |app: &mut purlin_app::App| {
        app.registry(registry());
        Ok(())
    })
}
