//! Why a command stopped.

use std::{fmt, io, path::PathBuf, process::ExitStatus};

/// The result of every fallible function of this crate.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program ran and failed; its own messages precede this one on standard error.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command line as it was printed.
        command: String,
        /// How the program ended.
        status: ExitStatus,
    },
    /// A program could not be started.
    #[error("`{command}` could not be started: {source}")]
    NotStarted {
        /// The command line as it was printed.
        command: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file could not be read or written; the message names it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A file or a program's output is not what it should be.
    #[error("{subject}: {reason}")]
    Invalid {
        /// The file or command.
        subject: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A table of the metadata in a Cargo.toml has errors; the message has all of them.
    #[error("{}: [{table}] {}", .manifest.display(), ErrorLines(.errors))]
    Metadata {
        /// The Cargo.toml.
        manifest: PathBuf,
        /// The name of the table.
        table: String,
        /// The keys, each with its error and the remedy.
        errors: Vec<(String, String)>,
    },
    /// The command cannot do what was asked; the message names the remedy where there is one.
    #[error("{0}")]
    Unsupported(String),
}

/// Writes errors on a line each.
struct ErrorLines<'m>(&'m [(String, String)]);

impl fmt::Display for ErrorLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "has an error:")?,
            many => write!(f, "has {many} errors:")?,
        }
        let mut errors = self.0.iter();
        errors.try_for_each(|(key, error)| write!(f, "\n  {key}: {error}"))
    }
}

impl Error {
    /// Returns the error for a file or output that cannot be used.
    pub(crate) fn invalid(subject: impl ToString, reason: impl ToString) -> Self {
        Self::Invalid {
            subject: subject.to_string(),
            reason: reason.to_string(),
        }
    }

    /// Returns the error for a request that cannot be met.
    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::Unsupported(message.into())
    }
}
