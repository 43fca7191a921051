//! Which address, scheme and host are resolved from what proxies and clients send.

use std::net::IpAddr;

use actix_web::test::TestRequest;

use super::{ClientAddress, TrustedProxies};
use crate::settings::{ForwardedBy, ProxySettings};

/// Returns the client's address, the scheme and the host that handlers see.
fn resolved(header: ForwardedBy, peer: &str, headers: &[(&str, &str)]) -> (String, String, String) {
    let proxies = TrustedProxies::new(&ProxySettings {
        trusted: vec!["10.0.0.0/8".to_owned(), "2001:db8::1".to_owned()],
        header,
    })
    .unwrap();
    let peer: IpAddr = peer.parse().unwrap_or([127, 0, 0, 1].into());
    let mut request = TestRequest::default().peer_addr((peer, 4711).into());
    request = request.insert_header(("host", "inner"));
    for header in headers {
        request = request.append_header(*header);
    }
    let mut request = request.to_srv_request();
    proxies.resolve(&mut request);
    let info = request.connection_info().clone();
    let client = ClientAddress::of(request.request()).map(|it| it.0.to_string());
    (
        client.unwrap_or_default(),
        info.scheme().to_owned(),
        info.host().to_owned(),
    )
}

fn by_x(peer: &str, headers: &[(&str, &str)]) -> (String, String, String) {
    resolved(ForwardedBy::XForwarded, peer, headers)
}

fn is(client: &str, scheme: &str, host: &str) -> (String, String, String) {
    (client.to_owned(), scheme.to_owned(), host.to_owned())
}

#[test]
fn header_fields_of_untrusted_peers_are_ignored() {
    let headers = [
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "bank.example"),
        ("forwarded", "for=1.1.1.1;proto=https;host=bank.example"),
    ];
    assert_eq!(
        by_x("192.0.2.7", &headers),
        is("192.0.2.7", "http", "inner")
    );
}

#[test]
fn hops_are_followed_while_they_are_trusted() {
    let headers = [
        ("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.2"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "api.example"),
    ];
    assert_eq!(
        by_x("10.0.0.1", &headers),
        is("203.0.113.9", "https", "api.example")
    );
    assert_eq!(
        by_x("::ffff:10.0.0.1", &headers),
        is("203.0.113.9", "https", "api.example")
    );
    let spread = [
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "[2001:db8::7]:443"),
    ];
    assert_eq!(
        by_x("2001:db8::1", &spread),
        is("2001:db8::7", "http", "inner")
    );
}

#[test]
fn members_that_the_client_added_are_ignored() {
    let headers = [
        ("x-forwarded-for", "9.9.9.9, 203.0.113.9"),
        ("x-forwarded-proto", "https, http"),
        ("x-forwarded-host", "evil.example, api.example"),
    ];
    assert_eq!(
        by_x("10.0.0.1", &headers),
        is("203.0.113.9", "http", "api.example")
    );
}

#[test]
fn only_the_configured_header_is_read() {
    let headers = [("forwarded", "for=9.9.9.9;proto=https")];
    assert_eq!(by_x("10.0.0.1", &headers), is("10.0.0.1", "http", "inner"));
    let headers = [
        (
            "forwarded",
            "for=9.9.9.9, For=\"[2001:db8::9]:1\";Proto=HTTPS;host=\"api.example:8443\"",
        ),
        ("x-forwarded-for", "8.8.8.8"),
    ];
    assert_eq!(
        resolved(ForwardedBy::Forwarded, "10.0.0.1", &headers),
        is("2001:db8::9", "https", "api.example:8443")
    );
}

#[test]
fn an_unknown_address_ends_the_list_of_hops() {
    let headers = [(
        "forwarded",
        "for=9.9.9.9, for=unknown;proto=https, for=10.0.0.3",
    )];
    assert_eq!(
        resolved(ForwardedBy::Forwarded, "10.0.0.1", &headers),
        is("10.0.0.3", "https", "inner")
    );
    let headers = [
        ("x-forwarded-for", "garbage"),
        ("x-forwarded-host", "a b\"c"),
    ];
    assert_eq!(by_x("10.0.0.1", &headers), is("10.0.0.1", "http", "inner"));
}

/// Returns the client's address that handlers see.
fn client(header: ForwardedBy, fields: &[&str]) -> String {
    let name = match header {
        ForwardedBy::Forwarded => "forwarded",
        ForwardedBy::XForwarded => "x-forwarded-for",
    };
    let fields: Vec<_> = fields.iter().map(|value| (name, *value)).collect();
    resolved(header, "10.0.0.1", &fields).0
}

