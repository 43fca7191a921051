//! What is said at startup of settings that contradict the application or the system.

use crate::support::{Folder, Server, listening, output, program};

/// Settings of three replicas that share neither rate limits nor idempotency keys.
const UNSHARED: &str =
    "[idempotency]\nenabled = true\n[rate_limit]\nper_address = 100\n[replicas]\ncount = 3\n";

/// Returns the warnings at startup.
fn warnings(settings: &str) -> Vec<String> {
    let folder = Folder::with_settings(settings);
    let server = Server::start(&mut listening(&folder));
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
