//! A SQLite file that is locked, full, gone, or left by a process that was killed.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use actix_web::rt::System;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::support::{Client, Database, QUICKLY, conduit, readiness};
use crate::process::{Folder, Server, in_shell, variable, wait_until};

#[test]
fn writes_are_rejected_while_another_process_writes_and_reads_are_served() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let server = Server::start(&mut conduit(&folder, &database.url));
    let author = Client::registered(&server, "author");
    assert_eq!(author.publish("Before").0, 201);
    System::new().block_on(async {
        let mut other = SqliteConnection::connect(&database.url).await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        let begun = Instant::now();
        assert_eq!(author.publish("Meanwhile").0, 503);
        assert!(begun.elapsed() < QUICKLY, "{:?}", begun.elapsed());
        assert_eq!(author.titles(), ["Before"]);
        other.execute("COMMIT").await.unwrap();
    });
    assert_eq!(author.publish("After").0, 201);
    assert_eq!(author.titles(), ["After", "Before"]);
}

#[test]
fn writes_are_rejected_while_the_disk_is_full() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    // The size of a file is limited in place of the disk: writes beyond it fail, as signals of it are ignored.
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\"";
    let mut limited = in_shell(script, &conduit(&folder, &database.url));
    let server = Server::start(&mut limited);
    let author = Client::registered(&server, "author");
    let mut published = 0;
    let status = loop {
        let (status, _) = author.publish(&format!("Number {published}"));
        if status != 201 {
            break status;
        }
        published += 1;
    };
    assert_eq!(status, 503);
    assert_eq!(author.get("/api/articles").1["articlesCount"], published);
    drop(server);
    // Nothing is half written: with space it goes on.
    let server = Server::start(&mut conduit(&folder, &database.url));
    let author = author.at(&server);
    assert_eq!(author.get("/api/articles").1["articlesCount"], published);
    assert_eq!(author.publish("With space").0, 201);
}

#[test]
fn requests_are_rejected_while_the_file_is_gone_and_served_when_it_is_back() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let mut server = Server::start(&mut conduit(&folder, &database.url));
    let operations = server.operations();
    let author = Client::registered(&server, "author");
    assert_eq!(author.publish("Before").0, 201);
    let (file, elsewhere) = (
        folder.path().join("conduit.db"),
        folder.path().join("moved"),
    );

    fs::rename(&file, &elsewhere).unwrap();
    // What is written to a file without a name would be lost.
    assert_eq!(author.publish("Lost").0, 503);
    assert_eq!(author.get("/api/articles").0, 503);
    assert_eq!(readiness(operations), 503);
    assert!(!file.exists(), "an empty database took its place");

    fs::rename(&elsewhere, &file).unwrap();
    wait_until("the service is ready again", || {
        readiness(operations) == 200
    });
    assert_eq!(author.publish("After").0, 201);
    assert_eq!(author.titles(), ["After", "Before"]);
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_a_restart() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let mut server = Server::start(&mut conduit(&folder, &database.url));
    let author = Client::registered(&server, "author");
    let acknowledged = Mutex::new(BTreeSet::new());
    for round in 0..3 {
        let killed = AtomicBool::new(false);
        let before = acknowledged.lock().unwrap().len();
        thread::scope(|scope| {
            for writer in 0..4 {
                let (author, killed, acknowledged) = (author.at(&server), &killed, &acknowledged);
                scope.spawn(move || {
                    for number in 0.. {
                        let title = format!("{round} {writer} {number}");
                        match author.try_publish(&title) {
                            Ok((201, _)) => drop(acknowledged.lock().unwrap().insert(title)),
                            Ok((status, body)) => panic!("{status}: {body}"),
                            Err(_) if killed.load(Ordering::Acquire) => break,
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            wait_until("writers write", || {
                acknowledged.lock().unwrap().len() >= before + 10
            });
            killed.store(true, Ordering::Release);
            server.signal("KILL");
        });
        server = Server::start(&mut conduit(&folder, &database.url));
        let found: BTreeSet<_> = author.at(&server).titles().into_iter().collect();
        let acknowledged = acknowledged.lock().unwrap();
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
    }
}

#[test]
fn what_is_acknowledged_after_the_disk_was_full_is_stored() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    // The limit is lifted below, as space becomes free.
    let script = "trap '' XFSZ; ulimit -S -f 2000; exec \"$0\" \"$@\"";
    let mut limited = in_shell(script, &conduit(&folder, &database.url));
    limited.env(variable("DATABASE__MAX_CONNECTIONS"), "1");
    let server = Server::start(&mut limited);
    let author = Client::registered(&server, "author");
    let mut statuses = (0..).map(|number| author.publish(&format!("Number {number}")).0);
    assert_eq!(statuses.find(|status| *status != 201), Some(503));
    let mut prlimit = Command::new("prlimit");
    let prlimit = prlimit.args(["--fsize=unlimited", "--pid", &server.id().to_string()]);
    assert!(prlimit.status().unwrap().success());
    assert_eq!(author.publish("With space").0, 201);
    // The first attempt at this one is rolled back, as the next one would be if it were within the transaction that failed.
    assert_eq!(author.publish("With space").0, 201);
    assert_eq!(author.publish("Afterwards").0, 201);
    server.signal("KILL");
    server.wait();
    let server = Server::start(&mut conduit(&folder, &database.url));
    let titles = author.at(&server).titles();
    assert_eq!(titles[..3], ["Afterwards", "With space", "With space"]);
}

#[test]
fn other_users_cannot_read_the_files_that_the_service_creates() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let server = Server::start(&mut conduit(&folder, &database.url));
    let author = Client::registered(&server, "author");
    assert_eq!(author.publish("Private").0, 201);
    for name in ["conduit.db", "conduit.db-wal", "conduit.db-shm"] {
        let file = fs::metadata(folder.path().join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}
