//! A private Redis or Valkey server, of the programs that Debian's packages `redis-server` or `valkey-server` install.
//!
//! It has its data and its Unix socket in a temporary folder, and listens nowhere else unless it is a node of a cluster. It ends with the
//! process that started it, see `postgres.rs`.

use std::{
    env,
    fs::{self, File},
    io::{self, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use super::postgres::{SUPERVISOR, skip, succeeds};

/// How long the server may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A server, killed and deleted when dropped or when the process ends.
#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    options: Vec<String>,
    supervisor: Option<Child>,
}

impl Redis {
    /// Returns the server that all tests of this process share, or none where none is installed.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Redis>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::private(&[]));
        if shared.is_none() && program().is_some() {
            panic!("the server did not start");
        }
        if shared.is_none() {
            skip("Redis is not installed (the Debian package `redis-server`)").unwrap();
        }
        shared.as_ref()
    }

    /// Starts a server for one test alone, with more arguments.
    pub fn private(options: &[&str]) -> Option<Self> {
        if program().is_none() {
            skip("Redis is not installed (the Debian package `redis-server`)").unwrap();
            return None;
        }
        let folder = tempfile::Builder::new().prefix("redis-").tempdir();
        let mut server = Self {
            folder: folder.unwrap().keep(),
            options: options.iter().map(|&it| it.to_owned()).collect(),
            supervisor: None,
        };
        server.start();
        Some(server)
    }

    /// Returns whether a server is installed.
    #[allow(dead_code, reason = "the tests of purlin-app use it")]
    pub fn is_installed() -> bool {
        program().is_some()
    }

    /// Starts a server that is the one node of a cluster.
    pub fn cluster() -> Option<Self> {
        let free = || {
            let socket = TcpListener::bind("127.0.0.1:0").unwrap();
            socket.local_addr().unwrap().port().to_string()
        };
        let (port, bus) = (free(), free());
        let options = ["--cluster-enabled", "yes", "--bind", "127.0.0.1"];
        let options = [&options[..], &["--port", &port, "--cluster-port", &bus]].concat();
        let server = Self::private(&options)?;
        server.query(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
        let begin = Instant::now();
        while !server
            .query(&["CLUSTER", "INFO"])
            .contains("cluster_state:ok")
        {
            assert!(begin.elapsed() < START_TIMEOUT);
            thread::sleep(Duration::from_millis(10));
        }
        Some(server)
    }

    /// Starts the server, after [`kill`](Self::kill) with the same data and the same socket, and waits until it is ready.
    pub fn start(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))
            .unwrap();
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&self.folder)
            .arg(program().unwrap())
            .args(["--port", "0", "--save", "", "--dir"])
            .arg(&self.folder)
            .arg("--unixsocket")
            .arg(self.socket())
            .args(&self.options)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.supervisor = Some(supervisor.unwrap());
        let begin = Instant::now();
        while self.try_query(&["PING"]).ok().as_deref() != Some("PONG") {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begin.elapsed() < START_TIMEOUT, "{}", log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the process of the server, for signals that it need not be asked for.
    pub fn process(&self) -> Process {
        let info = self.query(&["INFO", "server"]);
        let number = info
            .lines()
            .find_map(|line| line.strip_prefix("process_id:"));
        Process(number.unwrap().trim().to_owned())
    }

    /// Kills the server as by `kill -9`; what is on the disk is kept.
    pub fn kill(&mut self) {
        let mut supervisor = self.supervisor.take().unwrap();
        let mut pipe = supervisor.stdin.take().unwrap();
        pipe.write_all(b"KILL\n").unwrap();
        drop(pipe);
        supervisor.wait().unwrap();
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Executes a command and returns its reply.
    pub fn query(&self, command: &[&str]) -> String {
        self.try_query(command).unwrap()
    }

    fn try_query(&self, command: &[&str]) -> io::Result<String> {
        let mut cli = Command::new("redis-cli");
        if program().is_some_and(|program| program.ends_with("valkey-server")) {
            cli = Command::new("valkey-cli");
        }
        let output = succeeds(cli.arg("-s").arg(self.socket()).args(command))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            drop(supervisor.stdin.take());
            let _ = supervisor.wait();
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// A process, by its number.
pub struct Process(String);

impl Process {
    /// Sends a signal.
    pub fn signal(&self, signal: &str) {
        let signal = format!("-{signal}");
        succeeds(Command::new("kill").args([&signal, &self.0])).unwrap();
    }
}

/// Returns the server's program.
fn program() -> Option<PathBuf> {
    let paths = env::var_os("PATH").unwrap_or_default();
    let paths = env::split_paths(&paths).collect::<Vec<_>>();
    ["valkey-server", "redis-server"]
        .into_iter()
        .flat_map(|name| paths.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}
