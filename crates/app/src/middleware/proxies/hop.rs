//! What one proxy says of the sender of a request, and the syntax of its parts.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use actix_web::http::uri::Authority;

/// What one proxy says of the sender of a request. Nothing is known of a hop that cannot be read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Hop<'h> {
    pub(super) address: Option<IpAddr>,
    pub(super) scheme: Option<&'static str>,
    pub(super) host: Option<Cow<'h, str>>,
}

/// Parses an address, with or without a port, which may be obfuscated; nothing for `unknown` and obfuscated identifiers
/// (RFC 7239 section 6). IPv6 addresses without a port need no brackets.
pub(super) fn address(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let address = if let Some(text) = text.strip_prefix('[') {
        let (address, port) = text.split_once(']')?;
        is_port(port).then(|| address.parse::<Ipv6Addr>().ok().map(IpAddr::from))?
    } else if let Ok(address) = text.parse() {
        Some(address)
    } else {
        let (address, _) = text.split_once(':')?;
        let port = text.strip_prefix(address)?;
        is_port(port).then(|| address.parse::<Ipv4Addr>().ok().map(IpAddr::from))?
    };
    address.map(|address| address.to_canonical())
}

/// Returns whether a text is a colon and a port, or empty.
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else {
        return text.is_empty();
    };
    match port.strip_prefix('_') {
        Some(name) => {
            let belongs = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !name.is_empty() && name.bytes().all(belongs)
        }
        None => port.parse::<u16>().is_ok(),
    }
}

pub(super) fn scheme(text: &[u8]) -> Option<&'static str> {
    ["http", "https"]
        .into_iter()
        .find(|known| text.eq_ignore_ascii_case(known.as_bytes()))
}

/// Returns a host that actix-web reads as one: it splits `Forwarded` at commas and semicolons, those in quotes too.
pub(super) fn host(text: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(str::from_utf8(text).ok()?),
        Cow::Owned(text) => Cow::Owned(String::from_utf8(text).ok()?),
    };
    let is_host = |it: Authority| !it.as_str().contains(['@', '"', '\\', ',', ';']);
    text.parse().is_ok_and(is_host).then_some(text)
}
