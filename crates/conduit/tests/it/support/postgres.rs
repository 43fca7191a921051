//! A private PostgreSQL server, of the programs that the Debian package `postgresql` installs.
//!
//! It has its data and its Unix socket in a temporary folder and listens nowhere else. It ends with the process that started
//! it, however that ends: a shell waits for the end of a pipe, stops the server and deletes the folder. Nothing is synced to
//! the disk. `cargo xtask` includes this file as well.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write as _},
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long the server may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the server, until a line with a signal (the data are kept) or the end (they are deleted) of standard input.
pub const SUPERVISOR: &str = r#"
folder=$1; shift
"$@" & server=$!
read -r signal && keep=1
kill -${signal:-INT} $server
wait $server
[ "$keep" ] || rm -rf "$folder"
"#;

/// A server, stopped and deleted when dropped or when the process ends.
#[derive(Debug)]
pub struct Postgres {
    /// The folder of `initdb`, `postgres` and `psql`.
    programs: PathBuf,
    folder: PathBuf,
    /// The server rejects root; it runs as the user `postgres` then.
    is_root: bool,
    /// The shell around the server, unless it is stopped.
    supervisor: Option<Child>,
    databases: AtomicUsize,
}

impl Postgres {
    /// Returns the server that all tests of this process share, or none where PostgreSQL is not installed.
    ///
    /// In the second case it prints that the current test is skipped; with the environment variable `CI` it is an error.
    pub fn shared() -> io::Result<Option<&'static Self>> {
        static SHARED: OnceLock<io::Result<Option<Postgres>>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::installed().map(Self::start_with).transpose());
        match shared {
            Ok(Some(server)) => Ok(Some(server)),
            Ok(None) => skip(MISSING).map(|()| None),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }

    /// Starts a server for one test alone; otherwise like [`shared`](Self::shared).
    pub fn private() -> io::Result<Option<Self>> {
        match Self::installed() {
            Some(programs) => Self::start_with(programs).map(Some),
            None => skip(MISSING).map(|()| None),
        }
    }

    /// Returns the folder with the programs of the newest version that is installed, by Debian's package or in `PATH`.
    pub fn installed() -> Option<PathBuf> {
        let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|version| {
                let version = version.ok()?;
                let number: u32 = version.file_name().to_str()?.parse().ok()?;
                Some((number, version.path().join("bin")))
            })
            .collect();
        versions.sort();
        let newest = versions.into_iter().rev().map(|(_, programs)| programs);
        let paths = env::var_os("PATH").unwrap_or_default();
        let paths = env::split_paths(&paths).collect::<Vec<_>>();
        newest
            .chain(paths)
            .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
    }

    fn start_with(programs: PathBuf) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("postgres-").tempdir()?;
        let folder = folder.keep();
        let mut server = Self {
            is_root: fs::metadata(&folder)?.uid() == 0,
            programs,
            folder,
            supervisor: None,
            databases: AtomicUsize::new(0),
        };
        if server.is_root {
            let owner = [OsStr::new("postgres:"), server.folder.as_os_str()];
            succeeds(Command::new("chown").args(owner))?;
        }
        let initdb = server.programs.join("initdb");
        succeeds(
            server
                .unprivileged()
                .arg(initdb)
                .args(["--auth=trust", "--username=postgres", "--no-sync"])
                .args(["--encoding=UTF8", "--locale=C", "--pgdata"])
                .arg(server.data()),
        )?;
        server.start()?;
        Ok(server)
    }

    /// Starts the server, after [`stop`](Self::stop) with the same data and the same socket, and waits until it is ready.
    pub fn start(&mut self) -> io::Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))?;
        let server = self.unprivileged();
        let supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&self.folder)
            .arg(server.get_program())
            .args(server.get_args())
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder)
            .args(["-c", "listen_addresses=", "-c", "max_connections=200"])
            .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
            .args(["-c", "synchronous_commit=off"])
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.supervisor = Some(supervisor);
        let begin = Instant::now();
        // The last line of the file is the state of the server.
        let state = self.data().join("postmaster.pid");
        while !fs::read_to_string(&state).is_ok_and(|state| state.contains("ready")) {
            if begin.elapsed() > START_TIMEOUT {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(io::Error::other(format!(
                    "PostgreSQL did not start within {START_TIMEOUT:?}:\n{log}"
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Disconnects all clients, stops the server and waits for its end; the data are kept.
    pub fn stop(&mut self) -> io::Result<()> {
        self.end("INT")
    }

    /// Ends the server as a crash does: it recovers when it is started again.
    pub fn crash(&mut self) -> io::Result<()> {
        self.end("QUIT")
    }

    fn end(&mut self, signal: &str) -> io::Result<()> {
        let Some(mut supervisor) = self.supervisor.take() else {
            return Ok(());
        };
        if let Some(mut pipe) = supervisor.stdin.take() {
            writeln!(pipe, "{signal}")?;
        }
        supervisor.wait().map(drop)
    }

    /// Creates an empty database and returns its name.
    pub fn create_database(&self) -> io::Result<String> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.query("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(name)
    }

    /// Returns the URL of a database.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!("postgres://postgres@localhost/{database}?host={folder}")
    }

    /// Executes SQL as the administrator and returns the rows: a line each, the columns separated by `|`.
    pub fn query(&self, database: &str, sql: &str) -> io::Result<String> {
        let output = succeeds(
            Command::new(self.programs.join("psql"))
                .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
                .args(["--variable=ON_ERROR_STOP=1", "--username=postgres"])
                .args(["--dbname", database, "--command", sql, "--host"])
                .arg(&self.folder),
        )?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Returns a command that runs its arguments, in the folder of the server and without the privileges of root.
    fn unprivileged(&self) -> Command {
        let mut command = Command::new("env");
        if self.is_root {
            command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
        }
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.supervisor.take() {
            drop(supervisor.stdin.take());
            let _ = supervisor.wait();
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

const MISSING: &str = "PostgreSQL is not installed (the Debian package `postgresql`)";

/// Prints that the current test is skipped, past the capture of the test's output; with the environment variable `CI` it is an
/// error.
pub fn skip(missing: &str) -> io::Result<()> {
    if env::var_os("CI").is_some_and(|value| !value.is_empty()) {
        return Err(io::Error::new(io::ErrorKind::NotFound, missing));
    }
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    writeln!(io::stderr(), "skipped: {test}: {missing}")
}

/// Runs a command; fails with its standard error.
pub fn succeeds(command: &mut Command) -> io::Result<Output> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let program = command.get_program().display();
    Err(io::Error::other(format!("{program}: {}", errors.trim())))
}
