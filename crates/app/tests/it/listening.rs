//! Unix sockets, and sockets that were opened before the server began.

use std::{
    fs,
    net::TcpListener,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{FileTypeExt, PermissionsExt},
            net::{UnixListener, UnixStream},
        },
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::support::{
    Folder, Server,
    http::{Connection, Response},
    output, program, wait_until,
};

fn get(path: &Path) -> Response {
    let stream = UnixStream::connect(path).unwrap();
    Connection::over(stream).get("/").unwrap()
}

/// The server, with this socket passed to it as systemd does.
fn activated(folder: &Folder, socket: OwnedFd) -> Command {
    let server = program(folder);
    let pass = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", pass, "sh"]).arg(server.get_program());
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["--bind", "systemd"]);
    command
        .current_dir(folder.path())
        .stdin(Stdio::from(socket));
    command
}

#[test]
fn unix_socket_has_its_mode_and_is_removed_at_shutdown() {
    let folder = Folder::new();
    let path = folder.path().join("api.sock");
    let server = Server::start(program(&folder).args(["--bind", "unix:api.sock"]));
    let banner = "Listening on unix:api.sock: curl --unix-socket api.sock http://localhost/\n";
    assert_eq!(server.banner, banner);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let response = get(&path);
    assert_eq!(response.status, 200);
    assert_eq!(response.body, r#"{"message":"Hello, Being!"}"#);
    server.stop();
    assert!(!path.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut command = program(&folder);
    let path = format!("unix:{}", path.display());
    command
        .env("PURLIN_HTTP__SOCKET_MODE", "0600")
        .args(["--bind", &path]);
    let server = Server::start(&mut command);
    let mode = fs::metadata(folder.path().join("api.sock")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    drop(server);
}

#[test]
fn stale_unix_socket_is_replaced_and_a_live_one_is_not() {
    let folder = Folder::new();
    let path = folder.path().join("api.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(fs::metadata(&path).unwrap().file_type().is_socket());
    let mut command = program(&folder);
    command.args(["--bind", "unix:api.sock"]);
    let first = Server::start(&mut command);
    assert_eq!(get(&path).status, 200);

    let (code, out, errors) = output(&mut command);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(errors.contains("another server responds there"), "{errors}");
    assert_eq!(get(&path).status, 200);

    // One that was killed leaves its socket; the next takes its place.
    first.signal("KILL");
    first.wait();
    assert!(path.exists());
    let next = Server::start(&mut command);
    assert_eq!(get(&path).status, 200);

    // What has taken the path meanwhile is not removed.
    fs::remove_file(&path).unwrap();
    let _other = UnixListener::bind(&path).unwrap();
    next.stop();
    assert!(path.exists());
}

#[test]
fn only_one_of_concurrent_starts_takes_a_stale_socket() {
    let folder = Folder::new();
    let path = folder.path().join("api.sock");
    drop(UnixListener::bind(&path).unwrap());
    let start = || {
        let mut command = program(&folder);
        command
            .args(["--bind", "unix:api.sock"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut children: Vec<_> = (0..6).map(|_| start()).collect();
    // All but one end by themselves.
    let mut ended = 0;
    wait_until("five have ended", || {
        ended = children
            .iter_mut()
            .filter_map(|child| child.try_wait().unwrap())
            .map(|status| assert_eq!(status.code(), Some(1)))
            .count();
        ended >= 5
    });
    assert_eq!(get(&path).status, 200);
    for mut child in children {
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[test]
fn unix_socket_errors_name_their_remedy() {
    let folder = Folder::new();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let long = format!("unix:/{}", "x".repeat(100));
    for (bind, exit, message) in [
        (
            "unix:notes.txt",
            1,
            "there is a file that is not a socket; remove it",
        ),
        (
            "unix:none/api.sock",
            1,
            "the folder of the socket does not exist",
        ),
        (
            "unix:",
            2,
            "flag --bind: http.bind: expected the path of a socket after unix:",
        ),
        (&long, 2, "choose a shorter one"),
        (
            "systemd",
            2,
            "flag --bind: http.bind: systemd has passed no socket",
        ),
    ] {
        let (code, out, errors) = output(program(&folder).args(["--bind", bind]));
        assert_eq!((code, out.as_str()), (Some(exit), ""), "{bind}: {errors}");
        assert!(errors.contains(message), "{bind}: {errors}");
    }
    assert_eq!(fs::read(folder.path().join("notes.txt")).unwrap(), b"mine");
    let mut command = program(&folder);
    let (code, _, errors) = output(command.env("PURLIN_HTTP__SOCKET_MODE", "rw"));
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("expected permissions in octal digits such as \"0660\""),
        "{errors}"
    );
}

#[test]
fn sockets_passed_by_systemd_are_served() {
    let folder = Folder::new();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let mut server = Server::start(&mut activated(&folder, socket.into()));
    let line = server.line();
    assert!(
        line.starts_with("Greetings 0.1.0") || line.contains("documentation"),
        "{line}"
    );
    assert!(
        server
            .banner
            .starts_with(&format!("Listening on {address}, opened by systemd\n")),
        "{}",
        server.banner
    );
    assert_eq!(server.address, address);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);

    let path = folder.path().join("systemd.sock");
    let socket = UnixListener::bind(&path).unwrap();
    let server = Server::start(&mut activated(&folder, socket.into()));
    assert_eq!(get(&path).status, 200);
    server.stop();
    // It is systemd's, which listens on.
    assert!(path.exists());
}

#[test]
fn passed_descriptors_that_are_not_sockets_are_rejected() {
    let folder = Folder::new();
    let file = fs::File::open("/dev/null").unwrap();
    let (code, _, errors) = output(&mut activated(&folder, file.into()));
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("descriptor 3 that systemd has passed is not a stream socket"),
        "{errors}"
    );

    for (name, count, message) in [
        ("LISTEN_PID", "1", "are not for this process (LISTEN_PID)"),
        (
            "LISTEN_FDS",
            "99999999999",
            "expected the number of passed sockets, 1 to 64",
        ),
    ] {
        let mut command = program(&folder);
        command.env("LISTEN_FDS", "1").env(name, count);
        let (code, _, errors) = output(command.args(["--bind", "systemd"]));
        assert_eq!(code, Some(2));
        assert!(errors.contains(message), "{errors}");
    }
}
