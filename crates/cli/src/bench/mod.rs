//! `cargo purlin bench`: the service under load, as it is built for release and with its settings.
//!
//! Server and load share the processors of one machine, so the figures compare versions of a service on one machine, and
//! little else.

mod credentials;
mod load;
mod operations;
mod report;
mod server;

use std::{thread, time::Duration};

use self::{load::Tool, operations::Inputs, server::Server};
pub use self::{
    operations::Skipped,
    report::{Format, Measured, Report},
};
use crate::{Error, Result, Service, http, process::Cmd};

/// What to measure.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[command(after_help = "Examples:
  cargo purlin bench
  cargo purlin bench --operation getArticle --parameter slug=hello-world --duration 30
  cargo purlin bench --header 'Authorization: Bearer eyJ…' --format json

The server runs with the settings of the working directory and the environment, on a free port. Its log is discarded. GET
operations whose parameters have no example or default take their values from --parameter; the others are named with what
they need.

Credentials are those of --header, or those that the server prints when it starts, as a service of `cargo purlin new` does while
its settings have no secret. With a secret, one of `--auth jwt` is measured with
  cargo purlin bench --header \"Authorization: Bearer $(cargo run --quiet --example token)\"")]
pub struct Options {
    /// Measure one operation [default: every GET operation that can be requested]
    #[arg(long, value_name = "ID")]
    pub operation: Option<String>,
    /// Concurrent connections
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub connections: u32,
    /// Seconds of load for each operation
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub duration: u32,
    /// A header field of each request, such as credentials
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<String>,
    /// The value of a path or query parameter
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// The registry, when the service has several: its title, or its title and version
    #[arg(long, value_name = "TITLE")]
    pub registry: Option<String>,
    /// The cargo profile to build with
    #[arg(long, value_name = "NAME", default_value = "release")]
    pub profile: String,
    /// How the figures are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

fn header(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((name, _)) if !name.trim().is_empty() && !text.contains(char::is_control) => {
            Ok(text.to_owned())
        }
        _ => Err("write `NAME: VALUE`".to_owned()),
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write `NAME=VALUE`")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

/// Builds and starts the service, measures it and returns the figures.
///
/// # Errors
/// Fails with the remedy if no load generator is installed, if the service does not build or start, and if no operation can
/// be measured.
pub fn bench(service: &Service, options: &Options) -> Result<Report> {
    let tool = Tool::find()?;
    let program = build(service, options)?;
    let document = document(&program, options)?;
    let wanted = options.operation.as_deref();
    operations::check(&document, wanted, &options.parameters)?;
    eprintln!("\nstarting {}", service.package);
    let server = Server::start(Cmd::new(&program), &service.variables)?;
    let mut options = options.clone();
    for header in credentials::printed(&document, server.greeting(), &options.headers) {
        let (name, _) = header.split_once(':').unwrap_or((&header, ""));
        eprintln!("requests have the field {name} that the service printed");
        options.headers.push(header);
    }
    let inputs = Inputs {
        parameters: &options.parameters,
        headers: &options.headers,
    };
    let found = operations::find(&document, wanted, &inputs);
    let mut report = Report::new(&options, tool.name(), found.skipped);
    if found.targets.is_empty() {
        return Err(Error::unsupported(report.nothing_to_measure()));
    }
    let count = found.targets.len();
    for (number, target) in found.targets.into_iter().enumerate() {
        let status = http::get(server.address(), &target.path, &options.headers);
        let status =
            status.map_err(|error| Error::invalid(format!("GET {}", target.path), error))?;
        if !(200..300).contains(&status) {
            report.skipped.push(target.rejected(status));
            continue;
        }
        eprintln!(
            "{} of {count}: {} for {} s",
            number + 1,
            target.id,
            options.duration
        );
        let url = format!("http://{}{}", server.address(), target.path);
        // Until connections are open and caches are warm.
        tool.run(&url, &options, 1)?;
        thread::sleep(Duration::from_millis(200));
        let before = server.processor_time();
        let load = tool.run(&url, &options, options.duration)?;
        let used = server.processor_time().zip(before);
        let used = used.map(|(after, before)| after.saturating_sub(before));
        report
            .measured
            .push(Measured::new(target, &load, used, server.memory()));
    }
    match report.measured.is_empty() {
        true => Err(Error::unsupported(report.nothing_to_measure())),
        false => Ok(report),
    }
}

/// Builds the program and returns its path.
fn build(service: &Service, options: &Options) -> Result<std::path::PathBuf> {
    let build = Cmd::cargo().args([
        "build",
        "--package",
        &service.package,
        "--bin",
        &service.bin,
    ]);
    let build = build.args(["--profile", &options.profile]);
    let made = build.current_dir(&service.workspace).executables()?;
    let found = made.into_iter().find(|(name, _)| *name == service.bin);
    found.map(|(_, path)| path).ok_or_else(|| {
        Error::unsupported(format!("cargo built no executable named {}", service.bin))
    })
}

/// Returns the service's own document.
fn document(program: &std::path::Path, options: &Options) -> Result<serde_json::Value> {
    let mut command = Cmd::new(program).arg("openapi");
    if let Some(registry) = &options.registry {
        command = command.args(["--registry", registry]);
    }
    let text = command.read()?;
    serde_json::from_str(&text).map_err(|error| Error::invalid("the service's document", error))
}
