//! The tables of the two databases.

use std::fs;

fn migration(database: &str) -> String {
    let folder = env!("CARGO_MANIFEST_DIR");
    fs::read_to_string(format!("{folder}/migrations/{database}/0001_conduit.sql")).unwrap()
}

#[test]
fn the_tables_differ_only_in_types() {
    let mut expected = migration("sqlite");
    for (sqlite, postgres) in [
        (
            "id INTEGER PRIMARY KEY AUTOINCREMENT",
            "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        ),
        ("_id INTEGER", "_id BIGINT"),
        ("_at TEXT", "_at TIMESTAMPTZ"),
        (") STRICT;", ");"),
    ] {
        expected = expected.replace(sqlite, postgres);
    }
    assert_eq!(migration("postgres"), expected);
}
