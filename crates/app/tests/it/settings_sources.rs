//! Where the binary's settings come from, and how wrong ones are refused.

use crate::support::{Folder, Server, output, program};

#[test]
fn flags_override_the_environment_and_the_environment_overrides_the_file() {
    // Each address of the loopback network shows where it was set.
    let folder = Folder::with_settings("[http]\nbind = \"127.0.0.2:0\"\n");
    let host = |server: Server| server.address.ip().to_string();

    assert_eq!(host(Server::start(&mut program(&folder))), "127.0.0.2");

    let mut command = program(&folder);
    command.env("PURLIN_HTTP__BIND", "127.0.0.3:0");
    assert_eq!(host(Server::start(&mut command)), "127.0.0.3");

    command.args(["serve", "--bind", "127.0.0.4:0"]);
    assert_eq!(host(Server::start(&mut command)), "127.0.0.4");
}

#[test]
fn config_flag_selects_another_file() {
    let folder = Folder::with_settings("[http]\nbind = \"127.0.0.2:0\"\n");
    let other = folder.path().join("other.toml");
    std::fs::write(&other, "[http]\nbind = \"127.0.0.5:0\"\nworkers = 1\n").unwrap();
    let server = Server::start(program(&folder).arg("--config").arg(&other));
    assert_eq!(server.address.ip().to_string(), "127.0.0.5");
}

#[test]
fn every_invalid_setting_is_reported_at_startup_with_its_origin() {
    let folder = Folder::with_settings("[http]\nwokers = 2\nshutdown_timeout = \"long\"\n");
    let mut command = program(&folder);
    command.args(["--bind", "here"]);
    command
        .env("PURLIN_HTTP_BIND", "127.0.0.1:0")
        .env("PURLIN_HTTP__WORKERS", "0");
    command.env("RUST_LOG", "purlin=loud");
    let (code, out, errors) = output(&mut command);
    assert_eq!(code, Some(2));
    assert_eq!(out, "");
    for line in [
        "purlin.toml:3:1: http.shutdown_timeout: expected a whole number from 0 to 86400, found \
         `long`",
        "purlin.toml:2:1: http.wokers: no such setting; did you mean `http.workers`?",
        "environment variable PURLIN_HTTP_BIND: http_bind: no such setting; did you mean \
         `PURLIN_HTTP__BIND`?",
        "environment variable PURLIN_HTTP__WORKERS: http.workers: expected a whole number from 1 to \
         1024, found `0`",
        "environment variable RUST_LOG: expected off, error, warn,",
        "flag --bind: http.bind: expected an IP address and port such as 127.0.0.1:8000 or \
         [::]:8000, unix:/path/of/a.sock or systemd, found `here`",
    ] {
        assert!(
            errors.contains(&format!("  {line}")),
            "{line}\nis not in\n{errors}"
        );
    }
    assert_eq!(errors.lines().count(), 7, "{errors}");
}

#[test]
fn example_file_is_valid_and_holds_the_defaults() {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../deploy/purlin.example.toml"
    );
    let text = std::fs::read_to_string(example).unwrap();
    for default in [
        "bind = \"127.0.0.1:8000\"",
        "shutdown_timeout = 30",
        "level = \"info\"",
    ] {
        assert!(text.lines().any(|line| line == default), "{default}");
    }
    // Also with the commented lines uncommented.
    let uncommented = text
        .replace("\n# workers", "\nworkers")
        .replace("\n# name =", "\nname =");
    assert_ne!(text, uncommented);
    for text in [text, uncommented] {
        let folder = Folder::with_settings(&text);
        let (code, _, errors) = output(program(&folder).arg("routes"));
        assert_eq!((code, errors.as_str()), (Some(0), ""));
    }
}
