//! Determines the client's address, scheme and host behind proxies.
//!
//! Any client can send the header fields that proxies add. So they are read from the right, hop by hop, for as long as the
//! hop that added them is in a trusted network, and all of them are removed from the request. Handlers, and actix's
//! `connection_info`, find one correct `Forwarded` in their place, or none.

use std::net::{IpAddr, SocketAddr};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::{
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::Authority,
    },
};
use ipnet::IpNet;

use super::{
    client_address::ClientAddress,
    error::MiddlewareError,
    transform::{Stage, transform},
};
use crate::settings::{self, ForwardedBy, ProxySettings};

/// All header fields by which proxies forward the client's address, scheme or host.
const FORWARDED: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
];

/// Returns whether a header field is one of those that proxies add. The name is in lower case.
pub(super) fn is_forwarded_header(name: &str) -> bool {
    // Nearly all other names differ in their first letter.
    name.starts_with(['f', 'x']) && FORWARDED.contains(&name)
}

/// Reads the client's address, scheme and host from the header fields of trusted proxies, and removes those header fields
/// from all other requests.
///
/// ```
/// use purlin_app::{ProxySettings, middleware::{MiddlewareError, TrustedProxies}};
///
/// # fn main() -> Result<(), MiddlewareError> {
/// let mut settings = ProxySettings::default();
/// settings.trusted.push("10.0.0.0/8".to_owned());
/// let app = actix_web::App::new().wrap(TrustedProxies::new(&settings)?);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    trusted: Vec<IpNet>,
    header: ForwardedBy,
}

/// What one proxy says about the sender of the request.
#[derive(Debug, Default, PartialEq)]
struct Hop<'h> {
    address: Option<IpAddr>,
    scheme: Option<&'h str>,
    host: Option<&'h str>,
}

impl TrustedProxies {
    /// Takes the trusted networks, and which header fields their proxies send.
    ///
    /// # Errors
    ///
    /// A text is neither a network nor an address.
    pub fn new(settings: &ProxySettings) -> Result<Self, MiddlewareError> {
        let network = |text: &String| {
            settings::network(text).ok_or_else(|| MiddlewareError::Network {
                value: text.clone(),
            })
        };
        Ok(Self {
            trusted: settings
                .trusted
                .iter()
                .map(network)
                .collect::<Result<_, _>>()?,
            header: settings.header,
        })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Stores the client's address in the request, and removes every contradicting header field.
    pub(super) fn resolve(&self, request: &mut ServiceRequest) {
        let headers = request.headers();
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let resolved = peer
            .filter(|peer| self.trusts(*peer))
            .and_then(|peer| self.client(headers, peer));
        for name in FORWARDED {
            request.headers_mut().remove(name);
        }
        if let Some((address, forwarded)) = resolved {
            request.extensions_mut().insert(ClientAddress(address));
            if let Some(forwarded) = forwarded {
                request.headers_mut().insert(header::FORWARDED, forwarded);
            }
        }
    }

    /// Follows the hops, the nearest first, for as long as they are trusted. Returns the client's address and the
    /// `Forwarded` that says so.
    fn client(&self, headers: &HeaderMap, peer: IpAddr) -> Option<(IpAddr, Option<HeaderValue>)> {
        let hops = match self.header {
            ForwardedBy::Forwarded => forwarded(headers),
            ForwardedBy::XForwarded => x_forwarded(headers),
        };
        let mut client = peer;
        let (mut scheme, mut host) = (None, None);
        for hop in hops.iter().rev() {
            // A proxy that sends no host or scheme keeps what it has received.
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
        (!hops.is_empty()).then(|| (client, forwarded_value(client, scheme, host)))
    }
}

/// Returns the one `Forwarded` that is left in the request.
fn forwarded_value(
    client: IpAddr,
    scheme: Option<&str>,
    host: Option<&str>,
) -> Option<HeaderValue> {
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

/// Returns the hops of `Forwarded` (RFC 7239 section 4), the nearest last.
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

/// Returns the hops of `X-Forwarded-For`, with the scheme and host of each. Those lists may be shorter, where a proxy
/// replaces what it has received: they are read from the right as well.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let addresses: Vec<_> = elements(headers, &header::X_FORWARDED_FOR).collect();
    let schemes: Vec<_> = elements(headers, &header::X_FORWARDED_PROTO).collect();
    let hosts: Vec<_> = elements(headers, &header::X_FORWARDED_HOST).collect();
    let count = addresses.len();
    let hops = addresses.into_iter().enumerate().map(|(index, text)| Hop {
        address: address(text),
        scheme: from_right(&schemes, count - index).and_then(scheme),
        host: from_right(&hosts, count - index).and_then(host),
    });
    hops.collect()
}

/// Returns the member of a list at a distance from its right end, or the first one if the list is shorter.
fn from_right<'h>(list: &[&'h str], distance: usize) -> Option<&'h str> {
    list.get(list.len().saturating_sub(distance)).copied()
}

/// Returns the members of a list that may be split into several fields. None of them has a comma in it.
fn elements<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name);
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Parses an address, with or without a port; nothing for `unknown` and obfuscated identifiers (RFC 7239 section 6).
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    let address = bare.unwrap_or(text).parse().ok().or_else(with_port);
    address.map(|address: IpAddr| address.to_canonical())
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

impl Stage for TrustedProxies {
    async fn process<S, B>(
        &self,
        mut request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        self.resolve(&mut request);
        Ok(service.call(request).await?.map_into_boxed_body())
    }
}

transform!(TrustedProxies);

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use actix_web::test::TestRequest;

    use super::{ClientAddress, TrustedProxies};
    use crate::settings::{ForwardedBy, ProxySettings};

    /// Returns the client's address, the scheme and the host that handlers see.
    fn resolved(
        header: ForwardedBy,
        peer: &str,
        headers: &[(&str, &str)],
    ) -> (String, String, String) {
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
}
