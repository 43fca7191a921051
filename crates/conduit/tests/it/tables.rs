//! The tables of the two databases.

use std::{fs, path::PathBuf};

/// Returns the names of all migrations and their text.
fn migrations(database: &str) -> String {
    let folder = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort_unstable();
    let with_name = |file: &PathBuf| {
        let name = file.file_name().unwrap().display();
        format!("{name}:\n{}", fs::read_to_string(file).unwrap())
    };
    files.iter().map(with_name).collect()
}

#[test]
fn the_tables_differ_only_in_types() {
    let mut expected = migrations("sqlite");
    for (sqlite, postgres) in [
        (
            "id INTEGER PRIMARY KEY AUTOINCREMENT",
            "id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        ),
        ("_id INTEGER", "_id BIGINT"),
        ("_generation INTEGER", "_generation BIGINT"),
        ("_at TEXT", "_at TIMESTAMPTZ"),
        (") STRICT;", ");"),
    ] {
        expected = expected.replace(sqlite, postgres);
    }
    assert_eq!(migrations("postgres"), expected);
}
