//! A new service: what is written, and that nothing is written when something is wrong.

use std::path::Path;

use cargo_purlin::{
    Result,
    new::{Created, Options, new},
};
use fs_err as fs;
use tempfile::tempdir;

use crate::support::options;

/// Creates a service in `folder`, as on the command line.
fn create(folder: &Path, args: &[&str]) -> Result<Created> {
    let folder = folder.display().to_string();
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let all = [&[&*folder, "--path", crates, "--vcs", "none"], args].concat();
    new(&options::<Options>(&all))
}

/// Returns the paths of all files in a folder, in order.
fn tree(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path.strip_prefix(folder).unwrap().display().to_string()),
            }
        }
    }
    files.sort();
    files
}

#[test]
fn service_has_the_files_of_its_database_and_its_authentication() {
    let folder = tempdir().unwrap();
    let demo = folder.path().join("order-service");
    let created = create(&demo, &["--database", "sqlite", "--auth", "jwt"]).unwrap();
    assert_eq!(created.name, "order-service");
    let expected = [
        ".github/workflows/ci.yml",
        ".gitignore",
        "Cargo.toml",
        "README.md",
        "build.rs",
        "migrations/0001_create_note.sql",
        "order-service.toml",
        "src/auth.rs",
        "src/database.rs",
        "src/errors.rs",
        "src/lib.rs",
        "src/main.rs",
        "src/routes.rs",
        "src/schemas.rs",
        "tests/api.rs",
        "tests/support/auth.rs",
        "tests/support/database.rs",
        "tests/support/mod.rs",
    ];
    assert_eq!(tree(&demo), expected);
    let main = fs::read_to_string(demo.join("src/main.rs")).unwrap();
    assert!(main.contains("order_service::compose"), "{main}");
}

#[test]
fn service_without_a_database_has_no_files_of_one() {
    let folder = tempdir().unwrap();
    let demo = folder.path().join("demo");
    create(&demo, &["--database", "none", "--auth", "none"]).unwrap();
    let files = tree(&demo);
    assert!(files.contains(&"src/store.rs".to_owned()), "{files:?}");
    let other = ["build.rs", "src/auth.rs", "src/database.rs"];
    assert!(
        !files.iter().any(|file| other.contains(&&**file)),
        "{files:?}"
    );
}

#[test]
fn empty_folder_is_filled_and_another_one_is_left_as_it_is() {
    let folder = tempdir().unwrap();
    let demo = folder.path().join("demo");
    fs::create_dir(&demo).unwrap();
    create(&demo, &[]).unwrap();
    let files = tree(&demo);
    let error = create(&demo, &["--auth", "none"]).unwrap_err().to_string();
    assert!(error.contains("exists already"), "{error}");
    assert_eq!(tree(&demo), files);
}

#[test]
fn nothing_is_left_of_a_service_that_cannot_be_created() {
    let folder = tempdir().unwrap();
    let is_a_file = folder.path().join("file");
    fs::write(&is_a_file, "").unwrap();
    for (path, args, reason) in [
        ("1st", &[][..], "begin with a letter"),
        ("match", &[], "keyword"),
        ("sqlx", &[], "depends on the crate"),
        ("..", &[], "no name"),
        ("file", &[], "exists already"),
        ("file/demo", &[], "file"),
    ] {
        let error = create(&folder.path().join(path), args);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(reason), "{path}: {error}");
        assert_eq!(tree(folder.path()), ["file"], "{path}");
    }
}

#[test]
fn folder_that_is_no_checkout_is_rejected() {
    let folder = tempdir().unwrap();
    let (demo, other) = (
        folder.path().join("demo"),
        folder.path().display().to_string(),
    );
    let arguments = [&*demo.display().to_string(), "--path", &other];
    let error = new(&options::<Options>(&arguments))
        .unwrap_err()
        .to_string();
    assert!(error.contains("no checkout of Purlin"), "{error}");
    assert!(!demo.exists());
}

#[test]
fn service_within_a_workspace_is_created_with_a_note() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").unwrap();
    let created = create(&folder.path().join("services/demo"), &[]).unwrap();
    let note = created.notes.join(" ");
    assert!(note.contains("`members`"), "{note}");
    assert!(
        create(&tempdir().unwrap().path().join("demo"), &[])
            .unwrap()
            .notes
            .is_empty()
    );
}

#[test]
fn folder_becomes_a_repository_unless_it_is_within_one() {
    let folder = tempdir().unwrap();
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (path, is_repository) in [("outer", true), ("outer/inner", false)] {
        let demo = folder.path().join(path);
        new(&options::<Options>(&[
            &demo.display().to_string(),
            "--path",
            crates,
        ]))
        .unwrap();
        assert_eq!(demo.join(".git").is_dir(), is_repository, "{path}");
    }
}
