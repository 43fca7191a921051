//! PostgreSQL that stops, restarts, and ends connections.

use std::{thread, time::Instant};

use serde_json::Value;

use super::support::{Client, Database, QUICKLY, conduit, readiness};
use crate::{
    process::{Folder, Server, variable, wait_until},
    support::postgres::Postgres,
};

#[test]
fn service_rejects_requests_while_postgresql_is_stopped_and_recovers_when_it_starts() {
    let Some(mut postgres) = Postgres::private().unwrap() else {
        return;
    };
    let database = Database::in_server(&postgres).url;
    let folder = Folder::new();
    let mut server = Server::start(&mut conduit(&folder, &database));
    let operations = server.operations();
    let author = Client::registered(&server, "author");
    assert_eq!(author.publish("Before").0, 201);
    assert_eq!(readiness(operations), 200);

    postgres.stop().unwrap();
    wait_until("the service is not ready", || readiness(operations) == 503);
    let reason = server.log_line_with("the readiness check `database` failed");
    assert!(!reason.contains("timed out"), "{reason}");
    let begun = Instant::now();
    assert_eq!(author.get("/api/articles").0, 503);
    assert_eq!(author.publish("Meanwhile").0, 503);
    assert!(begun.elapsed() < QUICKLY, "{:?}", begun.elapsed());

    postgres.start().unwrap();
    wait_until("the service is ready again", || {
        readiness(operations) == 200
    });
    assert_eq!(author.titles(), ["Before"]);
    assert_eq!(author.publish("After").0, 201);
    assert_eq!(author.titles(), ["After", "Before"]);
}

#[test]
fn service_ends_where_postgresql_cannot_be_reached_at_start() {
    let Some(mut postgres) = Postgres::private().unwrap() else {
        return;
    };
    let database = Database::in_server(&postgres).url;
    postgres.stop().unwrap();
    let folder = Folder::new();
    let (status, log) = Server::spawn(&mut conduit(&folder, &database)).wait();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(
        log.contains("cannot open the resource `database`: "),
        "{log}"
    );
}

#[test]
fn connection_that_ends_within_a_transaction_leaves_nothing_behind() {
    let Some(postgres) = Postgres::private().unwrap() else {
        return;
    };
    let database = Database::in_server(&postgres);
    let folder = Folder::new();
    let mut conduit = conduit(&folder, &database.url);
    // Longer than the test, which ends the connection while it waits for a lock.
    let server = Server::start(conduit.env(variable("DATABASE__TIMEOUT"), "60"));
    let author = Client::registered(&server, "author");
    let query = |sql: &str| postgres.query("test_0", sql).unwrap();

    thread::scope(|scope| {
        // The article is inserted, and the transaction waits to insert its tags.
        let lock = scope.spawn(|| {
            query("BEGIN; LOCK TABLE tags IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)")
        });
        let waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        let locked = "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted \
                      AND relation = 'tags'::regclass";
        wait_until("the table is locked", || !query(locked).is_empty());
        let publishing = scope.spawn(|| author.publish("Cut off"));
        wait_until("the transaction waits", || !query(waiting).is_empty());
        query(&format!("SELECT pg_terminate_backend(({waiting}))"));
        let (status, _) = publishing.join().unwrap();
        assert_eq!(status, 503);
        query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        );
        let _ = lock.join();
    });
    assert_eq!(author.titles(), [""; 0]);
    assert_eq!(author.get("/api/tags").1["tags"], Value::Array(Vec::new()));
    // The next transaction gets another connection.
    assert_eq!(author.publish("Whole").0, 201);
}

#[test]
fn requests_do_not_wait_longer_for_a_lock_than_for_a_connection() {
    let Some(postgres) = Postgres::private().unwrap() else {
        return;
    };
    let database = Database::in_server(&postgres);
    let folder = Folder::new();
    let server = Server::start(&mut conduit(&folder, &database.url));
    let author = Client::registered(&server, "author");
    let query = |sql: &str| postgres.query("test_0", sql).unwrap();
    thread::scope(|scope| {
        let lock = scope.spawn(|| {
            query("BEGIN; LOCK TABLE articles IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)")
        });
        let locked = "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted \
                      AND relation = 'articles'::regclass";
        wait_until("the table is locked", || !query(locked).is_empty());
        let begun = Instant::now();
        assert_eq!(author.get("/api/articles").0, 503);
        assert!(begun.elapsed() < QUICKLY, "{:?}", begun.elapsed());
        query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        );
        let _ = lock.join();
    });
    assert_eq!(author.get("/api/articles").0, 200);
}

#[test]
fn connections_that_postgresql_ended_are_replaced_before_they_are_used() {
    let Some(postgres) = Postgres::private().unwrap() else {
        return;
    };
    let database = Database::in_server(&postgres);
    let folder = Folder::new();
    let server = Server::start(&mut conduit(&folder, &database.url));
    let author = Client::registered(&server, "author");
    for round in 0..5 {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = 'test_0' AND pid <> pg_backend_pid()";
        postgres.query("test_0", others).unwrap();
        assert_eq!(author.publish(&format!("Round {round}")).0, 201);
    }
}
