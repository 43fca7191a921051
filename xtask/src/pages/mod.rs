//! Runs a page of the documentation as a reader would: commands, expected output and edits of files, from top to bottom.
//!
//! What is done with a fenced block depends on the line that opens it; other blocks are only read (`blocks.rs`):
//!
//! | line | what is done |
//! |---|---|
//! | <code>```sh</code> | the commands are run, in one shell for the whole page; each has to succeed |
//! | <code>```sh fails</code> | the commands are run and have to fail |
//! | <code>```sh server</code> | the command is started, and is stopped by the next one or at the end of the page |
//! | <code>```sh later</code> | nothing: a reader needs it, and here it was done before |
//! | <code>```text</code> after one of these | each line is in the output, in this order; `…` stands for any text |
//! | <code>```rust PATH</code> | the text is added at the end of the file |
//! | <code>```diff PATH</code> | the lines are changed |
//!
//! In a command, a word that ends with `…` is the word of the server's output that begins so. `127.0.0.1:8000` is another
//! address here, since ports may be in use.

use std::{net::TcpListener, path::Path};

use anyhow::{Context as _, Result, ensure};
use cargo_purlin::process::Cmd;
use fs_err as fs;

use self::{
    blocks::{Block, Content, Mode},
    shell::{Server, Shell},
};

mod blocks;
pub(crate) mod commands;
mod edits;
mod shell;

/// The address in pages.
const ADDRESS: &str = "127.0.0.1:8000";

/// Where a page is run.
pub(crate) struct Environment<'p> {
    /// The folder in which the first command runs.
    pub(crate) folder: &'p Path,
    /// The folder of the executable `cargo-purlin`.
    pub(crate) programs: &'p Path,
    /// Environment variables of all commands.
    pub(crate) variables: &'p [(&'p str, String)],
    /// The versions of dependencies that a new package gets, so that they are those that are built already.
    pub(crate) lock: Option<&'p Path>,
    /// The prefix of the settings of the service that the page makes, as variables.
    pub(crate) prefix: &'p str,
}

/// Runs a page, up to the first mistake in it.
pub(crate) fn run(page: &str, environment: &Environment<'_>) -> Result<()> {
    let mut runner = Runner {
        shell: Shell::start(bash(environment, environment.folder)?)?,
        server: None,
        address: format!("127.0.0.1:{}", free_port()?),
        environment,
    };
    for block in blocks::read(page)? {
        let line = block.line;
        let within = || format!("line {line} of the page");
        runner.block(block).with_context(within)?;
    }
    Ok(())
}

struct Runner<'p> {
    shell: Shell,
    server: Option<Server>,
    address: String,
    environment: &'p Environment<'p>,
}

impl Runner<'_> {
    fn block(&mut self, block: Block) -> Result<()> {
        match block.content {
            Content::Commands {
                text,
                mode,
                output: expected,
            } => {
                let expected = expected.replace(ADDRESS, &self.address);
                let commands = self.substitute(&text)?;
                match mode {
                    Mode::Later => {}
                    Mode::Server => {
                        // The last one has the address.
                        self.server = None;
                        let prefix = self.environment.prefix;
                        let bash = bash(self.environment, &self.shell.folder()?)?
                            .env(&format!("{prefix}_HTTP__BIND"), &self.address)
                            .env(&format!("{prefix}_OPS__BIND"), "127.0.0.1:0");
                        let server = Server::start(bash, &commands)?;
                        server.wait_for(&expected)?;
                        self.server = Some(server);
                    }
                    Mode::Succeeds | Mode::Fails => {
                        let (succeeded, output) = self.shell.run(&commands)?;
                        ensure!(
                            succeeded == (mode == Mode::Succeeds),
                            "the commands {}:\n{commands}\n{output}",
                            if succeeded { "succeed" } else { "fail" },
                        );
                        ensure!(
                            shell::has_lines(&output, &expected),
                            "the output is not as expected:\n{expected}\n\nbut is:\n{output}"
                        );
                        self.lock()?;
                    }
                }
            }
            Content::Addition { path, text } => {
                let path = self.shell.folder()?.join(path);
                let old = fs::read_to_string(&path)?;
                fs::write(&path, format!("{}\n\n{text}", old.trim_end()))?;
            }
            Content::Diff { path, text } => {
                let path = self.shell.folder()?.join(path);
                let new = edits::apply(&fs::read_to_string(&path)?, &text);
                let new = new.with_context(|| format!("cannot change {}", path.display()))?;
                fs::write(&path, new)?;
            }
        }
        Ok(())
    }

    /// Returns commands with the address of here, and with what the server has printed.
    fn substitute(&self, commands: &str) -> Result<String> {
        let mut commands = commands.replace(ADDRESS, &self.address);
        while let Some((before, after)) = commands.split_once('…') {
            let is_end = |c: char| c.is_whitespace() || "'\"=".contains(c);
            let start = before.rfind(is_end).map_or(0, |at| at + 1);
            let (before, begin) = before.split_at(start);
            let server = self.server.as_ref();
            let found = server.and_then(|server| server.word(begin));
            let found = found.with_context(|| format!("no server printed `{begin}…`"))?;
            commands = format!("{before}{found}{after}");
        }
        Ok(commands)
    }

    /// Gives a new package in the folder of the shell the versions of its dependencies.
    fn lock(&mut self) -> Result<()> {
        let folder = self.shell.folder()?;
        let own = folder.join("Cargo.lock");
        if let Some(lock) = self.environment.lock
            && folder.join("Cargo.toml").exists()
            && !own.exists()
        {
            fs::copy(lock, own)?;
        }
        Ok(())
    }
}

