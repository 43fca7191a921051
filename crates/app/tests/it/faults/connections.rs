//! More connections than usual, and more than the process may have.

use std::{
    net::{SocketAddr, TcpStream},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::process::{raise_open_files, resident, worked};
use crate::support::{
    Folder, Server,
    http::{Connection, get},
    in_shell, observed,
};

/// Returns the program with two workers, an operations port and these settings.
fn with_workers(folder: &Folder, settings: &[(&str, &str)]) -> Command {
    let mut command = observed(folder);
    command
        .envs(settings.iter().copied())
        .env("PURLIN_HTTP__WORKERS", "2")
        .env("PURLIN_LOG__LEVEL", "warn");
    command
}

/// A connection that has asked once and stays open.
fn kept(address: SocketAddr) -> Connection {
    let mut connection = Connection::open(address);
    assert_eq!(connection.get("/").unwrap().status, 200);
    connection
}

#[test]
fn idle_connections_cost_memory_only() {
    // One end of each is here, the other in the server; some are left for the tests beside this one.
    let most = raise_open_files().saturating_sub(1000).min(10_000);
    assert!(most >= 4000, "`ulimit -Hn` lets {most} connections be held");
    let folder = Folder::new();
    let mut server = Server::start(&mut with_workers(
        &folder,
        &[("PURLIN_HTTP__MAX_CONNECTIONS", "12000")],
    ));
    let operations = server.operations();
    let address = server.address;
    let before = resident(server.id());
    let clients: Vec<_> = (0..4)
        .map(|_| thread::spawn(move || (0..most / 4).map(|_| kept(address)).collect::<Vec<_>>()))
        .collect();
    let waiting = clients
        .into_iter()
        .flat_map(|client| client.join().unwrap());
    let mut waiting: Vec<_> = waiting.collect();

    for _ in 0..20 {
        assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    }
    assert_eq!(get(operations, "/livez").status, 200);
    let metrics = get(operations, "/metrics").body;
    let open = metrics
        .lines()
        .find_map(|line| line.strip_prefix("process_open_fds "));
    assert!(open.unwrap().parse::<f64>().unwrap() > waiting.len() as f64);
    for connection in waiting.iter_mut().step_by(100) {
        assert_eq!(connection.get("/").unwrap().status, 200);
    }
    let each = (resident(server.id()) - before) as f64 / waiting.len() as f64;
    println!(
        "{} connections wait: {} KiB resident, {before} before: {each:.1} KiB each",
        waiting.len(),
        resident(server.id()),
    );
    assert!(each < 64.0, "{each} KiB for each connection that waits");
    drop(waiting);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
}

/// A server that may have 64 files open, which are about 30 of its own and what clients take.
fn poor(folder: &Folder, settings: &[(&str, &str)]) -> (Server, SocketAddr) {
    let command = with_workers(folder, settings);
    let mut server = Server::start(&mut in_shell("ulimit -n 64; exec \"$0\" \"$@\"", &command));
    let operations = server.operations();
    (server, operations)
}

/// Opens 250 connections: some are taken, and the others wait in the kernel, which turns none away.
fn flood(address: SocketAddr) -> Vec<TcpStream> {
    let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
    (0..250).map(connect).collect()
}

#[test]
fn exhausted_file_descriptors_are_logged_and_recovered_from() {
    let folder = Folder::new();
    let (mut server, operations) = poor(&folder, &[]);
    let mut early = kept(server.address);
    let clients = flood(server.address);
    server.log_line_with("Too many open files");
    // Open connections are served all the same.
    assert_eq!(early.get("/").unwrap().status, 200);

    // It waits instead of asking again at once.
    let (begun, before) = (Instant::now(), worked(server.id()));
    while begun.elapsed() < Duration::from_secs(1) {
        server.log_line_with("Too many open files");
    }
    let share = (worked(server.id()) - before) as f64 / 100.0 / begun.elapsed().as_secs_f64();
    assert!(share < 0.5, "it works {share:.2} of the time");

    drop(clients);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    assert_eq!(get(operations, "/livez").status, 200);
    assert_eq!(early.get("/").unwrap().status, 200);
    server.signal("TERM");
    let seconds = begun.elapsed().as_secs() as usize;
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0));
    // Each listener tries again twice a second.
    let said = log.matches("Too many open files").count();
    assert!(
        said <= 4 * (seconds + 2),
        "{said} lines in {seconds} s\n{log}"
    );
}

#[test]
fn connection_limit_reserves_descriptors_for_the_operations_port() {
    let folder = Folder::new();
    let (server, operations) = poor(&folder, &[("PURLIN_HTTP__MAX_CONNECTIONS", "16")]);
    let clients = flood(server.address);
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(get(operations, path).status, 200, "{path}");
    }
    drop(clients);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    // At startup it is known that the operations port could need more.
    let log = server.stop();
    assert!(
        log.lines().count() == 1 && log.contains("may open 64"),
        "{log}"
    );
}