#[test]
fn quoted_strings_are_one_value() {
    for field in [
        r#"for=203.0.113.9;host="a;for=1.2.3.4""#,
        r#"for=203.0.113.9;host="a,for=1.2.3.4""#,
        r#"for=203.0.113.9;host="a\",for=1.2.3.4""#,
        r#"for=203.0.113.9;host="a\\""#,
        r#"for="203\.0.113.9";secret="=;,\"""#,
        r#"for=1.2.3.4;host=", for=203.0.113.9"#,
    ] {
        assert_eq!(
            client(ForwardedBy::Forwarded, &[field]),
            "203.0.113.9",
            "{field}"
        );
    }
}

#[test]
fn malformed_elements_end_the_list_of_hops() {
    for element in [
        "",
        " ",
        ";",
        "for",
        "for=",
        "=1.2.3.4",
        "for=1.2.3.4;for=1.2.3.4",
        "for=1.2.3.4;FOR=5.6.7.8",
        "for=1.2.3.4;by=_a;by=_b",
        "for=1.2.3.4;proto=http;proto=https",
        "for=1.2.3.4;host=a;host=b",
        "for = 1.2.3.4",
        "for=1.2.3.4 by=_a",
        "for=1.2.3.4;host=\"a",
        "for=1.2.3.4;host=\"a\\\"",
        "for=1.2.3.4;host=a\"",
        "for=1.2.3.4\"\"",
        "for=\"1.2.3.4",
        "for=unknown",
        "for=_hidden",
        "for=1.2.3.4:http",
        "for=1.2.3.4:99999",
        "for=\"[1.2.3.4]\"",
        "for=\"2001:db8::7]\"",
        "for=\"[2001:db8::7]x\"",
        "proto=http",
    ] {
        // The hop to the right of it is the client.
        let both = format!("{element}, for=10.0.0.3");
        assert_eq!(
            client(ForwardedBy::Forwarded, &[&both]),
            "10.0.0.3",
            "{both}"
        );
        assert_eq!(
            client(ForwardedBy::Forwarded, &["for=1.2.3.4", element]),
            "10.0.0.1",
            "{element}"
        );
    }
    for element in [
        "",
        "garbage",
        "1.2.3.4.5",
        "[1.2.3.4]",
        "1.2.3.4:x",
        "\"1.2.3.4\"",
    ] {
        let both = format!("{element}, 10.0.0.3");
        assert_eq!(
            client(ForwardedBy::XForwarded, &[&both]),
            "10.0.0.3",
            "{both}"
        );
        assert_eq!(
            client(ForwardedBy::XForwarded, &["1.2.3.4", element]),
            "10.0.0.1",
            "{element}"
        );
    }
}

#[test]
fn addresses_have_ports_brackets_and_spaces_between_pairs() {
    for (element, address) in [
        ("for=203.0.113.9:4711", "203.0.113.9"),
        ("for=\"203.0.113.9:_port-1.x\"", "203.0.113.9"),
        ("by=_me ;\tFOR=\"[2001:db8::7]:_x\" ;", "2001:db8::7"),
        ("for=[2001:db8::7]", "2001:db8::7"),
        ("for=\"2001:db8::7\"", "2001:db8::7"),
        ("for=\"[::ffff:203.0.113.9]\"", "203.0.113.9"),
    ] {
        assert_eq!(
            client(ForwardedBy::Forwarded, &[element]),
            address,
            "{element}"
        );
    }
    for (member, address) in [
        ("203.0.113.9:4711", "203.0.113.9"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
    ] {
        assert_eq!(
            client(ForwardedBy::XForwarded, &[member]),
            address,
            "{member}"
        );
    }
}

#[test]
fn scheme_and_host_are_those_of_the_hop_that_is_the_client() {
    // The proxy named neither; a client in front of it did.
    let fields = [(
        "forwarded",
        "for=9.9.9.9;proto=https;host=evil.example, for=203.0.113.9",
    )];
    assert_eq!(
        resolved(ForwardedBy::Forwarded, "10.0.0.1", &fields),
        is("203.0.113.9", "http", "inner")
    );
    // What is malformed says nothing of scheme and host.
    let fields = [(
        "forwarded",
        "proto=https;host=\"evil.example, for=10.0.0.3;proto=http",
    )];
    assert_eq!(
        resolved(ForwardedBy::Forwarded, "10.0.0.1", &fields),
        is("10.0.0.3", "http", "inner")
    );
    // actix-web would read a scheme out of this host.
    let fields = [("forwarded", "for=203.0.113.9;host=\"a;proto=https\"")];
    assert_eq!(
        resolved(ForwardedBy::Forwarded, "10.0.0.1", &fields),
        is("203.0.113.9", "http", "inner")
    );
    let fields = [
        ("x-forwarded-for", "9.9.9.9, 203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-host", "evil.example, a;proto=https"),
    ];
    assert_eq!(
        by_x("10.0.0.1", &fields),
        is("203.0.113.9", "http", "inner")
    );
}
