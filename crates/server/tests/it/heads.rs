//! Request heads that do not end, on many more connections than the server accepts, with the limits that are deployed.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Duration,
};

use crate::{
    deployed,
    process::resident,
    support::{DEADLINE, Folder, Server, listening},
};

/// Of 128 KiB each, several times what the connections may hold that are accepted.
const CONNECTIONS: usize = 800;

/// What the accepted ones may hold, in KiB.
const BOUND: u64 = 256 * (192 + 12);

/// Sends as much of a head as is received, without its end.
fn begin(address: SocketAddr, head: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let _ = stream.write_all(head);
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

#[test]
fn unfinished_heads_hold_no_more_than_the_accepted_connections_may() {
    let folder = Folder::new();
    let mut command = listening(&folder);
    // Where to listen is that of the test.
    let settings = deployed(include_str!("../../../../deploy/server.env"));
    command.envs(settings.filter(|(name, _)| !name.ends_with("__BIND")));
    let server = Server::start(command.env("PURLIN_HTTP__HEAD_TIMEOUT", "1"));
    let before = resident(server.id());
    let fields = (0..88).map(|n| format!("X{n}: {}\r\n", "y".repeat(1400)));
    let head = format!(
        "GET / HTTP/1.1\r\nHost: test\r\n{}",
        fields.collect::<String>()
    );

    let is_over = AtomicBool::new(false);
    let (peak, closed) = thread::scope(|scope| {
        let peak = scope.spawn(|| {
            let mut peak = 0;
            while !is_over.load(Relaxed) {
                peak = peak.max(resident(server.id()));
                thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let connections = (0..CONNECTIONS).map(|_| begin(server.address, head.as_bytes()));
        let mut connections: Vec<_> = connections.collect();
        // Each is closed when its head does not end in time, and the next one is accepted.
        let ends = connections.iter_mut().map(|stream| {
            let ended = stream.read_to_end(&mut Vec::new());
            ended.is_ok()
                || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
        });
        let closed = ends.filter(|closed| *closed).count();
        is_over.store(true, Relaxed);
        (peak.join().unwrap(), closed)
    });
    println!(
        "{CONNECTIONS} heads of {} bytes: {before} KiB, {peak} KiB at most",
        head.len()
    );
    assert_eq!(closed, CONNECTIONS);
    assert!(peak < before + BOUND, "{before} KiB, then {peak} KiB");
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
}
