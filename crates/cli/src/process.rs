//! Runs other programs: prints the command line, streams or captures the output, and reports failures with both.

use std::{
    ffi::OsStr,
    fmt,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
};

use serde_json::Value;

use crate::{Error, Result};

/// A program with its arguments and environment.
#[derive(Debug)]
pub struct Cmd(Command);

impl Cmd {
    /// Creates a command; a name without a slash is looked up in `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self(Command::new(program))
    }

    /// Creates a command for the cargo that runs this program, without the variables that cargo sets for it: some build
    /// scripts run again whenever those change.
    pub fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .env_remove_prefix("CARGO_PKG_")
            .env_remove_prefix("CARGO_MANIFEST_")
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, args: I) -> Self {
        self.0.args(args);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Removes every environment variable whose name begins with `prefix`.
    #[must_use]
    pub fn env_remove_prefix(mut self, prefix: &str) -> Self {
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with(prefix)) {
                self.0.env_remove(name);
            }
        }
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Prints the command, runs it with inherited output, and fails when it fails.
    pub fn run(mut self) -> Result {
        eprintln!("\n$ {self}");
        let status = self.0.status();
        let status = status.map_err(|source| self.not_started(source))?;
        self.check(status)
    }

    /// Replaces this process by the program, which gets its signals and whose exit status is that of the process. Returns only
    /// the reason why the program could not be started.
    pub fn replace_process(mut self) -> Error {
        let source = self.0.exec();
        self.not_started(source)
    }

    /// Runs silently and returns standard output; standard error stays visible.
    pub fn read(mut self) -> Result<String> {
        self.0.stderr(Stdio::inherit());
        let output = self.wait_with_output()?;
        self.check(output.status)?;
        Ok(text(&output.stdout))
    }

    /// Runs silently and returns standard output and standard error; prints both when the program fails.
    pub fn output(mut self) -> Result<(String, String)> {
        let output = self.wait_with_output()?;
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        if !output.status.success() {
            eprint!("{out}{err}");
        }
        self.check(output.status)?;
        Ok((out, err))
    }

    /// Returns whether the program can be started and succeeds; prints nothing.
    #[must_use]
    pub fn succeeds(mut self) -> bool {
        self.0.stdin(Stdio::null());
        self.0.output().is_ok_and(|it| it.status.success())
    }

    /// Returns what the program printed if it cannot be started or fails, and none if it succeeds; prints nothing.
    #[must_use]
    pub fn failure(mut self) -> Option<String> {
        self.0.stdin(Stdio::null());
        match self.0.output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(format!("{}{}", text(&output.stdout), text(&output.stderr))),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Returns standard output, if the program can be started and succeeds; prints nothing.
    #[must_use]
    pub fn try_read(mut self) -> Option<String> {
        self.0.stdin(Stdio::null());
        let output = self.0.output().ok().filter(|it| it.status.success())?;
        Some(text(&output.stdout))
    }

    /// Starts the program without standard input; `configure` sets where its output goes.
    pub fn spawn(mut self, configure: impl FnOnce(&mut Command)) -> Result<Child> {
        self.0.stdin(Stdio::null());
        configure(&mut self.0);
        let child = self.0.spawn();
        child.map_err(|source| self.not_started(source))
    }

    /// Runs a building cargo command and returns the executables it made, by target name.
    pub fn executables(self) -> Result<Vec<(String, PathBuf)>> {
        let run = self.arg("--message-format=json-render-diagnostics");
        eprintln!("\n$ {run}");
        run.made()
    }

    /// Runs a building cargo command without printing it, and returns the executables it made, by target name.
    pub(crate) fn quiet_executables(self) -> Result<Vec<(String, PathBuf)>> {
        self.arg("--message-format=json-render-diagnostics").made()
    }

    fn made(self) -> Result<Vec<(String, PathBuf)>> {
        let messages = self.read()?;
        let made = messages.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            let path = message.get("executable")?.as_str()?;
            let name = message.pointer("/target/name")?.as_str()?;
            Some((name.to_owned(), PathBuf::from(path)))
        });
        Ok(made.collect())
    }

    fn wait_with_output(&mut self) -> Result<Output> {
        let output = self.0.output();
        output.map_err(|source| self.not_started(source))
    }

    fn check(&self, status: ExitStatus) -> Result {
        let command = || self.to_string();
        match status.success() {
            true => Ok(()),
            false => Err(Error::Failed {
                command: command(),
                status,
            }),
        }
    }

    fn not_started(&self, source: std::io::Error) -> Error {
        Error::NotStarted {
            command: self.to_string(),
            source,
        }
    }
}

impl fmt::Display for Cmd {
    /// Writes the command as a user would type it in its working directory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.0.get_envs() {
            if let Some(value) = value {
                write!(f, "{}={:?} ", name.display(), value.display().to_string())?;
            }
        }
        let program = self.0.get_program();
        match std::env::var_os("CARGO").as_deref() == Some(program) {
            true => write!(f, "cargo")?,
            false => write!(f, "{}", self.quoted(program))?,
        }
        let mut args = self.0.get_args();
        args.try_for_each(|arg| write!(f, " {}", self.quoted(arg)))
    }
}

impl Cmd {
    fn quoted(&self, arg: &OsStr) -> String {
        let arg = arg.to_string_lossy();
        let folder = self.0.get_current_dir().map(Path::to_owned);
        let folder = folder.or_else(|| std::env::current_dir().ok());
        let relative = folder.as_ref().and_then(|folder| {
            let relative = Path::new(&*arg).strip_prefix(folder).ok()?;
            relative.to_str().filter(|it| !it.is_empty())
        });
        let arg = relative.unwrap_or(&arg);
        match arg.is_empty() || arg.contains([' ', '*', '\'', '"']) {
            true => format!("'{arg}'"),
            false => arg.to_owned(),
        }
    }
}

/// Returns an error that names the Debian package with `program` when it cannot be run.
pub fn require(program: &str, version: &str, package: &str) -> Result {
    match Cmd::new(program).arg(version).succeeds() {
        true => Ok(()),
        false => Err(Error::unsupported(format!(
            "{program} is needed and was not found; on Debian it is in the package {package}"
        ))),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_command_and_status() {
        let error = Cmd::new("sh").args(["-c", "exit 3"]).run().unwrap_err();
        let expected = "`sh -c 'exit 3'` failed (exit status: 3)";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn missing_program_is_named() {
        let error = Cmd::new("no-such-program-here").run().unwrap_err();
        let expected = "`no-such-program-here` could not be started";
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[test]
    fn both_streams_are_captured() {
        let echo = Cmd::new("sh").args(["-c", "echo out; echo err >&2"]);
        assert_eq!(
            echo.output().unwrap(),
            ("out\n".to_owned(), "err\n".to_owned())
        );
    }

    #[test]
    fn paths_are_shown_relative_to_the_working_directory() {
        let cmd = Cmd::new("ls").arg("/tmp/a b").current_dir("/tmp");
        assert_eq!(cmd.env("A", "1").to_string(), "A=\"1\" ls 'a b'");
        assert_eq!(Cmd::new("ls").arg("/tmp").to_string(), "ls /tmp");
    }
}
