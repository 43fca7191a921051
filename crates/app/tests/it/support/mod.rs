//! Starts a program on a free port, and makes sure that it does not outlive its test.
//!
//! The tests of `purlin-server` and `purlin-conduit` use this module too. Each binary names its program in `crate::PROGRAM` and
//! what its environment variables begin with in `crate::PREFIX`.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod contract;
pub mod http;

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use http::{Connection, Response};

/// How long a test waits for what should take milliseconds.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until a condition holds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < DEADLINE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// An empty working directory, removed when the test ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Returns a folder with this `purlin.toml`.
    pub fn with_settings(text: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.path().join("purlin.toml"), text).unwrap();
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Returns the environment variable of a setting, such as `HTTP__BIND`.
pub fn variable(setting: &str) -> String {
    format!("{}_{setting}", crate::PREFIX)
}

/// Returns the program with no settings but those the test gives it.
pub fn program(folder: &Folder) -> Command {
    let mut command = Command::new(crate::PROGRAM);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with(&variable("")) || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_BACKTRACE");
    // No load balancer has to notice that a test's server stops.
    command.env(variable("HTTP__DRAIN_DELAY"), "0");
    // Many servers run at once, and few tests use their operations port.
    command.env(variable("OPS__BIND"), "off");
    command.current_dir(folder.path()).stdin(Stdio::null());
    command
}

/// Returns the program on a free port of the loopback address.
pub fn listening(folder: &Folder) -> Command {
    let mut command = program(folder);
    command.args(["--bind", "127.0.0.1:0"]);
    command
}

/// Returns the program on free ports for the API and for operations.
pub fn observed(folder: &Folder) -> Command {
    let mut command = listening(folder);
    command.env(variable("OPS__BIND"), "127.0.0.1:0");
    command
}

/// Returns the command as a shell runs it, in a script that ends in `exec "$0" "$@"`.
pub fn in_shell(script: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(command.get_program());
    shell.args(command.get_args()).stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Runs a command that prints and ends.
pub fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

/// A running server, killed if the test ends before it does.
pub struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What was printed up to and with the first URL.
    pub banner: String,
    /// Where it listens; port 0 where the URL has no address.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the server and waits until it prints where it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut server = Self::spawn(command);
        server.address = server.read_address();
        contract::started(server.address, command);
        server
    }

    /// Starts the server without waiting for it. Its responses are not compared with its document.
    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            stdout,
            banner: String::new(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }

    /// Reads on until the first URL.
    pub fn read_address(&mut self) -> SocketAddr {
        loop {
            let read = self.stdout.read_line(&mut self.banner).unwrap();
            if let Some((_, url)) = self.banner.split_once("://") {
                let host = url.split(['/', '\n']).next().unwrap();
                return host.parse().unwrap_or(self.address);
            }
            if read == 0 {
                let mut errors = String::new();
                let mut stderr = self.child.stderr.take().unwrap();
                stderr.read_to_string(&mut errors).unwrap();
                panic!("the server printed no URL: {}{errors}", self.banner);
            }
        }
    }

    /// Returns the next line of standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Reads standard output up to the line that holds `text`.
    pub fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.line();
            assert!(
                !line.is_empty(),
                "no line of standard output holds `{text}`"
            );
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Returns the address of the operations port, which is printed after that of the API.
    pub fn operations(&mut self) -> SocketAddr {
        let line = self.line_with("Health and metrics are served at http://");
        let (_, address) = line.trim_end().split_once("http://").unwrap();
        address.trim_end_matches('/').parse().unwrap()
    }

    /// Reads the log up to the line that holds `text`; what was read is not returned by [`wait`](Self::wait).
    pub fn log_line_with(&mut self, text: &str) -> String {
        // Where the line does not come the log ends, since the server is killed.
        let (_found, is_found) = mpsc::channel::<()>();
        let id = self.id().to_string();
        thread::spawn(move || {
            if is_found.recv_timeout(DEADLINE) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-s", "KILL", &id]).status();
            }
        });
        let log = self.child.stderr.as_mut().unwrap();
        let (mut line, mut byte) = (Vec::new(), [0]);
        loop {
            let read = log.read(&mut byte).unwrap();
            assert_ne!(read, 0, "no line of the log holds `{text}`");
            if byte != *b"\n" {
                line.push(byte[0]);
                continue;
            }
            let found = String::from_utf8_lossy(&line).into_owned();
            if found.contains(text) {
                return found;
            }
            line.clear();
        }
    }

    /// Opens a connection to the API.
    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// Sends one request to the API, see [`http::request`].
    pub fn request(&self, head: impl AsRef<[u8]>) -> Response {
        http::request(self.address, head)
    }

    /// Sends one request to the API whose response is not compared with the document, for a reason.
    pub fn request_unchecked(&self, reason: &str, head: impl AsRef<[u8]>) -> Response {
        http::request_unchecked(self.address, reason, head)
    }

    /// Returns the process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", signal, &id]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for the end, and returns the status and everything logged.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let mut ended = None;
        wait_until("the server ends", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (ended.unwrap(), log)
    }

    /// Stops the server with SIGTERM, and returns everything it logged.
    pub fn stop(self) -> String {
        self.signal("TERM");
        self.wait().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `/metrics` of an operations port has this line.
#[track_caller]
pub fn wait_for_metric(operations: SocketAddr, line: &str) {
    wait_until(line, || {
        let metrics = http::get(operations, "/metrics").body;
        metrics.lines().any(|found| found == line)
    });
}
