//! Who the client is: the peer of the connection, or whom a trusted proxy says it speaks for.
//!
//! What proxies add to a request anybody can write into one. So it is read from the right, hop by hop, for as long as
//! the hop that wrote it is a trusted network's, and everything else of the kind is taken out of the request: what is
//! left for handlers, and for actix's `connection_info`, is one `Forwarded` that is true, or none.

use std::net::{IpAddr, SocketAddr};

use actix_web::{
    HttpMessage, HttpRequest,
    dev::ServiceRequest,
    http::{
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
};
use ipnet::IpNet;

use crate::settings::{self, ForwardedBy, ProxySettings};

/// All headers that name the client in a proxy's stead.
const FORWARDED: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
];

/// The address of the client: of the peer, or of whom a trusted proxy (setting `proxies.trusted`) speaks for.
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse};
/// use purlin_app::ClientAddress;
///
/// async fn whoami(request: HttpRequest) -> HttpResponse {
///     match ClientAddress::of(&request) {
///         Some(address) => HttpResponse::Ok().body(address.0.to_string()),
///         None => HttpResponse::Ok().body("nobody knows"),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Who sent this request; nothing on a Unix socket.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let told = request.extensions().get::<Self>().copied();
        told.or_else(|| request.peer_addr().map(|peer| Self(plain(peer.ip()))))
    }
}

/// Whether a header names the client in a proxy's stead.
pub(super) fn speaks_for_others(name: &str) -> bool {
    // Nearly all names are told by their first letter.
    name.starts_with(['f', 'x']) && FORWARDED.contains(&name)
}

pub(super) struct Proxies {
    trusted: Vec<IpNet>,
    header: ForwardedBy,
}

/// What one proxy says of who sent it the request.
#[derive(Debug, Default, PartialEq)]
struct Hop<'h> {
    address: Option<IpAddr>,
    scheme: Option<&'h str>,
    host: Option<&'h str>,
}

impl Proxies {
    pub(super) fn new(settings: &ProxySettings) -> Self {
        let trusted = settings.trusted.iter();
        Self {
            trusted: trusted.filter_map(|it| settings::network(it)).collect(),
            header: settings.header,
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Settles who the client is, and leaves nothing in the request that says otherwise.
    pub(super) fn settle(&self, request: &mut ServiceRequest) {
        let headers = request.headers();
        let peer = request.peer_addr().map(|peer| plain(peer.ip()));
        let settled = peer
            .filter(|peer| self.trusts(*peer))
            .and_then(|peer| self.walk(headers, peer));
        for name in FORWARDED {
            request.headers_mut().remove(name);
        }
        if let Some((address, forwarded)) = settled {
            request.extensions_mut().insert(ClientAddress(address));
            if let Some(forwarded) = forwarded {
                request.headers_mut().insert(header::FORWARDED, forwarded);
            }
        }
    }

    /// From hop to hop, the nearest first, as far as they are trusted: the client's address, and a header that says so.
    fn walk(&self, headers: &HeaderMap, peer: IpAddr) -> Option<(IpAddr, Option<HeaderValue>)> {
        let hops = match self.header {
            ForwardedBy::Forwarded => forwarded(headers),
            ForwardedBy::XForwarded => x_forwarded(headers),
        };
        let mut client = peer;
        let (mut scheme, mut host) = (None, None);
        for hop in hops.iter().rev() {
            // One that names no host or scheme passes on what it was told.
            scheme = hop.scheme.or(scheme);
            host = hop.host.or(host);
            match hop.address {
                Some(address) => client = address,
                None => break,
            }
            if !self.trusts(client) {
                break;
            }
        }
        (!hops.is_empty()).then(|| (client, written(client, scheme, host)))
    }
}

/// An IPv4 address that came in IPv6's clothes, as itself.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// The one `Forwarded` that is left in the request.
fn written(client: IpAddr, scheme: Option<&str>, host: Option<&str>) -> Option<HeaderValue> {
    let mut text = match client {
        IpAddr::V4(address) => format!("for={address}"),
        IpAddr::V6(address) => format!("for=\"[{address}]\""),
    };
    for (name, value) in [("proto", scheme), ("host", host)] {
        if let Some(value) = value {
            text.push_str(&format!(";{name}=\"{value}\""));
        }
    }
    HeaderValue::try_from(text).ok()
}

/// The hops of `Forwarded` (RFC 7239 section 4), the nearest last.
fn forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let mut hops = Vec::new();
    for element in elements(headers, &header::FORWARDED) {
        let mut hop = Hop::default();
        for pair in element.split(';') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "for" => hop.address = address(value),
                "proto" => hop.scheme = scheme(value),
                "host" => hop.host = host(value),
                _ => {}
            }
        }
        hops.push(hop);
    }
    hops
}