/// Returns a shell in a folder.
fn bash(environment: &Environment<'_>, folder: &Path) -> Result<Cmd> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let programs = std::iter::once(environment.programs.to_owned());
    let path = std::env::join_paths(programs.chain(std::env::split_paths(&path)))?;
    let bash = Cmd::new("bash").arg("-u").current_dir(folder);
    let bash = bash.env_remove_prefix("CARGO_PKG_").env("PATH", path);
    let variables = environment.variables.iter();
    Ok(variables.fold(bash, |bash, (name, value)| bash.env(name, value)))
}

/// Returns a port of the loopback interface that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_in_empty_folder(page: &str) -> Result<String> {
        let folder = crate::run::empty_folder(&format!("page-{}", free_port()?))?;
        fs::write(folder.join("file.txt"), "one\ntwo\n")?;
        let environment = Environment {
            folder: &folder,
            programs: Path::new("/nowhere"),
            variables: &[],
            lock: None,
            prefix: "DEMO",
        };
        let result = run(page, &environment);
        let text = fs::read_to_string(folder.join("file.txt"))?;
        fs::remove_dir_all(&folder)?;
        result.map(|()| text)
    }

    #[test]
    fn page_is_run_from_top_to_bottom() {
        let page = "# Page\n```sh\nNAME=Ada\nmkdir sub && cd sub && cd ..\n```\n```sh\necho \"Hello, $NAME!\"\necho bye\n```\nprints\n\
            ```text\nHello, …!\nbye\n```\n```diff file.txt\n one\n-two\n+2\n```\n```rust file.txt\nthree\n```\n\
            ```sh fails\ngrep -q four file.txt\n```\n```sh later\nnowhere\n```\n```rust\nonly read\n```\n";
        assert_eq!(run_in_empty_folder(page).unwrap(), "one\n2\n\nthree\n");
    }

    #[test]
    fn server_runs_until_the_next_one() {
        let page = "```sh server\necho token: abc-$DEMO_HTTP__BIND; sleep 600\n```\n```text\ntoken: …\n```\n\
            ```sh\nTOKEN=abc-…\necho $TOKEN\n```\n```text\nabc-127.0.0.1:8000\n```\n";
        run_in_empty_folder(page).unwrap();
    }

    #[test]
    fn mistakes_are_found_with_their_line() {
        for page in [
            "```sh\nfalse\ntrue\n```\n",
            "```sh fails\ntrue\n```\n",
            "```sh\necho a\n```\n```text\nb\n```\n",
            "```sh\necho a\necho b\n```\n```text\nb\na\n```\n",
            "```diff file.txt\n-four\n+five\n```\n",
            "```rust nowhere.txt\nthree\n```\n",
            "```sh\necho x…\n```\n",
            "```sh unknown\ntrue\n```\n",
            "```sh\ntrue\n",
        ] {
            assert!(run_in_empty_folder(page).is_err(), "{page}");
        }
    }
}
