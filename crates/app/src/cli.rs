//! The command line: which command, and the flags that override settings.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use purlin_router::openapi::Dialect;

use crate::{
    prefix::Prefix,
    program::Program,
    settings::{FLAGS, Sources},
};

#[derive(Debug, Parser)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// The commands.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    App(AppCommand),
    /// Ask a running server whether it is ready: exit status 0 or 1, within 2 seconds.
    ///
    /// Asks /readyz of the operations port in the settings; if that is off,
    /// whether the API responds at all. For health checks of images without a shell.
    Healthcheck {
        /// Ask this URL instead; any 2xx is healthy.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
}

/// The commands that need the composed application.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum AppCommand {
    /// Serve requests until a signal stops the server (the default).
    Serve,
    /// Serve examples of the documented responses, without calling handlers.
    ///
    /// Requests are authenticated and validated as usual. No resource is opened
    /// and no hook runs. A request may ask for a status: `Prefer: code=404`.
    Mock,
    /// Print the settings: the effective values and their origins.
    Config {
        #[command(subcommand)]
        what: Option<ConfigCommand>,
    },
    /// List every operation: method, path, name, authenticators, summary.
    Routes,
    /// Print the OpenAPI document.
    Openapi(DocumentOptions),
}

/// The document that is printed, and its format.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub(crate) struct DocumentOptions {
    /// The registry, when several are served: its title, or its title and
    /// version.
    #[arg(long, value_name = "TITLE")]
    pub(crate) registry: Option<String>,
    /// The version of OpenAPI: 3.1, 3.0 or 2.0 (Swagger).
    #[arg(long, value_name = "VERSION", default_value_t)]
    pub(crate) dialect: Dialect,
    /// The format.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// The readers of the document.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) profile: Profile,
    /// Name the Rust items behind operations and schemas, as x-rust-item.
    #[arg(long)]
    pub(crate) rust_items: bool,
    /// Print title and version of every registry instead, as JSON.
    #[arg(long, conflicts_with_all = ["registry", "rust_items"])]
    pub(crate) list: bool,
}

/// The readers of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// The whole document.
    #[default]
    Full,
    /// What generators of clients support, which is less.
    Clients,
}

/// What is printed of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The effective settings, each with its origin; secrets are masked (the default).
    Effective,
    /// A commented settings file with every setting and its default.
    Example,
    /// Every setting as a row of a table in Markdown.
    Table,
    /// The JSON Schema of the settings file.
    Schema,
    /// What the names of environment variables, settings file and metrics begin with, as JSON.
    Names,
    /// The memory and the open files that the limits allow, and what this process may have.
    Limits,
}

/// The format of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Json,
    Yaml,
}

#[derive(Debug, Args)]
struct Flags {
    /// Read settings from FILE instead of the default file.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Listen on this IP address and port, on unix:PATH or on the sockets of systemd (setting http.bind).
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    bind: Option<String>,
    /// Number of worker threads (setting http.workers).
    #[arg(long, value_name = "COUNT", global = true)]
    workers: Option<String>,
}

impl Cli {
    /// Parses the arguments of this process. Help, the version and usage errors come back as errors that print themselves.
    pub(crate) fn parse(program: &Program) -> Result<Self, clap::Error> {
        let matches = <Self as CommandFactory>::command()
            .name(program.name)
            .version(program.version)
            .about(program.about)
            .after_help(after_help(&program.names()))
            .try_get_matches()?;
        Self::from_arg_matches(&matches)
    }

    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::App(AppCommand::Serve))
    }

    /// Returns the sources of the settings: this process and the flags. Values of flags are checked with all other settings.
    pub(crate) fn sources(&self, prefix: Prefix) -> Sources {
        let mut sources = Sources::with_prefix(prefix).with_environment();
        sources.file.clone_from(&self.flags.config);
        let values = [&self.flags.bind, &self.flags.workers];
        for ((flag, key), value) in FLAGS.into_iter().zip(values) {
            if let Some(value) = value {
                sources.flags.push((flag, key, value.clone()));
            }
        }
        sources
    }
}

fn after_help(prefix: &Prefix) -> String {
    let file = prefix.settings_file();
    let (pattern, bind) = (prefix.variable("section.key"), prefix.variable("http.bind"));
    format!(
        "Settings are read from the file ({file} in the working directory, or the one given by --config), then from \
         environment variables, then from flags; the later one wins. A variable is named {pattern}: {bind} sets `bind` in \
         section [http].\n\n\
         Exit status: 0 success, 1 the server could not start or run, 2 the command line, the settings or the \
         composition of the application is invalid."
    )
}
