//! A settings file that cannot be read, and one that changes while the server runs.

use std::{fs, os::unix::fs::symlink, path::Path};

use crate::support::{Folder, Server, output, program};

#[test]
fn unreadable_settings_file_is_an_error_at_startup() {
    type Make = fn(&Path);
    let unreadable: [(&str, Make); 3] = [
        ("a folder", |path| fs::create_dir(path).unwrap()),
        ("no text", |path| {
            fs::write(path, b"\xff\xfe[http]").unwrap()
        }),
        ("a link to itself", |path| symlink(path, path).unwrap()),
    ];
    for (what, make) in unreadable {
        let folder = Folder::new();
        make(&folder.path().join("purlin.toml"));
        let (code, out, errors) = output(program(&folder).args(["--bind", "127.0.0.1:0"]));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{what}");
        assert!(
            errors.contains("purlin.toml: cannot read purlin.toml: "),
            "{what}: {errors}"
        );
    }
}

#[test]
fn settings_file_is_read_at_startup_only() {
    let folder = Folder::with_settings(
        "[http]\nbind = \"127.0.0.1:0\"\n[greetings.api_keys]\nada = \"before\"\n",
    );
    let server = Server::start(&mut program(&folder));
    let asked = |key: &str| {
        let head = format!("GET /generic_greeting HTTP/1.1\nX-MyApp-ApiKey: {key}");
        server.request(&head).status
    };
    let file = folder.path().join("purlin.toml");
    for text in [
        "[greetings.api_keys]\nada = \"after\"\n",
        "no settings at all",
    ] {
        fs::write(&file, text).unwrap();
        assert_eq!((asked("before"), asked("after")), (200, 401), "{text}");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!((asked("before"), asked("after")), (200, 401));
    // Nor does it miss its folder.
    fs::remove_dir(folder.path()).unwrap();
    assert_eq!(server.request("GET /docs HTTP/1.1").status, 200);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0));
    assert!(!log.contains("ERROR"), "{log}");
}
