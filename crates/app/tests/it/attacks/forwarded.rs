//! Who the client is, behind a proxy that appends to what a client sent: always the address that the proxy appended.

use actix_web::{
    App, HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    rt::System,
    test::{TestRequest, call_service, init_service, read_body},
    web,
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use purlin_app::{ClientAddress, ForwardedBy, ProxySettings, middleware::TrustedProxies};

use crate::support::{Folder, Server, listening};

/// Starts the program behind a proxy on this machine.
fn behind_proxy(folder: &Folder, header: &str, settings: &[(&str, &str)]) -> Server {
    let mut command = listening(folder);
    command
        .env("PURLIN_PROXIES__TRUSTED", "127.0.0.0/8, 10.0.0.0/8")
        .env("PURLIN_PROXIES__HEADER", header)
        .envs(settings.iter().copied());
    Server::start(&mut command)
}

/// Sends each request and returns the clients in the access log.
fn clients_of(server: Server, requests: &[&[u8]]) -> Vec<String> {
    for fields in requests {
        let request = [b"GET / HTTP/1.1\n", *fields].concat();
        assert_eq!(server.request(request).status, 200);
    }
    let log = server.stop();
    let lines = log.lines().filter(|line| line.contains("purlin::access"));
    lines
        .map(|line| {
            let (_, client) = line.split_once("client=").unwrap();
            client.split(' ').next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn no_client_chooses_its_address_in_forwarded() {
    let folder = Folder::new();
    let server = behind_proxy(&folder, "forwarded", &[]);
    let requests: [(&[u8], &str); 10] = [
        (
            b"Forwarded: for=203.0.113.9;host=\"api.example\"",
            "203.0.113.9",
        ),
        (
            b"Forwarded: for=203.0.113.9;host=\"a,for=1.2.3.4\"",
            "203.0.113.9",
        ),
        (
            b"Forwarded: for=203.0.113.9;host=\"a;for=1.2.3.4\"",
            "203.0.113.9",
        ),
        (
            b"Forwarded: for=203.0.113.9;host=\"a\xff;for=1.2.3.4\"",
            "203.0.113.9",
        ),
        (b"Forwarded: for=\"\x80\", for=203.0.113.9", "203.0.113.9"),
        (
            b"Forwarded: for=\"\x80\"\nForwarded: for=203.0.113.9",
            "203.0.113.9",
        ),
        (b"Forwarded: \"\nForwarded: for=203.0.113.9", "203.0.113.9"),
        // Neither can be read: the proxy, which sent it, is the client.
        (
            b"Forwarded: for=203.0.113.9;host=\"a\\\";for=1.2.3.4\"\"",
            "127.0.0.1",
        ),
        (b"Forwarded: for=203.0.113.9;for=1.2.3.4", "127.0.0.1"),
        (
            b"Forwarded: for=1.2.3.4\nForwarded: for=\"\x80\"",
            "127.0.0.1",
        ),
    ];
    let (fields, expected): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
    assert_eq!(clients_of(server, &fields), expected);
}

#[test]
fn no_client_chooses_its_address_in_x_forwarded_for() {
    let folder = Folder::new();
    let server = behind_proxy(&folder, "x-forwarded", &[]);
    let requests: [(&[u8], &str); 7] = [
        (b"X-Forwarded-For: 203.0.113.9", "203.0.113.9"),
        (b"X-Forwarded-For: \x80, 203.0.113.9", "203.0.113.9"),
        (b"X-Forwarded-For: 1.2.3.4, , 203.0.113.9", "203.0.113.9"),
        (
            b"X-Forwarded-For: \x80\nX-Forwarded-For: 203.0.113.9",
            "203.0.113.9",
        ),
        (
            b"X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: 203.0.113.9",
            "203.0.113.9",
        ),
        (b"X-Forwarded-For: 1.2.3.4, \x80, 10.0.0.7", "10.0.0.7"),
        (
            b"X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: \x80",
            "127.0.0.1",
        ),
    ];
    let (fields, expected): (Vec<_>, Vec<_>) = requests.into_iter().unzip();
    assert_eq!(clients_of(server, &fields), expected);
}

#[test]
fn changing_hosts_do_not_evade_the_rate_limit() {
    let folder = Folder::new();
    let limit = [("PURLIN_RATE_LIMIT__PER_ADDRESS", "5")];
    let server = behind_proxy(&folder, "forwarded", &limit);
    let statuses = (1..=8).map(|n| {
        let field = format!("Forwarded: for=203.0.113.9;host=\"a;for=1.2.3.{n}\"");
        server.request(format!("GET / HTTP/1.1\n{field}")).status
    });
    assert_eq!(
        statuses.collect::<Vec<_>>(),
        [200, 200, 200, 200, 200, 429, 429, 429]
    );
}

/// Bytes that a client may send in a field line, mostly those that mean something.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => proptest::sample::select(vec![
            "\"", "\\", ",", ";", "=", " ", "\t", "for=", "host=", "1.2.3.4", "for=1.2.3.4", "[::1]", "https", "10.0.0.9",
            "for=10.0.0.9", ", ", "\\\"",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>()
            .prop_filter("a field line has none", |byte| HeaderValue::from_bytes(&[*byte]).is_ok())
            .prop_map(|byte| vec![byte]),
    ];
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// What a trusted proxy appends to a field, and what a handler behind it sees: address, scheme and host.
type Appended = (&'static [(&'static str, &'static str)], [&'static str; 3]);

const FORWARDED: &[Appended] = &[
    (
        &[("forwarded", "for=203.0.113.9;proto=https;host=api.example")],
        ["203.0.113.9", "https", "api.example"],
    ),
    (
        &[(
            "forwarded",
            r#"for="[2001:db8::9]:4711";proto=http;host="a\",for=1.2.3.4""#,
        )],
        ["2001:db8::9", "http", "inner"],
    ),
    (
        &[(
            "forwarded",
            "for=203.0.113.9;proto=https;host=api.example, for=10.0.0.2",
        )],
        ["203.0.113.9", "https", "api.example"],
    ),
];

const X_FORWARDED: &[Appended] = &[
    (
        &[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "api.example"),
        ],
        ["203.0.113.9", "https", "api.example"],
    ),
    (
        &[
            ("x-forwarded-for", "[2001:db8::9]:4711, 10.0.0.2"),
            ("x-forwarded-proto", "http, https"),
            ("x-forwarded-host", "api.example, inner"),
        ],
        ["2001:db8::9", "http", "api.example"],
    ),
];

/// Sends a request through a proxy that appends, for any bytes in front of what it appends.
fn resolves_to_what_was_appended(header: ForwardedBy, appended: &[Appended]) {
    let system = System::new();
    let mut settings = ProxySettings::default();
    settings.trusted.push("10.0.0.0/8".to_owned());
    settings.header = header;
    let seen = |request: HttpRequest| async move {
        let info = request.connection_info().clone();
        let client = ClientAddress::of(&request).unwrap().0;
        HttpResponse::Ok().body(format!("{client} {} {}", info.scheme(), info.host()))
    };
    let app = App::new()
        .wrap(TrustedProxies::new(&settings).unwrap())
        .default_service(web::to(seen));
    let service = system.block_on(init_service(app));
    let case = (vec(hostile(), 3), any::<bool>(), 0..appended.len());
    let mut runner = TestRunner::new(Config::with_cases(2000));
    let checked = runner.run(&case, |(sent, is_own_line, which)| {
        let (fields, expected) = appended[which];
        let mut request = TestRequest::default()
            .peer_addr("10.0.0.1:4711".parse().unwrap())
            .insert_header(("host", "inner"));
        for ((name, appended), sent) in fields.iter().zip(&sent) {
            let name: HeaderName = name.parse().unwrap();
            let line = |bytes: &[u8]| HeaderValue::from_bytes(bytes).unwrap();
            if is_own_line {
                request = request.append_header((name.clone(), line(sent)));
                request = request.append_header((name, line(appended.as_bytes())));
            } else {
                let joined = [sent, b", ".as_slice(), appended.as_bytes()].concat();
                request = request.append_header((name, line(&joined)));
            }
        }
        let body = system.block_on(async {
            let response = call_service(&service, request.to_request()).await;
            read_body(response).await
        });
        prop_assert_eq!(String::from_utf8_lossy(&body), expected.join(" "));
        Ok(())
    });
    checked.unwrap();
}

#[test]
fn nothing_in_front_of_forwarded_matters() {
    resolves_to_what_was_appended(ForwardedBy::Forwarded, FORWARDED);
}

#[test]
fn nothing_in_front_of_x_forwarded_for_matters() {
    resolves_to_what_was_appended(ForwardedBy::XForwarded, X_FORWARDED);
}
