//! Starts the real binary on a free port, speaks HTTP to it over a plain
//! socket, and makes sure that nothing is left running.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for what should take milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// An empty working directory, removed when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("purlin-server-test-{}-{number}", std::process::id());
        let path = env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A folder with this `purlin.toml`.
    pub fn with_settings(text: &str) -> Self {
        let folder = Self::new();
        fs::write(folder.0.join("purlin.toml"), text).unwrap();
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The binary, with no settings but those the test gives it.
pub fn program(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_purlin-server"));
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PURLIN_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    // Nobody has to learn that a test's server stops.
    command.env("PURLIN_HTTP__DRAIN_DELAY", "0");
    // Many servers run at once, and few tests ask about theirs.
    command.env("PURLIN_OPS__BIND", "off");
    command.current_dir(folder.path()).stdin(Stdio::null());
    command
}

/// The command as a shell runs it, in a script that ends in `exec "$0" "$@"`.
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

/// A running server; killed if the test ends before it does.
pub struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What was printed up to and with the first URL.
    pub greeting: String,
    /// Where it listens; port 0 where the URL has no address.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the server and waits until it says where it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        // From here on the process is killed whatever happens.
        let mut server = Self {
            child,
            stdout,
            greeting: String::new(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.address = server.read_address();
        server
    }

    /// Reads on until the first URL.
    fn read_address(&mut self) -> SocketAddr {
        loop {
            let read = self.stdout.read_line(&mut self.greeting).unwrap();
            if let Some((_, url)) = self.greeting.split_once("://") {
                let host = url.split(['/', '\n']).next().unwrap();
                return host.parse().unwrap_or(self.address);
            }
            if read == 0 {
                let mut errors = String::new();
                let mut stderr = self.child.stderr.take().unwrap();
                stderr.read_to_string(&mut errors).unwrap();
                panic!("the server said no URL: {}{errors}", self.greeting);
            }
        }
    }

    /// The next line of standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Reads standard output until the line that holds `text`.
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

    /// Where the operations port is, which the server says after where the API is.
    pub fn operations(&mut self) -> SocketAddr {
        let line = self.line_with("Health and metrics are served at http://");
        let (_, address) = line.trim_end().split_once("http://").unwrap();
        address.trim_end_matches('/').parse().unwrap()
    }

    /// Reads the log until the line that holds `text`; what is read does not come again at the end.
    pub fn log_line_with(&mut self, text: &str) -> String {
        // Where the line does not come, the log ends, for the server is killed.
        let (_found, is_found) = mpsc::channel::<()>();
        let id = self.id().to_string();
        thread::spawn(move || {
            if is_found.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
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
            let said = String::from_utf8_lossy(&line).into_owned();
            if said.contains(text) {
                return said;
            }
            line.clear();
        }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends one request, head lines separated by `\n`, and reads its answer.
    pub fn ask(&self, head: &str) -> Answer {
        ask(self.address, head.as_bytes())
    }

    /// The process id, for those who read `/proc`.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; the status and everything logged.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        };
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (status, log)
    }

    /// Stops the server; everything it logged.
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

/// Sends one request to any server, and reads its answer.
pub fn ask(address: SocketAddr, head: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut request = Vec::new();
    for line in head.split(|byte| *byte == b'\n') {
        request.extend_from_slice(line);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"Host: test\r\nConnection: close\r\n\r\n");
    stream.write_all(&request).unwrap();
    Answer::read(&mut stream)
}

/// Sends one request without a body on a connection that stays open, and reads its answer, which tells its length.
pub fn ask_on(mut stream: &TcpStream, path: &str) -> io::Result<Answer> {
    // In one piece: the kernel holds a second one back.
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut answer = Answer::read(&mut head.as_bytes());
    let length = answer.header("content-length").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    answer.body = String::from_utf8(body).unwrap();
    Ok(answer)
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads to the end of the connection.
    pub fn read(stream: &mut impl Read) -> Self {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no head: {text}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Asks on one connection until an answer says it is the last one; whether one did. Nothing may be lost before that,
/// but a connection that was never taken up.
pub fn ask_until_closed(stream: TcpStream, answered: &mut u32) -> bool {
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    for nth in 0.. {
        if writer
            .write_all(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            .is_err()
        {
            assert_eq!(nth, 0, "a connection was closed without a word");
            return false;
        }
        let (mut length, mut closes) = (0, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                assert_eq!(nth, 0, "a connection was closed without a word");
                return false;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.parse().unwrap();
            }
            closes |= line == "connection: close";
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        *answered += 1;
        if closes {
            return true;
        }
    }
    false
}
