//! Faults of handlers: one that panics, one that never answers, one that blocks its thread. The process lives, and it is
//! looked at who is answered meanwhile.
//!
//! This file is both: started with `FAULTY` set it is a server with such handlers, otherwise the tests. So it has no
//! harness. What a panic leaves in the log is looked at in `crates/app/tests/unwell.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail"
)]

mod support;

use std::{
    collections::BTreeMap,
    env, fs,
    future::pending,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use purlin_app::{
    App,
    router::{Json, Message, Operation, Registry},
};
use support::{Folder, Server, ask, ask_on};

/// Names the folder where a file tells blocked handlers to go on.
const FAULTY: &str = "FAULTY";

const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    if env::var_os(FAULTY).is_some() {
        return program();
    }
    let tests: [(&str, fn()); 4] = [
        ("a panic is the answer of one request alone", panics),
        ("a handler that never answers is given up", gives_up),
        (
            "a blocked thread keeps its own connections waiting",
            blocked,
        ),
        (
            "the operations port answers while every thread is blocked",
            all_blocked,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

// The program.

fn said(words: &str) -> Json<Message> {
    Json(Message::new(words))
}

fn thread_name() -> Json<Message> {
    said(thread::current().name().unwrap_or_default())
}

async fn who() -> Json<Message> {
    thread_name()
}

async fn panic() -> Json<Message> {
    panic!("on purpose")
}

async fn never() -> Json<Message> {
    pending().await
}

/// What no handler should do: it keeps its thread until it is told to go on.
async fn block() -> Json<Message> {
    let file = told_to_go_on(Path::new(&env::var_os(FAULTY).unwrap_or_default()));
    while !file.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    thread_name()
}

fn told_to_go_on(folder: &Path) -> PathBuf {
    folder.join("go-on")
}

fn program() -> ExitCode {
    purlin_app::run(
        purlin_app::program!().prefix("purlin"),
        async |app: &mut App| {
            app.registry(
                Registry::new("Faulty", "1.0.0")
                    .operation(Operation::get("/who", who).operation_id("who"))
                    .operation(Operation::get("/panic", panic).operation_id("panic"))
                    .operation(Operation::get("/never", never).operation_id("never"))
                    .operation(Operation::get("/block", block).operation_id("block")),
            );
            Ok(())
        },
    )
}

// The tests.

/// The program on two threads, and its operations port.
fn start(folder: &Folder) -> (Server, SocketAddr) {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .current_dir(folder.path())
        .env(FAULTY, folder.path())
        .env("PURLIN_HTTP__BIND", "127.0.0.1:0")
        .env("PURLIN_HTTP__WORKERS", "2")
        .env("PURLIN_HTTP__DRAIN_DELAY", "0")
        .env("PURLIN_LIMITS__REQUEST_TIMEOUT", "1")
        .env("PURLIN_OPS__BIND", "127.0.0.1:0")
        .env("PURLIN_OPS__STUCK_AFTER", "2")
        // Nobody reads it here.
        .env("PURLIN_LOG__LEVEL", "off")
        .env_remove("RUST_LOG");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    (server, operations)
}

fn ends_well(server: Server) {
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
}

fn panics() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let (faulty, other) = (server.connect(), server.connect());
    for _ in 0..200 {
        assert_eq!(ask_on(&faulty, "/panic").unwrap().status, 500);
        assert_eq!(ask_on(&other, "/who").unwrap().status, 200);
    }
    // Not even the connection is lost.
    assert_eq!(ask_on(&faulty, "/who").unwrap().status, 200);
    let metrics = ask(operations, b"GET /metrics HTTP/1.1").body;
    let counted = "{operation=\"panic\",template=\"/panic\",method=\"GET\",status=\"500\"} 200\n";
    assert!(metrics.contains(counted), "{metrics}");
    ends_well(server);
}

fn gives_up() {
    let folder = Folder::new();
    let (server, _) = start(&folder);
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let stream = server.connect();
            thread::spawn(move || ask_on(&stream, "/never").map(|answer| (answer.status, stream)))
        })
        .collect();
    assert_eq!(server.ask("GET /who HTTP/1.1").status, 200);
    for client in waiting {
        let (status, stream) = client.join().unwrap().unwrap();
        assert_eq!(status, 504);
        assert_eq!(ask_on(&stream, "/who").unwrap().status, 200);
    }
    ends_well(server);
}

