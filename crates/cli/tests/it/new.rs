//! A new service: what is written, and that nothing is written when something is wrong.

use std::{path::Path, process::Command};

use cargo_purlin::{
    Result,
    new::{Created, Options, new},
};
use fs_err as fs;
use tempfile::tempdir;

use crate::support::{Outcome, cargo_purlin, git, options};

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
        "examples/token.rs",
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
        ("/proc/demo", &[], "cannot create /proc/demo: "),
    ] {
        let error = create(&folder.path().join(path), args);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(reason), "{path}: {error}");
        // It is the name of a folder that exists for a moment.
        assert!(!error.contains("/.demo-"), "{path}: {error}");
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
}

#[test]
fn crates_in_a_folder_are_noted_with_the_command_that_takes_them_from_git() {
    let folder = tempdir().unwrap();
    let demo = folder.path().join("demo");
    let created = create(&demo, &[]).unwrap();
    let command = concat!(
        "cargo add --git ",
        env!("CARGO_PKG_REPOSITORY"),
        " purlin-app purlin-router"
    );
    let [note] = created.notes.as_slice() else {
        panic!("{:?}", created.notes);
    };
    assert!(note.ends_with(command), "{note}");
    let readme = fs::read_to_string(demo.join("README.md")).unwrap();
    assert!(readme.contains(command), "{readme}");

    let demo = folder.path().join("other").display().to_string();
    let args = [&*demo, "--crates-io", "0.1.0", "--vcs", "none"];
    assert!(new(&options::<Options>(&args)).unwrap().notes.is_empty());
    let readme = fs::read_to_string(Path::new(&demo).join("README.md")).unwrap();
    assert!(!readme.contains("cargo add"), "{readme}");
}

/// Creates a service as `cargo purlin` does, without the network.
fn create_offline(folder: &Path, change: impl FnOnce(&mut Command)) -> Outcome {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut program = cargo_purlin(&["new", &folder.display().to_string(), "--path", crates]);
    for (name, value) in [("NAME", "a"), ("EMAIL", "a@example.com")] {
        program
            .env(format!("GIT_AUTHOR_{name}"), value)
            .env(format!("GIT_COMMITTER_{name}"), value);
    }
    change(&mut program);
    Outcome::of(&mut program)
}

#[test]
fn folder_becomes_a_repository_unless_it_is_within_one() {
    let folder = tempdir().unwrap();
    for (path, is_repository) in [("outer", true), ("outer/inner", false)] {
        let demo = folder.path().join(path);
        let created = create_offline(&demo, |_| {});
        assert_eq!(created.status, Some(0), "{}", created.errors);
        assert_eq!(demo.join(".git").is_dir(), is_repository, "{path}");
    }
}

#[test]
fn first_commit_has_the_locked_versions_or_a_note_says_that_they_are_missing() {
    let folder = tempdir().unwrap();
    let committed = |demo: &Path| git(demo, &["ls-files"]).contains("Cargo.lock");
    let demo = folder.path().join("demo");
    let created = create_offline(&demo, |_| {});
    assert_eq!(
        committed(&demo),
        !created.out.contains("Cargo.lock"),
        "{}",
        created.out
    );
    // There, cargo knows no crates.
    let demo = folder.path().join("other");
    let created = create_offline(&demo, |program| {
        program.env("CARGO_HOME", folder.path().join("home"));
    });
    let note = "run `cargo generate-lockfile`, and commit it";
    assert!(created.out.contains(note), "{}", created.out);
    assert!(!committed(&demo));
}

#[test]
fn without_git_a_note_says_that_there_is_no_repository() {
    let folder = tempdir().unwrap();
    let demo = folder.path().join("demo");
    let created = create_offline(&demo, |program| {
        program.env("PATH", folder.path());
    });
    assert_eq!(created.status, Some(0), "{}", created.errors);
    let note = "There is no repository, because git is not installed.";
    assert!(created.out.contains(note), "{}", created.out);
    assert!(!demo.join(".git").exists());
    let demo = folder.path().join("other");
    let created = create_offline(&demo, |program| {
        program.args(["--vcs", "git"]).env("PATH", folder.path());
    });
    assert_eq!(created.status, Some(2));
    assert!(
        created.errors.contains("git is needed"),
        "{}",
        created.errors
    );
    assert!(!demo.exists());
}
