//! What an application is composed of: resources, middleware, services, hooks, and the errors of a composition.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use crate::support::{DEADLINE, Folder, Server, http::get, observed, output, program, wait_until};

fn in_mode(mut command: Command, mode: &str) -> Command {
    command.env("TEST_PROGRAM", mode);
    command
}

fn events(folder: &Folder) -> Vec<String> {
    let events = fs::read_to_string(folder.path().join("events")).unwrap_or_default();
    events.lines().map(str::to_owned).collect()
}

/// Returns a folder with a static file.
fn with_assets() -> Folder {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("assets")).unwrap();
    fs::write(folder.path().join("assets/site.css"), "body {}").unwrap();
    folder
}

#[test]
fn registries_services_and_unknown_paths_are_inside_the_middleware() {
    let folder = with_assets();
    let server = Server::start(&mut in_mode(observed(&folder), "composed"));
    for (path, status) in [("/motd", 200), ("/assets/site.css", 200), ("/nowhere", 404)] {
        let response = server.request(format!("GET {path} HTTP/1.1\nX-Request-Id: abc-123"));
        assert_eq!(response.status, status, "{path}");
        // Set by middleware of the application, from what ours has set.
        assert_eq!(response.header("x-marked"), Some("abc-123"), "{path}");
        assert_eq!(response.header("x-version"), Some("1"), "{path}");
        // Set by ours.
        assert_eq!(response.header("x-request-id"), Some("abc-123"), "{path}");
        assert_eq!(
            response.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
    assert_eq!(
        server.request("GET /assets/site.css HTTP/1.1").body,
        "body {}"
    );
    let log = server.stop();
    assert!(log.contains("GET /assets/site.css 200"), "{log}");
}

#[test]
fn a_websocket_beside_a_registry_echoes() {
    let folder = with_assets();
    let server = Server::start(&mut in_mode(observed(&folder), "composed"));
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let handshake = "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                     Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(handshake.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    // A final text frame whose mask is zero.
    stream.write_all(b"\x81\x85\0\0\0\0hello").unwrap();
    let mut frame = [0; 7];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(&frame, b"\x81\x05hello");
}

#[test]
fn resources_are_opened_before_and_closed_after_the_hooks() {
    let folder = with_assets();
    let mut server = Server::start(&mut in_mode(observed(&folder), "composed"));
    server.line_with("Messages at http://");
    assert_eq!(server.request("GET /motd HTTP/1.1").status, 200);
    let opened = ["open store", "open cache", "startup Hello"];
    assert_eq!(events(&folder), opened);
    server.stop();
    assert_eq!(
        events(&folder)[3..],
        ["shutdown Hello", "close store Hello"]
    );
}

#[test]
fn the_check_of_a_resource_decides_whether_the_server_is_ready() {
    let folder = with_assets();
    let mut server = Server::start(&mut in_mode(observed(&folder), "composed"));
    let operations = server.operations();
    assert_eq!(get(operations, "/readyz").status, 200);
    fs::write(folder.path().join("store-is-down"), "").unwrap();
    wait_until("the server is not ready", || {
        get(operations, "/readyz").status == 503
    });
    let log = server.stop();
    assert!(log.contains("`store` failed: the store is down"), "{log}");
}

#[test]
fn commands_that_print_and_the_mock_open_no_resource() {
    let folder = with_assets();
    for arguments in [
        &["openapi"][..],
        &["routes"],
        &["config"],
        &["config", "example"],
    ] {
        let (code, _, errors) = output(in_mode(program(&folder), "composed").args(arguments));
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{arguments:?}");
    }
    let server = Server::start(in_mode(observed(&folder), "composed").arg("mock"));
    assert_eq!(server.request("GET /motd HTTP/1.1").status, 200);
    server.stop();
    assert_eq!(events(&folder), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error_in_one_line() {
    let folder = with_assets();
    for arguments in [
        &["openapi"][..],
        &["routes"],
        &["config"],
        &["config", "example"],
    ] {
        let full = fs::File::create("/dev/full").unwrap();
        let mut command = in_mode(program(&folder), "composed");
        let output = command.args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        let start = "purlin-app: cannot write to standard output: No space left on device";
        assert!(errors.starts_with(start), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    }
}

#[test]
fn a_resource_that_cannot_be_opened_ends_the_startup_in_one_line() {
    let folder = Folder::new();
    let mut command = in_mode(observed(&folder), "broken resource");
    let (code, out, errors) = output(command.env("PURLIN_LOG__LEVEL", "off"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(
        errors,
        "purlin-app: cannot open the resource `cache`: cannot connect to the store: refused by the peer\n"
    );
    // What was open is closed.
    assert_eq!(events(&folder), ["open store", "close store Hello"]);
}

#[test]
fn a_panic_during_the_startup_ends_it_in_one_line_and_closes_what_is_open() {
    for (mode, message) in [
        (
            "panicking resource",
            "cannot open the resource `cache`: panicked: no cache",
        ),
        (
            "panicking startup",
            "the startup hook `warm up` failed: panicked: too cold",
        ),
    ] {
        let folder = Folder::new();
        let (code, out, errors) = output(&mut in_mode(observed(&folder), mode));
        assert_eq!((code, out.as_str()), (Some(1), ""), "{errors}");
        // Threads of the operations port may still log.
        let line = format!("purlin-app: {message}");
        assert!(errors.lines().any(|it| it == line), "{errors}");
        assert_eq!(events(&folder), ["open store", "close store Hello"]);
    }
}

#[test]
fn a_panic_during_the_shutdown_is_logged_and_the_rest_continues() {
    let folder = Folder::new();
    let server = Server::start(&mut in_mode(observed(&folder), "panicking shutdown"));
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
    for text in [
        "the shutdown hook `flush` failed: panicked: cannot flush",
        "closing the resource `cache` failed: panicked: cannot close",
    ] {
        assert!(log.contains(text), "{text}\nis not in\n{log}");
    }
    assert_eq!(
        events(&folder),
        ["open store", "write", "close store Hello"]
    );
}

#[test]
fn a_second_signal_ends_hooks_and_closing_at_once() {
    for mode in ["endless shutdown", "endless closing"] {
        for first in ["TERM", "INT"] {
            let folder = Folder::new();
            // Longer than a test waits.
            let mut command = in_mode(observed(&folder), mode);
            command.env("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "300");
            let server = Server::start(&mut command);
            server.signal(first);
            wait_until("the shutdown has begun", || {
                events(&folder).last().is_some_and(|it| it == "shutdown")
            });
            server.signal("TERM");
            let (status, log) = server.wait();
            assert_eq!(status.code(), Some(1), "{mode}, {first}: {log}");
            assert!(log.contains("a second signal"), "{mode}, {first}: {log}");
        }
    }
}

#[test]
fn a_signal_during_the_startup_ends_it() {
    let folder = Folder::new();
    let mut server = Server::spawn(&mut in_mode(observed(&folder), "slow start"));
    // The operations port is open; the startup hook waits for a file.
    server.log_line_with("starting service");
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(0));
}

#[test]
fn an_error_of_the_composition_is_one_line() {
    let folder = Folder::new();
    for command in ["serve", "openapi"] {
        let mut process = in_mode(program(&folder), "broken composition");
        let (code, out, errors) = output(process.env("RUST_BACKTRACE", "1").arg(command));
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert_eq!(
            errors,
            "purlin-app: cannot compose the application: cannot connect to the store: no route\n"
        );
    }
}

#[test]
fn conflicts_are_reported_together_with_errors_of_the_settings() {
    let folder = Folder::with_settings("[http]\nwokers = 2\n");
    let (code, out, errors) = output(&mut in_mode(observed(&folder), "conflicts"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    for text in [
        "purlin.toml:2:1: http.wokers: no such setting; did you mean `http.workers`?",
        "two resources are named `store`; rename one of them",
        "and the resource `store` both provide",
        "NormalizePath` is added twice; remove one, or add the second with `App::wrap_again`",
        "the section `http` of the settings is one of Purlin's own; choose another name for `",
        "the section `cors` of the settings is one of Purlin's own",
        "no environment variable can name the section `Mail-Queue` of the settings; use lowercase letters",
        "the section `mail` of the settings is read as `",
        "::OtherSection`; rename one of the two, or put all fields into one type",
        "`get_unknown` (GET /unknown",
        "Vec<u8>",
    ] {
        assert!(errors.contains(text), "{text}\nis not in\n{errors}");
    }
    assert_eq!(errors.matches("is added twice").count(), 1, "{errors}");
    assert_eq!(events(&folder), [""; 0]);
}

#[test]
fn state_that_is_not_wrapped_in_data_is_an_error() {
    let folder = Folder::new();
    let (code, _, errors) = output(&mut in_mode(observed(&folder), "bare state"));
    assert_eq!(code, Some(2));
    for text in [
        "`get_motd` (GET /motd",
        "Cache`; write `.app_data(web::Data::new(…))`",
    ] {
        assert!(errors.contains(text), "{text}\nis not in\n{errors}");
    }
}

#[test]
fn an_application_without_registries_and_services_is_an_error() {
    let folder = Folder::new();
    let (code, _, errors) = output(&mut in_mode(program(&folder), "nothing"));
    assert_eq!(code, Some(2));
    assert!(errors.contains("there is nothing to serve"), "{errors}");
}

#[test]
fn a_program_names_variables_file_and_metrics_after_its_prefix() {
    let folder = Folder::new();
    fs::write(folder.path().join("billing.toml"), "[http]\nworkers = 1\n").unwrap();
    let billing = || {
        let mut command = in_mode(program(&folder), "billing");
        command
            .env("BILLING_HTTP__BIND", "127.0.0.1:0")
            .env("BILLING_HTTP__DRAIN_DELAY", "0")
            .env("BILLING_OPS__BIND", "127.0.0.1:0")
            .env("BILLING_SERVICE_HOST", "10.0.0.1")
            .env("BILLING_PORT_80_TCP_ADDR", "10.0.0.1")
            .env("PURLIN_HTTP__BNID", "not ours");
        command
    };
    let (_, effective, errors) = output(billing().arg("config"));
    assert_eq!(errors, "");
    assert!(
        effective.contains("workers = 1  # billing.toml:2:1"),
        "{effective}"
    );
    let (_, help, _) = output(billing().arg("--help"));
    assert!(help.contains("BILLING_SECTION__KEY"), "{help}");

    let mut server = Server::start(&mut billing());
    let operations = server.operations();
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    let metrics = get(operations, "/metrics").body;
    assert!(
        metrics.contains("\nbilling_http_requests_total{"),
        "{metrics}"
    );
    assert!(!metrics.contains("purlin_"), "{metrics}");
    let log = server.stop();
    let links = log
        .lines()
        .filter(|line| line.contains("Kubernetes or Docker"));
    let links: Vec<_> = links.collect();
    assert_eq!(links.len(), 1, "{log}");
    assert!(
        links[0].contains("ignored 2 environment variables"),
        "{log}"
    );
}
