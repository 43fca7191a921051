//! The assembly: one function that makes a process of one or more registries.
//!
//! [`run`] reads the command line and the settings, starts the log, builds the
//! registries and serves them until it is told to stop. An API crate gives a
//! [`Registry`]; it may declare settings of its own with
//! [`Settings::section`].
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use purlin_app::router::{Json, Message, Operation, Registry};
//!
//! async fn get_index() -> Json<Message> {
//!     Json(Message::new("Hello, Being!"))
//! }
//!
//! fn main() -> ExitCode {
//!     purlin_app::run(purlin_app::program!(), |_settings| {
//!         [Registry::new("Greetings", "1.0.0").operation(Operation::get("/", get_index))]
//!     })
//! }
//! ```
//!
//! What lives here: settings, logging, what happens around every request, the
//! process and its signals. What does not: any particular API, and anything
//! about routes, schemas or documents, which is `purlin-router`'s.

mod api;
mod cli;
#[cfg(feature = "tls")]
mod client_certificate;
mod commands;
mod healthcheck;
mod lifecycle;
mod listen;
mod logging;
pub mod middleware;
mod ops;
mod serve;
mod settings;

pub use purlin_router as router;

#[cfg(feature = "tls")]
pub use client_certificate::{CertifiedClient, ClientCertificate};
pub use middleware::ClientAddress;
pub use ops::RejectionCounter;
pub use settings::{
    Bind, CompressionSettings, ConditionalSettings, CorsSettings, ForwardedBy, HttpSettings,
    IdempotencySettings, LimitSettings, LogFormat, LogSettings, Mistake, OpsSettings,
    ProxySettings, RateLimitSettings, Section, SecurityHeaderSettings, Settings, Sources,
};
#[cfg(feature = "tls")]
pub use settings::{ClientCertificates, TlsSettings};

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use purlin_router::Registry;

use cli::{Cli, Command, ConfigCommand};
use listen::Listen;

/// The program [`run`] makes, as its help and version texts name it.
///
/// [`program!`] fills it from the calling crate's Cargo.toml, and the commit from the variable `PURLIN_COMMIT` of the
/// build's environment.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The binary's name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// One line that says what it is.
    pub about: &'static str,
    /// What it was built from, if that is known.
    pub commit: Option<&'static str>,
}

/// The [`Program`] that the calling crate's Cargo.toml describes.
#[macro_export]
macro_rules! program {
    () => {
        $crate::Program {
            name: ::core::env!("CARGO_PKG_NAME"),
            version: ::core::env!("CARGO_PKG_VERSION"),
            about: ::core::env!("CARGO_PKG_DESCRIPTION"),
            commit: ::core::option_env!("PURLIN_COMMIT"),
        }
    };
}

/// The exit code for mistakes in what the program was given: command line,
/// settings, registries.
const MISTAKEN: u8 = 2;

/// Runs the program and returns its exit code: 0 when it did what it was asked
/// to, 1 when the server could not run, 2 when the command line, a setting or a
/// registry is wrong.
///
/// `compose` makes the registries and takes the settings each of them needs. A
/// mistake in the settings does not keep it from being called: whatever it
/// takes has its default then, and all mistakes are reported together before
/// anything is served.
pub fn run<F, R>(program: Program, compose: F) -> ExitCode
where
    F: FnOnce(&Settings) -> R,
    R: IntoIterator<Item = Registry>,
{
    let cli = match Cli::parse(&program) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and usage are printed or they are not; nothing follows from it.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let command = cli.wanted();
    let settings = Settings::new(&cli.add_to(Sources::from_process()));
    if let Command::Healthcheck { url } = &command {
        return healthcheck::run(&settings, url.as_deref());
    }
    // Kept to the end, where it writes what is queued.
    let (log, log_mistake) = match logging::start(settings.log()) {
        Ok(log) => (log, None),
        Err(error) => (logging::LogGuard::default(), Some(Mistake::from(error))),
    };
    let registries = compose(&settings);

    let mut mistakes = settings.mistakes();
    mistakes.extend(log_mistake);
    let time_limit = settings.middleware().limits.time_limit();
    let registries = registries
        .into_iter()
        .map(|registry| registry.__or_time_limit(time_limit));
    let built = match command {
        Command::Mock => api::build(registries.map(Registry::mocked)),
        _ => api::build(registries),
    };
    // What there is to set can be told whatever is set.
    let tells_what_there_is = matches!(
        command,
        Command::Config {
            what: Some(ConfigCommand::Example | ConfigCommand::Table | ConfigCommand::Schema)
        }
    );
    if !mistakes.is_empty() && !tells_what_there_is {
        return refuse(&program, "the settings have mistakes", &mistakes);
    }
    let apis: Arc<[_]> = match built {
        Ok(apis) => apis.into(),
        Err(mistakes) => return refuse(&program, "the registries have mistakes", &mistakes),
    };
    match command {
        Command::Serve | Command::Mock => match Listen::prepare(&settings) {
            Ok(listen) => serve::serve(&program, &settings, apis, listen, &log),
            Err(mistakes) => refuse(&program, "the settings have mistakes", &mistakes),
        },
        Command::Healthcheck { url } => healthcheck::run(&settings, url.as_deref()),
        Command::Config { what } => {
            let text = match what.unwrap_or(ConfigCommand::Effective) {
                ConfigCommand::Effective => settings.effective(),
                ConfigCommand::Example => settings.example(program.name),
                ConfigCommand::Table => settings.table(),
                ConfigCommand::Schema => format!("{:#}\n", settings.schema(program.name)),
            };
            print(&text)
        }
        Command::Routes => print(&commands::routes(&apis)),
        Command::Openapi(printed) => match commands::openapi(&apis, &printed) {
            Ok(document) => print(&document),
            Err(message) => refuse(&program, "nothing printed", &[message]),
        },
    }
}

impl From<logging::LogError> for Mistake {
    fn from(error: logging::LogError) -> Self {
        match error {
            logging::LogError::Filter { variable, message } => Self::in_variable(variable, message),
            logging::LogError::Thread(_) => Self::of_process(error.to_string()),
        }
    }
}

fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read it had enough, as in `routes | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn refuse(program: &Program, heading: &str, mistakes: &[impl Display]) -> ExitCode {
    let mut out = io::stderr().lock();
    // Where standard error is closed, the exit code speaks alone.
    let _ = writeln!(out, "{}: {heading}:", program.name);
    for mistake in mistakes {
        let mistake = mistake.to_string();
        let _ = writeln!(out, "  {}", mistake.replace('\n', "\n    "));
    }
    ExitCode::from(MISTAKEN)
}
