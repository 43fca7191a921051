//! The shell in which the commands of a page run, and the server beside it.

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use cargo_purlin::process::Cmd;

use crate::run::wait_until;

/// The line by which the shell says that the commands of a block have ended, with their exit status.
const END: &str = "the end of the block:";

/// How long a server may take, with the build before it.
const SERVER_TIMEOUT: Duration = Duration::from_secs(3600);

/// A shell that keeps its folder and its variables from block to block.
pub(super) struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    /// Starts the shell.
    pub(super) fn start(bash: Cmd) -> Result<Self> {
        let mut child = bash.spawn(|command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        })?;
        let input = child.stdin.take().context("the shell has no input")?;
        let output = child.stdout.take().context("the shell has no output")?;
        let mut shell = Self {
            child,
            input,
            output: BufReader::new(output),
        };
        shell.run("exec 2>&1")?;
        Ok(shell)
    }

    /// Runs commands up to the first that fails; returns whether all succeeded, and their output.
    pub(super) fn run(&mut self, commands: &str) -> Result<(bool, String)> {
        // Each command by itself, so that the shell outlives one that fails; none of them reads what follows.
        let steps: String = statements(commands)
            .iter()
            .map(|one| format!("if [ $status = 0 ]; then {{ {one}\n}} </dev/null; status=$?; fi\n"))
            .collect();
        write!(
            self.input,
            "status=0\n{steps}printf '\\n{END} %s\\n' \"$status\"\n"
        )?;
        self.input.flush()?;
        let mut output = String::new();
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                bail!("the shell has ended:\n{commands}\n{output}");
            }
            if let Some(status) = line.strip_prefix(END) {
                return Ok((status.trim() == "0", output));
            }
            output.push_str(&line);
        }
    }

    /// Returns the folder of the shell.
    pub(super) fn folder(&mut self) -> Result<PathBuf> {
        let (_, output) = self.run("pwd")?;
        Ok(PathBuf::from(output.trim()))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the commands one by one: a line each, with those that continue it.
fn statements(commands: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut continues = false;
    for line in commands.lines() {
        match statements.last_mut() {
            Some(last) if continues => {
                last.push('\n');
                last.push_str(line);
            }
            _ => statements.push(line.to_owned()),
        }
        continues = line.ends_with('\\');
    }
    statements.retain(|one| !one.trim().is_empty() && !one.trim_start().starts_with('#'));
    statements
}

/// A command that runs until it is stopped, and what it has printed.
pub(super) struct Server {
    child: Child,
    output: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a command in a shell.
    pub(super) fn start(bash: Cmd, command: &str) -> Result<Self> {
        // The shell becomes the last command, so that a signal reaches it.
        let bash = bash.arg("-c").arg(format!("exec 2>&1; {command}"));
        let mut child = bash.spawn(|command| {
            command.stdout(Stdio::piped());
        })?;
        let mut stdout = child.stdout.take().context("the server has no output")?;
        let output = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&output);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..count]);
                shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push_str(&text);
            }
        });
        Ok(Self { child, output })
    }

    fn output(&self) -> String {
        let output = self.output.lock();
        output.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has printed these lines.
    pub(super) fn wait_for(&self, expected: &str) -> Result<()> {
        let what = format!("the server prints:\n{expected}");
        let has_printed = || Ok(has_lines(&self.output(), expected));
        wait_until(SERVER_TIMEOUT, &what, has_printed).with_context(|| self.output())
    }

    /// Returns the word that begins so.
    pub(super) fn word(&self, begin: &str) -> Option<String> {
        let output = self.output();
        let mut texts = output.split(|c: char| c.is_whitespace() || "'\"".contains(c));
        texts
            .find(|word| word.starts_with(begin))
            .map(str::to_owned)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // As Ctrl-C does; `cargo run` has become the program.
        let _ = Cmd::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .succeeds();
        let mut is_over = || Ok(self.child.try_wait()?.is_some());
        if wait_until(Duration::from_secs(40), "the server ends", &mut is_over).is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Returns whether a text has all of the expected lines in their order, with other lines between them.
pub(super) fn has_lines(text: &str, expected: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let mut wanted = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    wanted.all(|line| lines.any(|found| matches(found, line)))
}

/// Returns whether a line is as expected, where `…` stands for any text.
fn matches(line: &str, expected: &str) -> bool {
    let Some((begin, rest)) = expected.split_once('…') else {
        return line == expected;
    };
    let Some(mut line) = line.strip_prefix(begin) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('…').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match line.split_once(part) {
            Some((_, after)) => line = after,
            None => return false,
        }
    }
    line.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_expected_in_their_order() {
        let text = "one\n  two\nthree four five\n";
        for expected in [
            "one\nthree four five",
            "two",
            "…",
            "three…five",
            "…four…",
            "",
        ] {
            assert!(has_lines(text, expected), "{expected}");
        }
        for expected in ["two\none", "tw", "three…four", "one\none", "…six…"] {
            assert!(!has_lines(text, expected), "{expected}");
        }
    }

    #[test]
    fn commands_are_split_where_no_line_continues() {
        let found = statements("a \\\n  b\n\n# comment\nc\n");
        assert_eq!(found, ["a \\\n  b", "c"]);
    }
}