/// Connections by the thread that answers them, eight in all.
fn by_thread(server: &Server) -> Vec<Vec<TcpStream>> {
    let mut threads = BTreeMap::<_, Vec<_>>::new();
    for _ in 0..8 {
        let stream = server.connect();
        let thread = ask_on(&stream, "/who").unwrap().body;
        threads.entry(thread).or_default().push(stream);
    }
    assert_eq!(threads.len(), 2, "{:?}", threads.keys());
    threads.into_values().collect()
}

/// Asks on a connection from another thread; the answer's status comes once it is there.
fn asking(stream: &TcpStream, path: &'static str) -> thread::JoinHandle<u16> {
    let stream = stream.try_clone().unwrap();
    thread::spawn(move || ask_on(&stream, path).unwrap().status)
}

/// How many of these have their answers after a while; where a thread is blocked, none comes however long the while is.
fn answered(clients: &[thread::JoinHandle<u16>], at_least: usize) -> usize {
    let count = || clients.iter().filter(|client| client.is_finished()).count();
    let begun = Instant::now();
    while count() < at_least && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(200));
    count()
}

/// Waits until so many handlers are at work.
fn until_in_flight(operations: SocketAddr, count: usize) {
    let line = format!("\npurlin_http_requests_in_flight {count}\n");
    let begun = Instant::now();
    while !ask(operations, b"GET /metrics HTTP/1.1")
        .body
        .contains(&line)
    {
        assert!(begun.elapsed() < PATIENCE, "there are never{line}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn blocked() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let threads = by_thread(&server);
    let [of_one, of_other] = threads.as_slice() else {
        panic!("{threads:?}")
    };
    let blocking = asking(&of_one[0], "/block");
    until_in_flight(operations, 1);
    let delayed = asking(&of_one[1], "/who");
    // The other thread's connections do not notice.
    for stream in of_other {
        assert_eq!(ask_on(stream, "/who").unwrap().status, 200);
    }
    // New connections are dealt out in turn, and whoever comes to the blocked thread waits.
    let newcomers: Vec<_> = (0..8).map(|_| server.connect()).collect();
    let newcomers: Vec<_> = newcomers.iter().map(|new| asking(new, "/who")).collect();
    assert_eq!(answered(&newcomers, 4), 4);
    assert!(!delayed.is_finished() && !blocking.is_finished());
    // Those who ask are told soon enough.
    until_told(operations, "/readyz", 503);
    let metrics = ask(operations, b"GET /metrics HTTP/1.1").body;
    assert!(metrics.contains("purlin_threads_stuck 1\n"), "{metrics}");
    assert_eq!(ask(operations, b"GET /livez HTTP/1.1").status, 200);

    fs::write(told_to_go_on(folder.path()), "").unwrap();
    // It was past its time all along, which nobody can tell a thread that does not listen.
    assert_eq!(blocking.join().unwrap(), 200);
    assert_eq!(delayed.join().unwrap(), 200);
    for client in newcomers {
        assert_eq!(client.join().unwrap(), 200);
    }
    until_told(operations, "/readyz", 200);
    ends_well(server);
}

fn all_blocked() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let threads = by_thread(&server);
    let blocking: Vec<_> = threads.iter().map(|of| asking(&of[0], "/block")).collect();
    until_in_flight(operations, 2);
    let delayed: Vec<_> = threads.iter().map(|of| asking(&of[1], "/who")).collect();
    assert_eq!(answered(&delayed, 0), 0);
    until_told(operations, "/livez", 503);
    let told = ask(operations, b"GET /readyz HTTP/1.1");
    assert!(told.body.contains("stuck"), "{told:?}");
    fs::write(told_to_go_on(folder.path()), "").unwrap();
    for client in blocking.into_iter().chain(delayed) {
        assert_eq!(client.join().unwrap(), 200);
    }
    until_told(operations, "/livez", 200);
    ends_well(server);
}

/// Waits until a page of the operations port has this status.
fn until_told(operations: SocketAddr, path: &str, status: u16) {
    let begin = Instant::now();
    let head = format!("GET {path} HTTP/1.1");
    while ask(operations, head.as_bytes()).status != status {
        assert!(begin.elapsed() < PATIENCE, "{path} never says {status}");
        thread::sleep(Duration::from_millis(20));
    }
}
