//! What is said at startup of settings that contradict the application or the system.

use std::process::Command;

use crate::support::{Folder, Server, in_shell, listening, output, program};

/// Settings of three replicas that share neither rate limits nor idempotency keys.
const UNSHARED: &str =
    "[idempotency]\nenabled = true\n[rate_limit]\nper_address = 100\n[replicas]\ncount = 3\n";

/// Returns the warnings at startup.
fn warnings(settings: &str) -> Vec<String> {
    warnings_of(&mut listening(&Folder::with_settings(settings)))
}

fn warnings_of(command: &mut Command) -> Vec<String> {
    let server = Server::start(command);
    let log = server.stop();
    let warnings = log.lines().filter(|line| line.contains("WARN"));
    warnings.map(str::to_owned).collect()
}

#[test]
fn state_that_replicas_do_not_share_is_a_warning() {
    let warnings = warnings(UNSHARED);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0]
            .contains("idempotency.enabled: each of 3 replicas stores responses in its own memory")
            && warnings[0].contains("`App::idempotency_store`"),
        "{warnings:?}"
    );
    assert!(
        warnings[1].contains("rate_limit.per_address: each of 3 replicas counts for itself")
            && warnings[1].contains("up to 300 requests in 60 seconds"),
        "{warnings:?}"
    );
}

#[test]
fn one_replica_may_keep_state_in_memory() {
    assert_eq!(warnings(&UNSHARED.replace("3", "1")), [""; 0]);
    assert_eq!(warnings("[replicas]\ncount = 3\n"), [""; 0]);
}

#[test]
fn state_that_replicas_do_not_share_can_be_an_error() {
    let settings = format!("{UNSHARED}in_memory_state = \"error\"\n[log]\nqueue = 0\n");
    let folder = Folder::with_settings(&settings);
    let (code, _, errors) = output(program(&folder).args(["--bind", "127.0.0.1:0"]));
    assert_eq!(code, Some(2));
    // With every other error of the settings.
    for expected in [
        "purlin.toml:2:1: idempotency.enabled: each of 3 replicas",
        "purlin.toml:4:1: rate_limit.per_address: each of 3 replicas",
        "or set replicas.in_memory_state to \"warn\"",
        "log.queue: expected a whole number",
    ] {
        assert!(errors.contains(expected), "{expected}\n{errors}");
    }
}

#[test]
fn limits_that_exceed_the_memory_are_a_warning() {
    let warnings =
        warnings("[http]\nmax_connections = 1000000\nworkers = 2\n[limits]\nmax_in_flight = 0\n");
    let memory = warnings.iter().find(|line| line.contains("of memory"));
    let memory = memory.unwrap_or_else(|| panic!("{warnings:?}"));
    for expected in [
        "the limits let clients take ",
        "lower limits.max_in_flight, limits.body_bytes (1.9 TiB of bodies in flight) or http.max_connections (",
        "or raise the limit of the container",
        "`config limits` prints the sum",
    ] {
        assert!(memory.contains(expected), "{expected}\n{memory}");
    }
}

/// The program in a process that may have this many files open.
fn with_open_files(folder: &Folder, limit: &str) -> Command {
    in_shell(
        &format!("ulimit {limit}; exec \"$0\" \"$@\""),
        &listening(folder),
    )
}

#[test]
fn limits_that_exceed_the_open_files_are_a_warning() {
    let folder = Folder::with_settings("[http]\nmax_connections = 100\nworkers = 2\n");
    let warnings = warnings_of(&mut with_open_files(&folder, "-n 64"));
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for expected in [
        "open 236 files, and this process may open 64",
        "lower http.max_connections",
        "ulimit -n",
    ] {
        assert!(warnings[0].contains(expected), "{expected}\n{warnings:?}");
    }
}

#[test]
fn the_soft_limit_of_open_files_is_raised_to_what_is_needed() {
    let folder = Folder::with_settings("[http]\nmax_connections = 100\nworkers = 2\n");
    let server = Server::start(&mut with_open_files(&folder, "-Sn 64"));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let limit = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let limit = limit.unwrap().split_whitespace().nth(3);
    assert_eq!(limit, Some("236"), "{limits}");
    assert_eq!(server.stop().matches("WARN").count(), 0);
}

#[test]
fn config_limits_prints_the_sum_of_all_limits() {
    let settings = "[http]\nmax_connections = 1000\nworkers = 3\n[limits]\nmax_in_flight = 50\nbody_bytes = 262144\n\
                    [rate_limit]\nper_address = 60\n[idempotency]\nenabled = true\n[log]\nqueue = 1024\n\
                    [compression]\nrequests = true\n";
    let folder = Folder::with_settings(settings);
    let (code, out, errors) = output(program(&folder).args(["config", "limits"]));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let cells = |line: &str| {
        let cells = line
            .split("  ")
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.take(4).map(str::to_owned).collect::<Vec<_>>()
    };
    let rows: Vec<_> = out.lines().map(cells).collect();
    for row in [
        // Each of three threads has a third, rounded up.
        ["connections", "1002", "12 KiB", "11.7 MiB"],
        ["unfinished heads", "1002", "192 KiB", "187.8 MiB"],
        ["bodies in flight", "50", "512 KiB", "25 MiB"],
        ["decoders of bodies", "50", "20 MiB", "1000 MiB"],
        ["log queue", "1024", "1 KiB", "1 MiB"],
        ["rate limits", "65536", "100 B", "6.2 MiB"],
        ["stored responses", "1", "32 MiB", "32 MiB"],
    ] {
        assert!(rows.iter().any(|it| *it == row), "{row:?}\n{out}");
    }
    assert!(
        rows.iter().any(|row| row[..] == ["at most", "1142"]),
        "{out}"
    );
}
