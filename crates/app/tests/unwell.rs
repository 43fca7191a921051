//! A program that is not well, as a process of its own: it panics, fails, starts slowly and is not ready. What it logs and
//! tells is looked at from outside.
//!
//! This file is both: started with `UNWELL` set it is the program, otherwise the tests. So it has no harness.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStdout, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use purlin_app::{
    App,
    router::{ApiError, Json, Message, Operation, Registry},
};
use serde_json::Value;

const UNWELL: &str = "UNWELL";
const EVIL: &str = "a\r\n[2026-01-31T12:00:00.123Z INFO  purlin::access] b\0\u{1b}[31m\u{2028}c";
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    if env::var_os(UNWELL).is_some() {
        return program();
    }
    let tests: [(&str, fn()); 6] = [
        ("a panic that ends the program is told", ends),
        ("panics are lines with the id of their request", panics),
        (
            "the cause of a 500 is a line with the id of its request",
            causes,
        ),
        (
            "a check that fails or takes too long makes the server unready",
            checks,
        ),
        ("until it has started it is alive and not ready", starting),
        (
            "requests that are refused, in flight or wrong are counted",
            counting,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

// The program.

#[derive(Debug, thiserror::Error, ApiError)]
enum Broken {
    /// Nothing can be kept.
    #[error("the disk is full:\n{0}")]
    #[status(500)]
    Disk(String),
}

async fn panic() -> Json<Message> {
    panic!("{EVIL}")
}

async fn fail() -> Result<Json<Message>, Broken> {
    Err(Broken::Disk(EVIL.to_owned()))
}

async fn wait() -> Json<Message> {
    actix_web::rt::time::sleep(Duration::from_secs(2)).await;
    Json(Message::new("at last"))
}

fn program() -> ExitCode {
    let mode = env::var(UNWELL).unwrap_or_default();
    purlin_app::run(
        purlin_app::program!().prefix("purlin"),
        async move |app: &mut App| {
            if mode == "slow start" {
                app.on_startup("slow", || async {
                    actix_web::rt::time::sleep(Duration::from_secs(2)).await;
                    Ok(())
                });
            }
            if mode == "checks" {
                let limit = Duration::from_millis(50);
                app.readiness_check("cache", limit, || async { Ok(()) });
                app.readiness_check("database", limit, || async { Err("gone\naway".into()) });
                app.readiness_check("mail", limit, std::future::pending);
            }
            assert!(mode != "no start", "{EVIL}");
            app.rejection_counter("tests").add();
            let registry = Registry::new("Unwell", "1.0.0")
                .operation(Operation::get("/panic", panic).operation_id("panic"))
                .operation(Operation::get("/fail", fail).operation_id("fail"))
                .operation(Operation::get("/wait", wait).operation_id("wait"));
            app.registry(registry);
            Ok(())
        },
    )
}

// The tests.

fn panics() {
    for format in ["text", "json"] {
        let program = Running::start("", format);
        let answer = ask(
            program.api(),
            "GET /panic HTTP/1.1\r\nX-Request-Id: abc-123",
        );
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(!answer.contains("[31m"), "{answer}");
        let log = program.stop();
        assert_eq!(about(&log, "purlin::panic", format), 2, "{log}");
        assert!(log.contains("unwell.rs:"), "{log}");
    }
}

fn ends() {
    for level in ["info", "off"] {
        let mut command = Running::command("no start", "text", "off");
        let output = command.env("PURLIN_LOG__LEVEL", level).output().unwrap();
        assert_eq!(output.status.code(), Some(101));
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(
            log.contains("thread") && log.contains("unwell.rs:"),
            "{log}"
        );
        assert!(level == "off" || log.lines().count() == 1, "{log}");
    }
}

fn causes() {
    for format in ["text", "json"] {
        let program = Running::start("", format);
        let answer = ask(program.api(), "GET /fail HTTP/1.1\r\nX-Request-Id: abc-123");
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(!answer.contains("full"), "{answer}");
        let log = program.stop();
        assert_eq!(about(&log, "purlin::error", format), 1, "{log}");
        assert!(log.contains("the disk is full"), "{log}");
    }
}

/// How many lines of this target there are; each knows its request, and none breaks out.
fn about(log: &str, target: &str, format: &str) -> usize {
    for line in log.split('\n').filter(|line| !line.is_empty()) {
        let is_evil = |c: char| c.is_control() || c == '\u{2028}';
        assert!(!line.contains(is_evil), "{line:?}");
        let begins = if format == "json" {
            "{\"time\":"
        } else {
            "[20"
        };
        assert!(line.starts_with(begins), "{line}");
    }
    let known = log.lines().filter(|line| match format {
        "json" => {
            let line: Value = serde_json::from_str(line).unwrap();
            line["target"] == target && line["request_id"] == "abc-123"
        }
        _ => line.contains(&format!(" {target}] ")) && line.ends_with(" request_id=abc-123"),
    });
    known.count()
}

fn checks() {
    let program = Running::start("checks", "text");
    let answer = ask(program.operations, "GET /readyz HTTP/1.1");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["status"], "failing");
    for (name, outcome) in [("cache", "ok"), ("database", "failed"), ("mail", "timeout")] {
        let check = &body["checks"][name];
        assert_eq!(check["outcome"], outcome, "{body}");
        assert!(check["us"].is_u64(), "{body}");
    }
    assert!(
        body["checks"]["mail"]["us"].as_u64() >= Some(50_000),
        "{body}"
    );
    assert!(ask(program.operations, "GET /livez HTTP/1.1").starts_with("HTTP/1.1 200 "));
    assert!(!answer.contains("gone"), "{answer}");
    let log = program.stop();
    assert!(
        log.contains("the readiness check `database` failed: gone away"),
        "{log}"
    );
    assert!(
        log.contains("the readiness check `mail` failed: it took longer than 50 ms"),
        "{log}"
    );
}

fn starting() {
    // The port is learned before the program has started: another server tells a free one.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let operations = free.local_addr().unwrap();
    drop(free);
    let mut program = Running::spawn("slow start", "text", &operations.to_string());
    let begun = Instant::now();
    while TcpStream::connect(operations).is_err() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(5));
    }
    for (path, status) in [("/livez", 200), ("/startupz", 503), ("/readyz", 503)] {
        let answer = ask(operations, &format!("GET {path} HTTP/1.1"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
    }
    program.read_addresses();
    for path in ["/startupz", "/readyz"] {
        let answer = ask(operations, &format!("GET {path} HTTP/1.1"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    }
}

fn counting() {
    let program = Running::start("", "text");
    let metrics = || ask(program.operations, "GET /metrics HTTP/1.1");
    let until = |line: &str| {
        let begun = Instant::now();
        while !metrics().contains(&format!("\n{line}\n")) {
            assert!(begun.elapsed() < PATIENCE, "{line}\n{}", metrics());
            thread::sleep(Duration::from_millis(5));
        }
    };
    let mut client = TcpStream::connect(program.api()).unwrap();
    client
        .write_all(b"GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    until("purlin_http_requests_in_flight 1");
    drop(client);
    until("purlin_http_requests_in_flight 0");
    until("purlin_http_requests_rejected_total{reason=\"tests\"} 1");
    ask(program.api(), "GET /fail HTTP/1.1");
    until(
        "purlin_http_requests_total{operation=\"fail\",template=\"/fail\",method=\"GET\",status=\"500\"} 1",
    );
}

/// The program; killed if the test ends before it does.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    api: Option<SocketAddr>,
    operations: SocketAddr,
}

impl Running {
    fn start(mode: &str, format: &str) -> Self {
        let mut running = Self::spawn(mode, format, "127.0.0.1:0");
        running.read_addresses();
        running
    }

    fn command(mode: &str, format: &str, operations: &str) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .current_dir(env::temp_dir())
            .env(UNWELL, mode)
            .env("PURLIN_OPS__BIND", operations)
            .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
            .env("PURLIN_HTTP__DRAIN_DELAY", "0")
            .env("PURLIN_LOG__FORMAT", format)
            .env_remove("RUST_LOG")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        command
    }

    fn spawn(mode: &str, format: &str, operations: &str) -> Self {
        let mut child = Self::command(mode, format, operations)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            out,
            api: None,
            operations: SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }

    fn read_addresses(&mut self) {
        loop {
            let mut line = String::new();
            assert!(
                self.out.read_line(&mut line).unwrap() > 0,
                "it says no addresses"
            );
            let Some((_, url)) = line.split_once("http://") else {
                continue;
            };
            let address = url.split(['/', '\n']).next().unwrap().parse().unwrap();
            self.api.get_or_insert(address);
            if line.starts_with("Health and metrics") {
                self.operations = address;
                return;
            }
        }
    }

    fn api(&self) -> SocketAddr {
        self.api.unwrap()
    }

    /// Stops it; everything it logged.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        let mut log = String::new();
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut log).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{head}\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
