//! Reads `X-Forwarded-For`, `-Proto` and `-Host` from their right ends.

use std::borrow::Cow;

use actix_web::http::header::{self, HeaderMap, HeaderName};

use super::hop::{self, Hop};

/// Returns the hops of `X-Forwarded-For`, the nearest first, with the scheme and host of each. Those lists may be shorter,
/// where a proxy replaces what it has received: then their first members are those of all further hops.
pub(super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = Hop<'_>> {
    let mut schemes = members(headers, header::X_FORWARDED_PROTO);
    let mut hosts = members(headers, header::X_FORWARDED_HOST);
    let (mut scheme, mut host) = (None, None);
    members(headers, header::X_FORWARDED_FOR).map(move |address| {
        scheme = schemes.next().or(scheme);
        host = hosts.next().or(host);
        Hop {
            address: hop::address(address),
            scheme: scheme.and_then(hop::scheme),
            host: host.map(Cow::Borrowed).and_then(hop::host),
        }
    })
}

/// Returns the members of a list that may be split into several field lines, the last one first. Empty ones are members
/// too: a proxy appended what it knew.
fn members(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).rev();
    lines
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
}
