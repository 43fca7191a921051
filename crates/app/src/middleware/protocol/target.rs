//! The target of a request and its `Host`: RFC 9112 sections 3.2 and 3.3, RFC 9110 sections 4.2 and 9.3.7.

use std::net::Ipv6Addr;

use actix_web::{
    dev::ServiceRequest,
    http::{Method, Version},
};
use purlin_router::error::http::BadRequest;

use crate::middleware::{reject_reason::RejectReason, rejection::MiddlewareRejection};

/// The target of a request about the server as a whole.
const ASTERISK: &str = "*";

/// Rejects a request whose `Host` or target is invalid.
pub(in crate::middleware) fn check(
    request: &ServiceRequest,
    has_invalid_host: bool,
) -> Result<(), MiddlewareRejection> {
    if has_invalid_host {
        return Err(invalid(
            "`Host` is not a host name or address with an optional port",
        ));
    }
    let uri = request.uri();
    if let Some(authority) = uri.authority() {
        if authority.as_str().contains('@') {
            return Err(invalid("the target has user information"));
        }
        let has_authority_alone = uri.scheme().is_none() && request.version() < Version::HTTP_2;
        if has_authority_alone && request.method() != Method::CONNECT {
            return Err(invalid(
                "the target is an authority, which only CONNECT may have",
            ));
        }
    }
    if request.path() == ASTERISK && request.method() != Method::OPTIONS {
        return Err(invalid("the target is `*`, which only OPTIONS may have"));
    }
    Ok(())
}

/// Returns whether a request is about the server as a whole: `OPTIONS *`.
pub(in crate::middleware) fn is_of_server(request: &ServiceRequest) -> bool {
    request.path() == ASTERISK
}

#[cold]
fn invalid(message: &'static str) -> MiddlewareRejection {
    let error = BadRequest::new(message);
    // What sent it may frame requests differently too.
    MiddlewareRejection::new(RejectReason::InvalidTarget, &error).close_connection()
}

/// Returns whether a value of `Host` is `uri-host [ ":" port ]` (RFC 3986 section 3.2.2), and has a host.
pub(in crate::middleware) fn is_valid_host(host: &[u8]) -> bool {
    let port = match host {
        [b'[', rest @ ..] => {
            let mut parts = rest.splitn(2, |byte| *byte == b']');
            let address = parts
                .next()
                .and_then(|address| str::from_utf8(address).ok());
            if !address.is_some_and(is_ip_literal) {
                return false;
            }
            let Some(port) = parts.next() else {
                return false;
            };
            port
        }
        _ => {
            let is_end = |byte: &u8| !is_of_name(*byte);
            let end = host.iter().position(is_end).unwrap_or(host.len());
            let (name, port) = host.split_at(end);
            if name.is_empty() || !has_valid_escapes(name) {
                return false;
            }
            port
        }
    };
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Returns whether a byte may be in a `reg-name`, of which every IPv4 address is one.
fn is_of_name(byte: u8) -> bool {
    matches!(byte,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'%'
        | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

fn has_valid_escapes(name: &[u8]) -> bool {
    // The part before the first `%` is not an escape.
    let mut escapes = name.split(|byte| *byte == b'%').skip(1);
    escapes.all(
        |rest| matches!(rest, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()),
    )
}

/// Returns whether text is an `IPv6address` or an `IPvFuture`.
fn is_ip_literal(text: &str) -> bool {
    let is_future = || {
        let (version, address) = text.strip_prefix(['v', 'V'])?.split_once('.')?;
        let is_version = !version.is_empty() && version.bytes().all(|it| it.is_ascii_hexdigit());
        let is_address = !address.is_empty()
            && !address.contains('%')
            && address.bytes().all(|it| is_of_name(it) || it == b':');
        Some(is_version && is_address)
    };
    text.parse::<Ipv6Addr>().is_ok() || is_future().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::is_valid_host;

    #[test]
    fn hosts_are_names_or_addresses_with_an_optional_port() {
        for host in [
            "a",
            "a:",
            "a:80",
            "127.0.0.1:8080",
            "xn--bcher-kva.example",
            "a_b.example",
            "a%20b",
            "a,b",
            "a;for=1.2.3.4",
            "[::1]",
            "[::1]:80",
            "[::ffff:1.2.3.4]",
            "[v1.a:b]",
        ] {
            assert!(is_valid_host(host.as_bytes()), "{host}");
        }
        for host in [
            "",
            ":80",
            "a/b",
            "a, b",
            "a b",
            "u@a",
            "u:p@a",
            "a:b",
            "a:80:80",
            "a:-1",
            "a?b",
            "a#b",
            "a\\b",
            "a%",
            "a%2",
            "a%zz",
            "[::1",
            "[]",
            "[a]",
            "[::1]a",
            "[::1%25eth0]",
            "[v.a]",
            "[v1.]",
            "::1",
            "\"a\"",
            "a\t",
            "b\u{fc}cher",
        ] {
            assert!(!is_valid_host(host.as_bytes()), "{host}");
        }
    }
}