/// The hops of `X-Forwarded-For`, each with what the other two say of it. Those may be shorter lists, where a proxy
/// replaces what it was told: they are counted from the right as well.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let addresses: Vec<_> = elements(headers, &header::X_FORWARDED_FOR).collect();
    let schemes: Vec<_> = elements(headers, &header::X_FORWARDED_PROTO).collect();
    let hosts: Vec<_> = elements(headers, &header::X_FORWARDED_HOST).collect();
    let count = addresses.len();
    let hops = addresses.into_iter().enumerate().map(|(index, text)| Hop {
        address: address(text),
        scheme: told(&schemes, count - index).and_then(scheme),
        host: told(&hosts, count - index).and_then(host),
    });
    hops.collect()
}

/// What a list says of the hop that is this far from its right end; its first says it of all that are farther.
fn told<'h>(list: &[&'h str], from_right: usize) -> Option<&'h str> {
    list.get(list.len().saturating_sub(from_right)).copied()
}

/// The members of a list that may be spread over several fields; no comma is part of one here.
fn elements<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name);
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// An address, with or without a port; nothing for `unknown` and for names that hide one (RFC 7239 section 6).
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    let address = bare.unwrap_or(text).parse().ok().or_else(with_port);
    address.map(plain)
}

fn scheme(text: &str) -> Option<&str> {
    ["http", "https"]
        .into_iter()
        .find(|known| text.eq_ignore_ascii_case(known))
}

fn host(text: &str) -> Option<&str> {
    let is_host = |it: Authority| !it.as_str().contains(['@', '"']);
    text.parse().is_ok_and(is_host).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use actix_web::test::TestRequest;

    use super::{ClientAddress, Proxies};
    use crate::settings::{ForwardedBy, ProxySettings};

    /// Who the client is, with scheme and host as handlers are told.
    fn settled(
        header: ForwardedBy,
        peer: &str,
        headers: &[(&str, &str)],
    ) -> (String, String, String) {
        let proxies = Proxies::new(&ProxySettings {
            trusted: vec!["10.0.0.0/8".to_owned(), "2001:db8::1".to_owned()],
            header,
        });
        let peer: IpAddr = peer.parse().unwrap_or([127, 0, 0, 1].into());
        let mut request = TestRequest::default().peer_addr((peer, 4711).into());
        request = request.insert_header(("host", "inner"));
        for header in headers {
            request = request.append_header(*header);
        }
        let mut request = request.to_srv_request();
        proxies.settle(&mut request);
        let info = request.connection_info().clone();
        let client = ClientAddress::of(request.request()).map(|it| it.0.to_string());
        (
            client.unwrap_or_default(),
            info.scheme().to_owned(),
            info.host().to_owned(),
        )
    }

    fn by_x(peer: &str, headers: &[(&str, &str)]) -> (String, String, String) {
        settled(ForwardedBy::XForwarded, peer, headers)
    }

    fn is(client: &str, scheme: &str, host: &str) -> (String, String, String) {
        (client.to_owned(), scheme.to_owned(), host.to_owned())
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let lies = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "bank.example"),
            ("forwarded", "for=1.1.1.1;proto=https;host=bank.example"),
        ];
        assert_eq!(by_x("192.0.2.7", &lies), is("192.0.2.7", "http", "inner"));
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_before_it() {
        let told = [
            ("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.2"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "api.example"),
        ];
        assert_eq!(
            by_x("10.0.0.1", &told),
            is("203.0.113.9", "https", "api.example")
        );
        assert_eq!(
            by_x("::ffff:10.0.0.1", &told),
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
    fn what_the_client_wrote_into_the_lists_is_passed_over() {
        let told = [
            ("x-forwarded-for", "9.9.9.9, 203.0.113.9"),
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "evil.example, api.example"),
        ];
        assert_eq!(
            by_x("10.0.0.1", &told),
            is("203.0.113.9", "http", "api.example")
        );
    }

    #[test]
    fn only_the_header_that_the_proxies_write_is_read() {
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
            settled(ForwardedBy::Forwarded, "10.0.0.1", &headers),
            is("2001:db8::9", "https", "api.example:8443")
        );
    }

    #[test]
    fn a_hop_that_hides_its_client_ends_the_way() {
        let headers = [(
            "forwarded",
            "for=9.9.9.9, for=unknown;proto=https, for=10.0.0.3",
        )];
        assert_eq!(
            settled(ForwardedBy::Forwarded, "10.0.0.1", &headers),
            is("10.0.0.3", "https", "inner")
        );
        let headers = [
            ("x-forwarded-for", "garbage"),
            ("x-forwarded-host", "a b\"c"),
        ];
        assert_eq!(by_x("10.0.0.1", &headers), is("10.0.0.1", "http", "inner"));
    }
}
