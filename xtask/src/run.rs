//! Starting other programs: print the command, stream its output, fail with its words.
//!
//! What is started, and why, is the business of the commands.

use std::{
    ffi::OsStr,
    fmt::{self, Write as _},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::Value;

/// What every command of xtask returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a command of xtask stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program ran and said no; its own words stand above.
    #[error("`{command}` failed ({status})")]
    Refused {
        /// The command line as it was printed.
        command: String,
        /// How the program ended.
        status: ExitStatus,
    },
    /// A program could not be started at all.
    #[error("`{command}` could not be started: {error}")]
    NotStarted {
        /// The command line as it was printed.
        command: String,
        /// The operating system's reason.
        error: io::Error,
    },
    /// A file could not be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file meant.
        path: PathBuf,
        /// The operating system's reason.
        error: io::Error,
    },
    /// What was asked for could not be decided: no finding, but what kept from looking.
    #[error("{0}")]
    Undecided(Box<Failure>),
    /// Anything else, in words that name the mend.
    #[error("{0}")]
    Said(String),
}

impl Failure {
    /// The status the process ends with: 2 where nothing could be decided.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Undecided(_) => 2,
            _ => 1,
        }
    }

    /// A failure in our own words.
    pub(crate) fn said(words: impl Into<String>) -> Self {
        Self::Said(words.into())
    }

    /// Names the file an I/O error belongs to.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::File {
            path: path.to_owned(),
            error,
        }
    }
}

/// The workspace's root folder.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A program to be run in the workspace's root.
pub(crate) struct Run {
    command: Command,
    shown: String,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Run {
    /// A program, found on the `PATH` when its name holds no slash.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(root());
        Self {
            command,
            shown: shown(program),
        }
    }

    /// The same cargo that runs xtask.
    pub(crate) fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut run = Self::new(cargo).called_by_hand();
        "cargo".clone_into(&mut run.shown);
        run
    }

    /// Takes away what cargo told xtask of its own package: a cargo called by hand does not hear it, and some crates
    /// are built anew whenever it changes.
    pub(crate) fn called_by_hand(mut self) -> Self {
        for (name, _) in std::env::vars_os() {
            let of_xtask = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if of_xtask {
                self.command.env_remove(name);
            }
        }
        self
    }

    /// Adds arguments.
    pub(crate) fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, args: I) -> Self {
        for arg in args {
            let _ = write!(self.shown, " {}", shown(arg.as_ref()));
            self.command.arg(arg);
        }
        self
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.shown = format!("{name}={value:?} {}", self.shown);
        self.command.env(name, value);
        self
    }

    /// Takes away the variables whose names begin so.
    pub(crate) fn without(mut self, prefix: &str) -> Self {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with(prefix)) {
                self.command.env_remove(name);
            }
        }
        self
    }

    /// Runs in a folder other than the workspace's root.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Prints the command, lets it write to the terminal, and fails when it does.
    pub(crate) fn run(mut self) -> Outcome {
        eprintln!("\n$ {}", self.shown);
        let status = self.command.status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::Refused {
                command: self.shown,
                status,
            }),
            Err(error) => Err(Failure::NotStarted {
                command: self.shown,
                error,
            }),
        }
    }

    /// Runs without a word and returns what the program wrote to its standard output; its errors stay visible.
    pub(crate) fn read(mut self) -> Outcome<String> {
        self.command.stderr(Stdio::inherit());
        self.output().map(|(out, _)| out)
    }

    /// As `read`, for output that is no words: when the program fails, its errors have said why.
    fn messages(mut self) -> Outcome<String> {
        self.command.stderr(Stdio::inherit());
        match self.collect()? {
            (status, out, ..) if status.success() => Ok(out),
            (status, _, _, command) => Err(Failure::Refused { command, status }),
        }
    }

    /// Runs without a word and returns standard output and standard error.
    pub(crate) fn output(self) -> Outcome<(String, String)> {
        let (status, out, err, shown) = self.collect()?;
        if status.success() {
            return Ok((out, err));
        }
        eprint!("{out}{err}");
        Err(Failure::Refused {
            command: shown,
            status,
        })
    }

    /// Runs without a word; returns how it ended, what it wrote, and the command as it is shown.
    fn collect(mut self) -> Outcome<(ExitStatus, String, String, String)> {
        let output = match self.command.output() {
            Ok(output) => output,
            Err(error) => {
                return Err(Failure::NotStarted {
                    command: self.shown,
                    error,
                });
            }
        };
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        Ok((output.status, out, err, self.shown))
    }

    /// Whether the program can be started and succeeds, without a word.
    pub(crate) fn succeeds(mut self) -> bool {
        let quiet = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    /// Starts it and goes on. It reads nothing; where its output and errors go, `streams` says.
    pub(crate) fn start(mut self, streams: impl FnOnce(&mut Command)) -> Outcome<Child> {
        self.command.stdin(Stdio::null());
        streams(&mut self.command);
        let started = self.command.spawn();
        started.map_err(|error| Failure::NotStarted {
            command: self.shown,
            error,
        })
    }

    /// The command for those who must spawn it themselves.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

/// Runs a building `cargo` command and returns the executables it made, by target name.
pub(crate) fn executables<'a>(
    args: impl IntoIterator<Item = &'a str>,
) -> Outcome<Vec<(String, PathBuf)>> {
    executables_of(Run::cargo().args(args))
}

