//! Migrations that cannot be completed.

use super::support::{conduit, on_each_database};
use crate::process::Server;

#[test]
fn migration_that_fails_half_way_ends_the_start_and_leaves_nothing_behind() {
    on_each_database(|folder, database| {
        // The migration creates other tables before it finds this one.
        database
            .execute("CREATE TABLE comments (other TEXT)")
            .unwrap();
        let (status, log) = Server::spawn(&mut conduit(folder, &database.url)).wait();
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(
            log.contains("cannot open the resource `database`: "),
            "{log}"
        );
        assert!(log.contains("comments"), "{log}");
        let users = database.execute("SELECT 1 FROM users");
        assert!(users.is_err(), "the first table of the migration is there");
        // With the cause removed it starts.
        database.execute("DROP TABLE comments").unwrap();
        Server::start(&mut conduit(folder, &database.url)).stop();
    });
}
