//! Faults of handlers: one that panics, one that never returns, one that blocks its thread. The process lives, and other
//! requests are served meanwhile. What a panic leaves in the log is in `failures.rs`.

use std::{collections::BTreeMap, fs, net::SocketAddr, thread};

use crate::support::{
    Folder, Server,
    http::{Connection, get},
    observed, wait_for_metric, wait_until,
};

/// The program on two threads, and its operations port.
fn start(folder: &Folder) -> (Server, SocketAddr) {
    let mut command = observed(folder);
    command
        .env("PURLIN_HTTP__WORKERS", "2")
        .env("PURLIN_LIMITS__REQUEST_TIMEOUT", "1")
        .env("PURLIN_OPS__STUCK_AFTER", "2")
        // It is not read here.
        .env("PURLIN_LOG__LEVEL", "off");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    (server, operations)
}

fn go_on(folder: &Folder) {
    fs::write(folder.path().join("go-on"), "").unwrap();
}

fn ends_well(server: Server) {
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
}

#[test]
fn panic_fails_one_request_only() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let (mut faulty, mut other) = (server.connect(), server.connect());
    for _ in 0..200 {
        assert_eq!(faulty.get("/panic").unwrap().status, 500);
        assert_eq!(other.get("/who").unwrap().status, 200);
    }
    // Not even the connection is lost.
    assert_eq!(faulty.get("/who").unwrap().status, 200);
    let metrics = get(operations, "/metrics").body;
    let counted = "{operation=\"panics\",template=\"/panic\",method=\"GET\",status=\"500\"} 200\n";
    assert!(metrics.contains(counted), "{metrics}");
    ends_well(server);
}

#[test]
fn handler_that_never_returns_is_cancelled_with_504() {
    let folder = Folder::new();
    let (server, _) = start(&folder);
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let mut connection = server.connect();
            thread::spawn(move || {
                let response = connection.get("/never").unwrap();
                (response.status, connection)
            })
        })
        .collect();
    assert_eq!(server.request("GET /who HTTP/1.1").status, 200);
    for client in waiting {
        let (status, mut connection) = client.join().unwrap();
        assert_eq!(status, 504);
        assert_eq!(connection.get("/who").unwrap().status, 200);
    }
    ends_well(server);
}

/// Opens eight connections, grouped by the worker that serves them.
fn by_thread(server: &Server) -> Vec<Vec<Connection>> {
    let mut threads = BTreeMap::<_, Vec<_>>::new();
    for _ in 0..8 {
        let mut connection = server.connect();
        let thread = connection.get("/who").unwrap().body;
        threads.entry(thread).or_default().push(connection);
    }
    assert_eq!(threads.len(), 2, "{:?}", threads.keys());
    threads.into_values().collect()
}

/// Sends a request on a connection from another thread, which returns the status of the response.
fn get_in_thread(connection: &Connection, path: &'static str) -> thread::JoinHandle<u16> {
    let mut connection = connection.try_clone();
    thread::spawn(move || connection.get(path).unwrap().status)
}

fn finished(clients: &[thread::JoinHandle<u16>]) -> usize {
    clients.iter().filter(|client| client.is_finished()).count()
}

#[test]
fn blocked_worker_delays_only_its_own_connections() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let threads = by_thread(&server);
    let [of_one, of_other] = threads.as_slice() else {
        panic!("{threads:?}")
    };
    let blocking = get_in_thread(&of_one[0], "/block");
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    let delayed = get_in_thread(&of_one[1], "/who");
    // The other thread's connections do not notice.
    for connection in of_other {
        assert_eq!(connection.try_clone().get("/who").unwrap().status, 200);
    }
    // New connections are distributed in turn; those of the blocked worker wait.
    let newcomers: Vec<_> = (0..8).map(|_| server.connect()).collect();
    let newcomers: Vec<_> = newcomers
        .iter()
        .map(|new| get_in_thread(new, "/who"))
        .collect();
    wait_until("four of eight have their responses", || {
        finished(&newcomers) >= 4
    });
    wait_for_status(operations, "/readyz", 503);
    assert_eq!(finished(&newcomers), 4);
    assert!(!delayed.is_finished() && !blocking.is_finished());
    let metrics = get(operations, "/metrics").body;
    assert!(metrics.contains("purlin_threads_stuck 1\n"), "{metrics}");
    assert_eq!(get(operations, "/livez").status, 200);

    go_on(&folder);
    // The timeout had passed, but it cannot interrupt blocking code.
    assert_eq!(blocking.join().unwrap(), 200);
    assert_eq!(delayed.join().unwrap(), 200);
    for client in newcomers {
        assert_eq!(client.join().unwrap(), 200);
    }
    wait_for_status(operations, "/readyz", 200);
    ends_well(server);
}

#[test]
fn operations_port_responds_while_every_worker_is_blocked() {
    let folder = Folder::new();
    let (server, operations) = start(&folder);
    let threads = by_thread(&server);
    let blocking: Vec<_> = threads
        .iter()
        .map(|of| get_in_thread(&of[0], "/block"))
        .collect();
    wait_for_metric(operations, "purlin_http_requests_in_flight 2");
    let delayed: Vec<_> = threads
        .iter()
        .map(|of| get_in_thread(&of[1], "/who"))
        .collect();
    wait_for_status(operations, "/livez", 503);
    assert_eq!(finished(&delayed), 0);
    let response = get(operations, "/readyz");
    assert!(response.body.contains("stuck"), "{response:?}");
    go_on(&folder);
    for client in blocking.into_iter().chain(delayed) {
        assert_eq!(client.join().unwrap(), 200);
    }
    wait_for_status(operations, "/livez", 200);
    ends_well(server);
}

/// Waits until a page of the operations port has this status.
fn wait_for_status(operations: SocketAddr, path: &str, status: u16) {
    wait_until(&format!("{path} is {status}"), || {
        get(operations, path).status == status
    });
}
