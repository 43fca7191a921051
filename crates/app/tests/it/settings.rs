//! Which source a setting is read from, and how errors are reported.

use std::{collections::BTreeMap, env, fs, path::PathBuf, process};

use purlin_app::{Settings, Sources};
use purlin_router::schemas::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Mail {
    sender: String,
    retries: u8,
    weight: f64,
    urgent: bool,
    hosts: Vec<String>,
    mode: Option<Mode>,
    keys: BTreeMap<String, String>,
    limits: Limits,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Safe,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Limits {
    per_day: u32,
}

/// A settings file of one test, removed when the test ends.
struct File(PathBuf);

impl File {
    fn new(test: &str, text: &str) -> Self {
        let path = env::temp_dir().join(format!("purlin-{test}-{}.toml", process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn sources(file: Option<&File>, environment: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new("purlin");
    sources.file = file.map(|file| file.0.clone());
    sources.environment = environment
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    sources
}

/// Every error, with the file's path written `FILE`.
fn errors(settings: &Settings, file: Option<&File>) -> Vec<String> {
    let path = file
        .map(|file| file.0.display().to_string())
        .unwrap_or_default();
    let shown = settings.errors();
    let shown = shown.iter().map(|error| match path.as_str() {
        "" => error.to_string(),
        path => error.to_string().replace(path, "FILE"),
    });
    shown.collect()
}

#[test]
fn without_sources_everything_has_its_default() {
    let settings = Settings::new(&Sources::new("purlin"));
    assert_eq!(settings.http().bind.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.http().workers, None);
    assert_eq!(settings.http().shutdown_timeout, 30);
    assert_eq!(settings.log().level.as_str(), "info");
    assert_eq!(settings.errors(), []);
}

#[test]
fn flags_override_the_environment_and_that_the_file() {
    let file = File::new(
        "override",
        "[http]\nbind = \"127.0.0.1:1\"\nworkers = 1\nshutdown_timeout = 1\n",
    );
    let environment = [
        ("PURLIN_HTTP__BIND", "127.0.0.1:2"),
        ("PURLIN_HTTP__WORKERS", "2"),
    ];
    let mut sources = sources(Some(&file), &environment);
    sources
        .flags
        .push(("--bind", "http.bind", "127.0.0.1:3".to_owned()));

    let settings = Settings::new(&sources);
    assert_eq!(errors(&settings, Some(&file)), [""; 0]);
    assert_eq!(settings.http().bind.to_string(), "127.0.0.1:3");
    assert_eq!(
        settings.http().workers.map(|workers| workers.get()),
        Some(2)
    );
    assert_eq!(settings.http().shutdown_timeout, 1);
}

#[test]
fn a_section_reads_every_kind_of_value_from_the_file() {
    let file = File::new(
        "kinds",
        r#"
        [mail]
        sender = "ada"
        retries = 3
        weight = 1
        urgent = true
        hosts = ["a", "b"]
        mode = "safe"
        keys = { "my.app" = "x" }
        limits.per_day = 5
        "#,
    );
    let mut settings = Settings::new(&sources(Some(&file), &[]));
    let mail: Mail = settings.section("mail");
    assert_eq!(errors(&settings, Some(&file)), [""; 0]);
    assert_eq!(
        mail,
        Mail {
            sender: "ada".to_owned(),
            retries: 3,
            weight: 1.0,
            urgent: true,
            hosts: vec!["a".to_owned(), "b".to_owned()],
            mode: Some(Mode::Safe),
            keys: BTreeMap::from([("my.app".to_owned(), "x".to_owned())]),
            limits: Limits { per_day: 5 },
        }
    );
}

#[test]
fn a_section_reads_every_kind_of_value_from_the_environment() {
    let mut settings = Settings::new(&sources(
        None,
        &[
            ("PURLIN_MAIL__SENDER", "12"),
            ("PURLIN_MAIL__RETRIES", "3"),
            ("PURLIN_MAIL__WEIGHT", "0.5"),
            ("PURLIN_MAIL__URGENT", "true"),
            ("PURLIN_MAIL__HOSTS", "a,b"),
            ("PURLIN_MAIL__MODE", "fast"),
            ("PURLIN_MAIL__KEYS__MOBILE", "x"),
            ("PURLIN_MAIL__LIMITS__PER_DAY", "5"),
        ],
    ));
    let mail: Mail = settings.section("mail");
    assert_eq!(errors(&settings, None), [""; 0]);
    assert_eq!(
        mail,
        Mail {
            sender: "12".to_owned(),
            retries: 3,
            weight: 0.5,
            urgent: true,
            hosts: vec!["a".to_owned(), "b".to_owned()],
            mode: Some(Mode::Fast),
            keys: BTreeMap::from([("mobile".to_owned(), "x".to_owned())]),
            limits: Limits { per_day: 5 },
        }
    );
}

#[test]
fn every_error_is_reported_with_its_origin() {
    let file = File::new(
        "errors",
        r#"
        colour = "blue"

        [http]
        bind = "localhost"
        workers = 2.7
        wokers = 2

        [mail]
        sender = 5
        retries = 300
        urgent = "yes"
        hosts = ["a", 7]
        mode = "slow"
        limits = "none"
        "#,
    );
    let environment = [
        ("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "-1"),
        ("PURLIN_HTTP_BIND", "127.0.0.1:1"),
        ("PURLIN_LOG__LEVEL", "loud"),
        ("PURLIN_MAIL__KEYS", "s3cret"),
        ("HTTP__BIND", "not ours"),
    ];
    let mut settings = Settings::new(&sources(Some(&file), &environment));
    let mail: Mail = settings.section("mail");
    assert_eq!(mail, Mail::default());
    assert_eq!(settings.http().bind.to_string(), "127.0.0.1:8000");

    let mut found = errors(&settings, Some(&file));
    found.sort();
    assert_eq!(
        found,
        [
            "FILE:10:9: mail.sender: expected text, found `5`",
            "FILE:11:9: mail.retries: expected a whole number from 0 to 255, found `300`",
            "FILE:12:9: mail.urgent: expected `true` or `false`, found `yes`",
            "FILE:13:23: mail.hosts.1: expected text, found `7`",
            "FILE:14:9: mail.mode: expected one of `fast`, `safe`, found `slow`",
            "FILE:15:9: mail.limits: expected a table, found text",
            "FILE:2:9: colour: no such setting; remove it",
            "FILE:5:9: http.bind: expected an IP address and port such as 127.0.0.1:8000 or [::]:8000, \
             unix:/path/of/a.sock or systemd, found `localhost`",
            "FILE:6:9: http.workers: expected a whole number from 1 to 1024, found `2.7`",
            "FILE:7:9: http.wokers: no such setting; did you mean `http.workers`?",
            "environment variable PURLIN_HTTP_BIND: http_bind: no such setting; did you mean \
             `PURLIN_HTTP__BIND`?",
            "environment variable PURLIN_HTTP__SHUTDOWN_TIMEOUT: http.shutdown_timeout: expected a \
             whole number from 0 to 86400, found `-1`",
            "environment variable PURLIN_LOG__LEVEL: log.level: expected off, error, warn, info, \
             debug, trace or a filter such as `warn,purlin::access=info`, found `loud`",
            "environment variable PURLIN_MAIL__KEYS: mail.keys: expected a table, found text",
        ]
    );
}

#[test]
fn an_unused_section_is_unknown_wherever_it_is_written() {
    let file = File::new("unused", "[mial]\nsender = \"ada\"\n");
    let mut settings = Settings::new(&sources(Some(&file), &[("PURLIN_MIAL__RETRIES", "3")]));
    let _: Mail = settings.section("mail");
    assert_eq!(
        errors(&settings, Some(&file)),
        [
            "environment variable PURLIN_MIAL__RETRIES: mial.retries: no such setting; did you \
             mean `PURLIN_MAIL__RETRIES`?",
            "FILE:2:1: mial.sender: no such setting; did you mean `mail.sender`?",
        ]
    );
}

#[test]
fn a_table_where_none_belongs_is_traced_to_where_it_was_written() {
    let file = File::new(
        "tables",
        r#"
        [http]
        bind = { a = 1 }

        [http.tls]
        cert = "x"
        keys = { main = "a", other = { x = 1 } }
        empty = {}

        [mail]
        limits = { per_day = { at_night = 1 }, per_week = { x = 2 } }
        "#,
    );
    let environment = [
        ("PURLIN_HTTP__WORKERS__X", "1"),
        ("PURLIN_HTTP__TLS__PORT", "1"),
        ("PURLIN_LOG__LEVEL__X__Y", "1"),
    ];
    let mut sources = sources(Some(&file), &environment);
    sources
        .flags
        .push(("--grace", "http.shutdown_timeout.seconds", "1".to_owned()));
    let mut settings = Settings::new(&sources);
    let _: Mail = settings.section("mail");
    let mut found = errors(&settings, Some(&file));
    found.sort();
    assert_eq!(
        found,
        [
            "FILE:11:20: mail.limits.per_day: expected a whole number from 0 to 4294967295, found a table",
            "FILE:11:61: mail.limits.per_week.x: no such setting; did you mean `mail.limits.per_day`?",
            "FILE:3:9: http.bind: expected text, found a table",
            "FILE:6:9: http.tls.cert: no such setting; remove it",
            "FILE:7:18: http.tls.keys.main: no such setting; remove it",
            "FILE:7:40: http.tls.keys.other.x: no such setting; remove it",
            "FILE:8:9: http.tls.empty: no such setting; remove it",
            "environment variable PURLIN_HTTP__TLS__PORT: http.tls.port: no such setting; remove it",
            "environment variable PURLIN_HTTP__WORKERS__X: http.workers: expected a whole number \
             from 1 to 1024, found a table",
            "environment variable PURLIN_LOG__LEVEL__X__Y: log.level: expected text, found a table",
            "flag --grace: http.shutdown_timeout: expected a whole number from 0 to 86400, \
             found a table",
        ]
    );
}

#[test]
fn a_required_setting_that_is_missing_says_how_to_set_it() {
    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    struct Store {
        url: String,
    }
    let mut settings = Settings::new(&Sources::new("purlin"));
    let _: Store = settings.section("store");
    assert_eq!(
        errors(&settings, None),
        ["settings: store.url: must be set in the file or as PURLIN_STORE__URL"]
    );
}

#[test]
fn a_file_that_was_asked_for_must_be_there_and_readable() {
    let mut sources = Sources::new("purlin");
    sources.file = Some("no/such/file.toml".into());
    let found = errors(&Settings::new(&sources), None);
    assert!(
        found[0].starts_with("flag --config: cannot read no/such/file.toml: "),
        "{found:?}"
    );

    let file = File::new("syntax", "[http]\nbind = \n");
    let found = errors(
        &Settings::new(&self::sources(Some(&file), &[])),
        Some(&file),
    );
    assert!(
        found[0].starts_with("FILE:2:8: string values must be quoted"),
        "{found:?}"
    );
}

#[test]
fn variables_of_service_links_are_ignored_and_misspelt_settings_are_not() {
    let links = [
        ("BILLING_SERVICE_HOST", "10.0.0.1"),
        ("BILLING_SERVICE_PORT", "8000"),
        ("BILLING_SERVICE_PORT_HTTP", "8000"),
        ("BILLING_PORT", "tcp://10.0.0.1:8000"),
        ("BILLING_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("BILLING_PORT_80_TCP_PROTO", "tcp"),
        ("BILLING_PORT_80_TCP_PORT", "80"),
        ("BILLING_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("BILLING_NAME", "/web/billing"),
        ("BILLING_ENV_PATH", "/bin"),
    ];
    let mut sources = Sources::new("billing");
    let mut set = |variables: &[(&str, &str)]| {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        sources.environment.extend(variables);
        errors(&Settings::new(&sources), None)
    };
    assert_eq!(set(&links), [""; 0]);

    let misspelt = [
        ("BILLING_HTTP__BNID", "127.0.0.1:1"),
        ("BILLING_HTP__BIND", "127.0.0.1:1"),
    ];
    let origin = "environment variable BILLING_";
    let meant = "no such setting; did you mean `BILLING_HTTP__BIND`?";
    assert_eq!(
        set(&misspelt),
        [
            format!("{origin}HTP__BIND: htp.bind: {meant}"),
            format!("{origin}HTTP__BNID: http.bnid: {meant}"),
        ]
    );
}

#[test]
fn a_text_may_stand_in_a_file_of_its_own() {
    let secret = File::new("secret", "line one\nline two\r\n");
    let path = secret.0.display().to_string();
    let file = File::new(
        "names-a-file",
        &format!("[mail]\nsender_file = \"{path}\"\n[mail.keys]\nada = {{ file = \"{path}\" }}\n"),
    );
    let mut settings = Settings::new(&sources(
        Some(&file),
        &[("PURLIN_MAIL__KEYS__BOB__FILE", &path)],
    ));
    let mail: Mail = settings.section("mail");
    assert_eq!(mail.sender, "line one\nline two");
    assert_eq!(mail.keys["ada"], "line one\nline two");
    assert_eq!(mail.keys["bob"], "line one\nline two");
    assert_eq!(errors(&settings, None), [""; 0]);
}

#[test]
fn files_that_cannot_be_read_and_values_set_twice_are_errors() {
    let file = File::new("set-twice", "[mail]\nsender = \"ada\"\n");
    let environment = [
        ("PURLIN_MAIL__SENDER_FILE", "/no/such/file"),
        ("PURLIN_MAIL__KEYS__ADA__FILE", "/no/such/file"),
        ("PURLIN_MAIL__RETRIES_FILE", "/no/such/file"),
    ];
    let mut settings = Settings::new(&sources(Some(&file), &environment));
    let mail: Mail = settings.section("mail");
    assert_eq!((mail.sender.as_str(), mail.keys.len()), ("ada", 0));
    let found = errors(&settings, Some(&file));
    let origin = "environment variable PURLIN_MAIL__";
    let expected = [
        format!(
            "{origin}SENDER_FILE: mail.sender_file: `mail.sender` is set as well, by FILE:2:1; remove one of the two"
        ),
        format!(
            "{origin}KEYS__ADA__FILE: mail.keys.ada.file: cannot read /no/such/file: No such file or directory (os error 2)"
        ),
        format!(
            "{origin}RETRIES_FILE: mail.retries_file: no such setting; did you mean `PURLIN_MAIL__RETRIES`?"
        ),
    ];
    let mut expected: Vec<_> = expected.to_vec();
    let mut found = found;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn every_element_of_a_list_that_is_wrong_is_reported() {
    for (variable, value) in [
        ("PURLIN_PROXIES__TRUSTED", "banana, 10.0.0.0/8, 10.0.0.1/33"),
        (
            "PURLIN_CORS__ORIGINS",
            "banana, https://ok.example, 10.0.0.1/33",
        ),
        ("PURLIN_CORS__HEADERS", "ba nana, accept, 10.0.0.1/33"),
    ] {
        let settings = Settings::new(&sources(None, &[(variable, value)]));
        let errors = settings.errors();
        assert_eq!(errors.len(), 1, "{variable}: {errors:?}");
        let message = errors[0].message();
        for wrong in [value.split(',').next().unwrap(), "10.0.0.1/33"] {
            assert!(message.contains(&format!("`{wrong}`")), "{message}");
        }
    }
}

#[test]
fn origins_that_no_browser_sends_are_errors_with_a_remedy() {
    for (origin, remedy) in [
        (
            "https://*.example",
            "browsers send no wildcards; list each origin",
        ),
        ("https://App.example", "browsers send origins in lower case"),
        (
            "https://app.example:443",
            "browsers leave out the default port",
        ),
        (
            "http://app.example:80",
            "browsers leave out the default port",
        ),
        ("https://app.example/", "expected an origin such as"),
        ("https://user@app.example", "expected an origin such as"),
        ("app.example", "expected an origin such as"),
        ("null", "expected an origin such as"),
        ("", "expected an origin such as"),
    ] {
        let origins = format!("https://ok.example, {origin}");
        let settings = Settings::new(&sources(None, &[("PURLIN_CORS__ORIGINS", &origins)]));
        let errors = settings.errors();
        assert_eq!(errors.len(), 1, "{origin}: {errors:?}");
        let message = errors[0].message();
        assert!(
            message.contains(remedy) && message.contains(&format!("`{origin}`")),
            "{message}"
        );
    }
    let origins = "https://app.example:8443, http://[::1]:3000, http://localhost, app://local";
    let settings = Settings::new(&sources(None, &[("PURLIN_CORS__ORIGINS", origins)]));
    assert_eq!(settings.errors(), []);
}
