//! Wrong passwords, many at a time: each would take the memory and the time that its hash states, before anyone is authenticated.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use crate::{
    faults::process::resident,
    support::{
        Folder, Server,
        http::{Connection, Response, get},
        observed,
    },
};

/// How many clients send a password at the same time. Without a bound they would take 3.7 GiB.
const CLIENTS: usize = 200;

/// `ada` and her password, `ada` with another, and a name that is not registered.
const RIGHT: &str = "YWRhOnMzY3JldA==";
const WRONG: &str = "YWRhOndyb25n";
const UNKNOWN: &str = "bm9ib2R5OnMzY3JldA==";

/// The most that the process may hold more than before, in KiB: the program verifies two passwords at a time, of 19 MiB
/// each; the rest is for the connections.
const BOUND: u64 = 2 * 19 * 1024 + 16 * 1024;

fn send(connection: &mut Connection, credential: &str) {
    let head =
        format!("GET /basic HTTP/1.1\r\nHost: test\r\nAuthorization: Basic {credential}\r\n\r\n");
    connection.write(head).unwrap();
}

fn with(server: &Server, credential: &str) -> Response {
    let mut connection = server.connect();
    send(&mut connection, credential);
    connection.read()
}

#[test]
fn wrong_passwords_take_bounded_memory_and_delay_no_other_client() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command
        .env("PURLIN_HTTP__WORKERS", "2")
        .env("PURLIN_LOG__LEVEL", "off");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    let before = resident(server.id());
    assert_eq!(with(&server, RIGHT).status, 200);

    let mut attackers: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
    let clients = attackers.iter_mut().enumerate();
    for (number, attacker) in clients {
        send(attacker, if number % 2 == 0 { WRONG } else { UNKNOWN });
    }
    let begun = Instant::now();
    let responses = thread::spawn(move || {
        let responses = attackers.iter_mut().map(Connection::read);
        responses.collect::<Vec<_>>()
    });
    let mut peak = before;
    let mut longest = [Duration::ZERO; 2];
    while !responses.is_finished() {
        peak = peak.max(resident(server.id()));
        let asked = Instant::now();
        // The client whose password is remembered, and one that needs a blocking thread.
        assert_eq!(with(&server, RIGHT).status, 200);
        longest[0] = longest[0].max(asked.elapsed());
        let asked = Instant::now();
        assert_eq!(server.request("GET /blocking HTTP/1.1").status, 200);
        longest[1] = longest[1].max(asked.elapsed());
    }
    let took = begun.elapsed();

    let mut statuses = BTreeMap::<u16, usize>::new();
    for response in responses.join().unwrap() {
        *statuses.entry(response.status).or_default() += 1;
        let is_busy = response.status == 503;
        assert_eq!(response.header("retry-after").is_some(), is_busy);
        assert_eq!(response.header("www-authenticate").is_none(), is_busy);
    }
    println!(
        "{CLIENTS} wrong passwords in {took:?}: {statuses:?}; {before} KiB resident before, \
         {peak} KiB at most; a good client waited {:?}, a user of a blocking thread {:?}",
        longest[0], longest[1],
    );
    assert!(
        peak < before + BOUND,
        "{peak} KiB resident, {before} KiB before"
    );
    assert!(statuses.keys().eq(&[401, 503]), "{statuses:?}");
    let busy = statuses[&503];
    // Two are verified and sixteen wait; others find a place when one of these has been verified.
    assert!(busy > CLIENTS / 2, "{statuses:?}");
    for wait in longest {
        assert!(wait < Duration::from_secs(2), "{longest:?}");
    }

    let metrics = get(operations, "/metrics").body;
    let counted = format!("_rejected_total{{reason=\"authentication_busy\"}} {busy}\n");
    assert!(metrics.contains(&counted), "{metrics}");
    assert_eq!(with(&server, WRONG).status, 401);
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
}
