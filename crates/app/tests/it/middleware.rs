//! The middleware of a running server.

use std::{
    io::Write as _,
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};

use crate::support::{Folder, Server, listening, observed, output, program, wait_for_metric};

const KEY: &str = "[greetings.api_keys]\nada = \"key\"\n";

fn serve(settings: &str) -> (Folder, Server) {
    let folder = Folder::with_settings(&format!(
        "{settings}
{KEY}"
    ));
    let server = Server::start(&mut listening(&folder));
    (folder, server)
}

/// The head of a POST whose body has this many bytes.
fn post(length: usize) -> String {
    format!(
        "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn request_above_the_concurrency_limit_is_rejected_with_503() {
    let folder = Folder::with_settings(&format!(
        "[limits]\nmax_in_flight = 1
{KEY}"
    ));
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    let body = r#"{"name":"Ada","age":36}"#;
    let mut busy = server.connect();
    busy.write(post(body.len())).unwrap();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    let rejected = server.request("GET / HTTP/1.1");
    assert_eq!(rejected.status, 503);
    assert_eq!(rejected.header("retry-after"), Some("1"));
    assert_eq!(rejected.header("content-type"), Some("application/json"));
    assert_eq!(rejected.header("x-content-type-options"), Some("nosniff"));
    assert!(rejected.header("x-request-id").is_some());
    assert!(rejected.body.contains("the server is busy"), "{rejected:?}");

    busy.write(body).unwrap();
    assert_eq!(busy.read().status, 201);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
}

#[test]
fn slow_body_is_rejected_with_408_and_the_connection_closes() {
    let (_folder, server) = serve("[limits]\nrequest_timeout = 1");
    let mut slow = server.connect();
    slow.write(post(1000)).unwrap();
    let mut drip = slow.try_clone();
    let dripping = thread::spawn(move || {
        while drip.write(" ").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let began = Instant::now();
    let response = slow.read();
    assert_eq!(response.status, 408);
    assert_eq!(response.header("connection"), Some("close"));
    assert!(
        response.body.contains("did not arrive in time"),
        "{response:?}"
    );
    assert!(began.elapsed() < Duration::from_secs(8));
    drop(slow);
    dripping.join().unwrap();
}

#[test]
fn incomplete_head_times_out() {
    let (_folder, server) = serve("[http]\nhead_timeout = 1");
    let mut silent = server.connect();
    silent.write("GET / HTTP/1.1\r\nHost:").unwrap();
    let began = Instant::now();
    let response = String::from_utf8(silent.read_to_end()).unwrap();
    assert!(
        response.is_empty() || response.starts_with("HTTP/1.1 408 "),
        "{response}"
    );
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn the_size_of_a_body_is_limited_whether_it_is_announced_or_not() {
    let (_folder, server) = serve("[limits]\nbody_bytes = 50");
    let head = "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n\
                Content-Type: application/json\r\n";
    for (length, status) in [(50, 201), (51, 413)] {
        let name = "a".repeat(length - r#"{"name":"","age":36}"#.len());
        let body = format!(r#"{{"name":"{name}","age":36}}"#);
        for request in [
            format!("{head}Content-Length: {length}\r\n\r\n{body}"),
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
        ] {
            let mut connection = server.connect();
            connection.write(&request).unwrap();
            assert_eq!(connection.read().status, status, "{request}");
        }
    }
}

#[test]
fn compressed_requests_are_decoded_where_the_settings_accept_them() {
    let send = |settings: &str, name: usize| {
        let (_folder, server) = serve(settings);
        let body = format!(r#"{{"name":"{}","age":36}}"#, "a".repeat(name));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(body.as_bytes()).unwrap();
        let body = gzip.finish().unwrap();
        let head = format!(
            "POST /send_greeting HTTP/1.1\r\nHost: test\r\nX-MyApp-ApiKey: key\r\n\
             Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut connection = server.connect();
        connection.write([head.as_bytes(), &body].concat()).unwrap();
        connection.read().status
    };
    let accepted = "[compression]\nrequests = true\n[limits]\nbody_bytes = 80";
    assert_eq!(send(accepted, 10), 201);
    // Shorter on the wire than the limit, which is one of what is decoded.
    assert_eq!(send(accepted, 1000), 413);
    // Flask-Rebar's style reads JSON whatever the header states.
    assert_eq!(send("", 10), 400);
}

#[test]
fn size_limits_are_enforced_in_the_error_style_of_the_registry() {
    let limits =
        "[limits]\nuri_bytes = 100\nheader_count = 10\nheader_bytes = 500\nbody_bytes = 50";
    let (_folder, server) = serve(limits);
    let many: String = (0..10).map(|it| format!("\nX-Many-{it}: 1")).collect();
    for (head, status) in [
        (format!("GET /?{} HTTP/1.1", "a".repeat(100)), 414),
        (format!("GET / HTTP/1.1{many}"), 431),
        (format!("GET / HTTP/1.1\nX-Long: {}", "a".repeat(500)), 431),
        ("GET /?a HTTP/1.1\nX-Many-1: 1".to_owned(), 200),
    ] {
        let response = server.request(&head);
        assert_eq!(response.status, status, "{head}");
        assert!(response.body.contains("\"message\""), "{response:?}");
    }
    let mut stream = server.connect();
    stream
        .write(post(51).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
        .unwrap();
    stream.write(format!("{:51}", "{}")).unwrap();
    let response = stream.read();
    assert_eq!(response.status, 413);
    assert!(response.body.contains("more than 50 bytes"), "{response:?}");
}

#[test]
fn security_headers_are_set_and_the_docs_page_keeps_its_policy() {
    let (_folder, server) = serve("");
    let response = server.request("GET / HTTP/1.1");
    let policy = "default-src 'none'; frame-ancestors 'none'";
    for (name, value) in [
        ("x-content-type-options", Some("nosniff")),
        ("content-security-policy", Some(policy)),
        ("referrer-policy", None),
        ("cache-control", Some("no-store")),
        ("x-frame-options", None),
        ("strict-transport-security", None),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    let docs = server.request("GET /docs HTTP/1.1");
    assert!(
        docs.header("content-security-policy")
            .unwrap()
            .contains("'self'"),
        "{docs:?}"
    );
    assert_eq!(docs.header("referrer-policy"), Some("no-referrer"));
    let document = server.request("GET /openapi.json HTTP/1.1");
    assert_eq!(document.header("cache-control"), Some("no-cache"));
}

#[test]
fn security_headers_are_configurable() {
    let (_folder, server) = serve(
        "[security_headers]\ncache_control = \"\"\nframe_options = \"DENY\"\n\
         strict_transport_security = \"max-age=60\"\n[proxies]\ntrusted = [\"127.0.0.1\"]",
    );
    let response = server.request("GET / HTTP/1.1");
    assert_eq!(response.header("cache-control"), None);
    assert_eq!(response.header("x-frame-options"), Some("DENY"));
    assert_eq!(response.header("strict-transport-security"), None);
    let secure = "GET / HTTP/1.1\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: https";
    let response = server.request(secure);
    assert_eq!(
        response.header("strict-transport-security"),
        Some("max-age=60")
    );
}

#[test]
fn rate_limit_rejects_with_429_and_retry_after() {
    let (_folder, server) = serve(
        "[rate_limit]\nper_address = 3\nper_key = 2\nkey_header = \"X-Key\"\nwindow = 600\n\
         [proxies]\ntrusted = [\"127.0.0.0/8\"]",
    );
    let ask = |client: &str, key: &str| {
        server.request(format!("GET / HTTP/1.1\nX-Forwarded-For: {client}{key}"))
    };
    let first = ask("192.0.2.1", "");
    assert_eq!(first.status, 200);
    let policy = "\"address\";q=3;w=600, \"key\";q=2;w=600";
    assert_eq!(first.header("ratelimit-policy"), Some(policy));
    assert_eq!(first.header("ratelimit"), Some("\"address\";r=2;t=200"));
    assert_eq!(ask("192.0.2.1", "").status, 200);
    assert_eq!(ask("192.0.2.1", "").status, 200);
    let rejected = ask("192.0.2.1", "");
    assert_eq!(rejected.status, 429);
    let wait: u32 = rejected.header("retry-after").unwrap().parse().unwrap();
    assert!((150..=200).contains(&wait), "{rejected:?}");
    assert!(
        rejected
            .header("ratelimit")
            .unwrap()
            .starts_with("\"address\";r=0;t=")
    );
    assert!(rejected.body.contains("too many requests"), "{rejected:?}");

    // Another client has a share of its own, and a key one for all its addresses.
    for (client, status) in [("192.0.2.2", 200), ("192.0.2.3", 200), ("192.0.2.4", 429)] {
        assert_eq!(ask(client, "\nX-Key: secret").status, status, "{client}");
    }
    // Of IPv6 a network is one client.
    for (client, status) in [
        ("2001:db8::1", 200),
        ("2001:db8::2", 200),
        ("2001:db8::3", 200),
        ("2001:db8::4", 429),
        ("2001:db8:0:1::4", 200),
    ] {
        assert_eq!(ask(client, "").status, status, "{client}");
    }
}

#[test]
fn cors_allows_configured_origins_only() {
    let (_folder, server) = serve(
        "[cors]\norigins = [\"https://app.example\"]\ncredentials = true\n[limits]\nuri_bytes = 20",
    );
    let preflight = |origin: &str| {
        server.request(format!(
            "OPTIONS /send_greeting HTTP/1.1\nOrigin: {origin}\n\
             Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: content-type"
        ))
    };
    let response = preflight("https://app.example");
    assert_eq!(response.status, 200);
    let allowed = Some("https://app.example");
    assert_eq!(response.header("access-control-allow-origin"), allowed);
    assert_eq!(
        response.header("access-control-allow-credentials"),
        Some("true")
    );
    assert_eq!(response.header("access-control-max-age"), Some("600"));
    let rejected = preflight("https://evil.example");
    assert_eq!(rejected.status, 400);
    assert_eq!(
        rejected.body,
        r#"{"message":"Origin is not allowed to make this request"}"#
    );
    assert_eq!(rejected.header("content-type"), Some("application/json"));
    assert_eq!(rejected.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(rejected.header("access-control-allow-origin"), None);

    // Rejected responses are readable by allowed origins too.
    for (path, status) in [
        ("/", 200),
        ("/nope", 404),
        ("/?aaaaaaaaaaaaaaaaaaaaaaaa", 414),
    ] {
        let response = server.request(format!("GET {path} HTTP/1.1\nOrigin: https://app.example"));
        assert_eq!(response.status, status);
        assert_eq!(response.header("access-control-allow-origin"), allowed);
        assert!(
            response.header("vary").unwrap().contains("Origin"),
            "{response:?}"
        );
    }
    let other = server.request("GET / HTTP/1.1\nOrigin: https://evil.example");
    assert_eq!(other.status, 200);
    assert_eq!(other.header("access-control-allow-origin"), None);
}

#[test]
fn invalid_middleware_settings_are_reported_with_their_origin() {
    let folder = Folder::with_settings(
        "[limits]\nrequest_timeout = 100000\nuri_bytes = -1\n[proxies]\ntrusted = [\"10.0.0.0/40\"]\n\
         header = \"x\"\n[cors]\norigins = [\"*\"]\ncredentials = true\n[rate_limit]\nper_key = 5\n\
         [security_headers]\ncache_control = \"a\\nb\"\n",
    );
    let mut command = program(&folder);
    command.env("PURLIN_CORS__METHODS", "GET,P OST");
    let (code, _, errors) = output(&mut command);
    assert_eq!(code, Some(2));
    for line in [
        "purlin.toml:2:1: limits.request_timeout: expected a whole number from 0 to 86400, found `100000`",
        "purlin.toml:3:1: limits.uri_bytes: expected a whole number from 0 to 65535, found `-1`",
        "purlin.toml:5:1: proxies.trusted: expected a network such as 10.0.0.0/8 or an address, found \
         `10.0.0.0/40`",
        "purlin.toml:6:1: proxies.header: expected one of `x-forwarded`, `forwarded`, found `x`",
        "purlin.toml:9:1: cors.credentials: credentials need a list of origins",
        "purlin.toml:11:1: rate_limit.per_key: the header field of the key is missing",
        "purlin.toml:13:1: security_headers.cache_control: expected the value of a header field, found `a\\nb`",
        "environment variable PURLIN_CORS__METHODS: cors.methods: expected a method such as GET, \
         found `P OST`",
    ] {
        assert!(
            errors.contains(&format!("  {line}")),
            "{line}\nis not in\n{errors}"
        );
    }
}

#[test]
fn matching_entity_tag_is_not_modified() {
    let (_folder, server) = serve("[conditional]\nenabled = true");
    let first = server.request("GET / HTTP/1.1");
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    assert_eq!(first.header("cache-control"), Some("private, no-cache"));
    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = server.request(format!("GET / HTTP/1.1\nIf-None-Match: {known}"));
        assert_eq!(again.status, 304);
        assert_eq!(again.body, "");
        assert_eq!(again.header("etag"), Some(tag.as_str()));
        assert_eq!(again.header("content-type"), None);
    }
    let other = server.request("GET / HTTP/1.1\nIf-None-Match: \"other\"");
    assert_eq!((other.status, other.body), (200, first.body));
    assert_eq!(server.request("GET /nope HTTP/1.1").header("etag"), None);
}

#[test]
fn tags_of_handlers_are_compared_weakly_and_may_contain_commas() {
    let (_folder, server) = serve("[conditional]\nenabled = true");
    for (path, condition, status) in [
        ("/weak", "W/\"v1\"", 304),
        ("/weak", "\"v1\"", 304),
        ("/weak", "\"v2\"", 200),
        ("/comma", "\"v1,2\"", 304),
        ("/comma", "\"a,b\", W/\"v1,2\"", 304),
        ("/comma", "\"v1\", \"2\"", 200),
    ] {
        let request = format!("GET {path} HTTP/1.1\nIf-None-Match: {condition}");
        let response = server.request(request);
        assert_eq!(response.status, status, "{path}: {condition}");
    }
}

#[test]
fn events_are_neither_compressed_nor_marked_as_such() {
    let (_folder, server) = serve("[compression]\nenabled = true\nminimum = 1");
    let response = server.request("GET /events HTTP/1.1\nAccept-Encoding: gzip, br");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-encoding"), None);
    assert!(
        response.body.contains("data: {\"message\":\"one\"}"),
        "{response:?}"
    );
}

#[test]
fn responses_are_compressed_as_accepted() {
    let settings = "[compression]\nenabled = true\nminimum = 20\n[conditional]\nenabled = true";
    let (_folder, server) = serve(settings);
    let plain = server.request("GET / HTTP/1.1");
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("accept-encoding"));
    let zipped = server.request("GET / HTTP/1.1\nAccept-Encoding: gzip, br;q=0.5");
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(zipped.header("vary"), Some("accept-encoding"));
    assert!(zipped.header("content-length").is_some());
    assert!(zipped.bytes.starts_with(&[0x1f, 0x8b]), "{zipped:?}");
    let tag = plain.header("etag").unwrap().replace("\"", "");
    assert_eq!(
        zipped.header("etag"),
        Some(format!("\"{tag}-gzip\"").as_str())
    );
    let known = "GET / HTTP/1.1\nAccept-Encoding: gzip\nIf-None-Match: ";
    assert_eq!(server.request(format!("{known}\"{tag}-gzip\"")).status, 304);

    // Encoded already, and once.
    let document = server.request("HEAD /openapi.json HTTP/1.1\nAccept-Encoding: gzip");
    assert_eq!(document.header("content-encoding"), Some("gzip"));
    assert_eq!(document.head.matches("vary").count(), 1, "{document:?}");
}