/// The same of a command that is put together already.
pub(crate) fn executables_of(run: Run) -> Outcome<Vec<(String, PathBuf)>> {
    let run = run.args(["--message-format=json-render-diagnostics"]);
    eprintln!("\n$ {run}");
    let messages = run.messages()?;
    let made = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let path = message.get("executable")?.as_str()?;
        let name = message.pointer("/target/name")?.as_str()?;
        Some((name.to_owned(), PathBuf::from(path)))
    });
    Ok(made.collect())
}

/// Installs a Debian package when `program` is absent, or says plainly that it could not.
pub(crate) fn need(program: &str, package: &str) -> Outcome {
    need_as(program, "--version", package)
}

/// As `need`, for a program that tells its version otherwise.
pub(crate) fn need_as(program: &str, version: &str, package: &str) -> Outcome {
    if Run::new(program).args([version]).succeeds() {
        return Ok(());
    }
    install(program, package)
}

/// Installs a Debian package because `what` is absent.
pub(crate) fn install(what: &str, package: &str) -> Outcome {
    eprintln!("{what} is absent: installing the Debian package {package}");
    let install = || {
        Run::new("apt-get").args(["update", "--quiet"]).run()?;
        let args = [
            "install",
            "--yes",
            "--quiet",
            "--no-install-recommends",
            package,
        ];
        Run::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    install().map_err(|failure| {
        Failure::said(format!(
            "{what} is needed and could not be installed: {failure}. Install {package} by hand"
        ))
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An argument as one would type it.
fn shown(arg: &OsStr) -> String {
    let arg = arg.to_string_lossy();
    let arg = arg
        .strip_prefix(&*format!("{}/", root().display()))
        .unwrap_or(&arg);
    if arg.is_empty() || arg.contains([' ', '*', '\'', '"']) {
        format!("'{arg}'")
    } else {
        arg.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_command_and_how_it_ended() {
        let failure = Run::new("sh").args(["-c", "exit 3"]).run().unwrap_err();
        assert_eq!(
            failure.to_string(),
            "`sh -c 'exit 3'` failed (exit status: 3)"
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure = Run::new("no-such-program-here").run().unwrap_err();
        assert!(
            failure
                .to_string()
                .starts_with("`no-such-program-here` could not be started"),
            "{failure}"
        );
    }

    #[test]
    fn output_is_read_from_both_streams() {
        let (out, err) = Run::new("sh")
            .args(["-c", "echo out; echo err >&2"])
            .output()
            .unwrap();
        assert_eq!((out.as_str(), err.as_str()), ("out\n", "err\n"));
    }
}
