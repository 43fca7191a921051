//! The command line: which command, and the flags that override settings.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use purlin_router::openapi::Dialect;

use crate::{
    Program,
    settings::{FLAGS, Sources},
};

#[derive(Debug, Parser)]
#[command(after_help = "\
Settings are read from the file (purlin.toml in the working directory, or the \
one given by --config), then from environment variables, then from flags; the \
later one wins. A variable is named PURLIN_SECTION__KEY: PURLIN_HTTP__BIND sets \
`bind` in section [http].\n\n\
Exit status: 0 done, 1 the server could not run, 2 the settings, the command \
line or a registry is wrong.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// What the program is asked to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve requests until told to stop (the default).
    Serve,
    /// Serve examples of what the operations declare in place of what they do.
    ///
    /// Requests are authenticated and validated as ever; no handler is called.
    /// A request may ask for a status: `Prefer: code=404`.
    Mock,
    /// Print the settings: what is in force and where it came from.
    Config {
        #[command(subcommand)]
        what: Option<ConfigCommand>,
    },
    /// Ask a running server whether it is ready: exit status 0 or 1, within 2 seconds.
    ///
    /// Asks /readyz of the operations port in the settings; where that is off,
    /// whether the API answers at all. For health checks of images without a shell.
    Healthcheck {
        /// Ask this URL instead; any 2xx is well.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// List every operation: method, path, name, authenticators, summary.
    Routes,
    /// Print the OpenAPI document.
    Openapi(Printed),
}

/// Which document is printed, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct Printed {
    /// Which one, when several registries are served: its title, or its
    /// title and version.
    #[arg(long, value_name = "TITLE")]
    pub(crate) registry: Option<String>,
    /// The version of OpenAPI: 3.1, 3.0 or 2.0 (Swagger).
    #[arg(long, value_name = "VERSION", default_value_t)]
    pub(crate) dialect: Dialect,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// For whom it is.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) profile: Profile,
    /// Name the Rust items behind operations and schemas, as x-rust-item.
    #[arg(long)]
    pub(crate) rust_items: bool,
}

/// For whom a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// All there is to say.
    #[default]
    Full,
    /// What generators of clients can take, which is less.
    Clients,
}

/// What of the settings is printed.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// What is in force, each setting with its origin; secrets are masked (the default).
    Effective,
    /// A commented settings file with every setting and its default.
    Example,
    /// Every setting as a row of a table in Markdown.
    Table,
    /// The JSON Schema of the settings file.
    Schema,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Json,
    Yaml,
}

#[derive(Debug, Args)]
struct Flags {
    /// Read settings from FILE instead of purlin.toml.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Listen on this IP address and port, on unix:PATH or on what systemd has opened (setting http.bind).
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    bind: Option<String>,
    /// Serve with this many threads (setting http.workers).
    #[arg(long, value_name = "COUNT", global = true)]
    workers: Option<String>,
}

impl Cli {
    /// Reads this process's arguments. Help, the version and usage mistakes
    /// come back as errors that know how to print themselves.
    pub(crate) fn parse(program: &Program) -> Result<Self, clap::Error> {
        let matches = <Self as CommandFactory>::command()
            .name(program.name)
            .version(program.version)
            .about(program.about)
            .try_get_matches()?;
        Self::from_arg_matches(&matches)
    }

    pub(crate) fn wanted(&self) -> Command {
        self.command.clone().unwrap_or(Command::Serve)
    }

    /// Adds what the flags say to what settings are read from. Values are
    /// checked there, so that they are refused in one place and one voice.
    pub(crate) fn add_to(self, mut sources: Sources) -> Sources {
        let values = [self.flags.bind, self.flags.workers];
        sources.file = self.flags.config;
        for ((flag, key), value) in FLAGS.into_iter().zip(values) {
            if let Some(value) = value {
                sources.flags.push((flag, key, value));
            }
        }
        sources
    }
}
