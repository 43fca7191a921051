//! Values that are more than their type: numbers in a range, names of headers, networks. What is out of bounds is
//! refused where it is read, so that the mistake is told with its origin.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::{
    Method, Uri,
    header::{HeaderName, HeaderValue},
};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

/// A whole number from `MIN` to `MAX`.
pub(super) fn whole<'de, D: Deserializer<'de>, const MIN: u32, const MAX: u32>(
    deserializer: D,
) -> Result<u32, D::Error> {
    let value = u32::deserialize(deserializer)?;
    if (MIN..=MAX).contains(&value) {
        return Ok(value);
    }
    Err(D::Error::custom(format!(
        "expected a whole number from {MIN} to {MAX}, found `{value}`"
    )))
}

/// A network, or a single address as one.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address)
}

pub(super) fn networks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let expected = "a network such as 10.0.0.0/8 or an address";
    list(deserializer, expected, |text| network(text).is_some())
}

/// An origin as browsers send it: scheme, host and port, nothing else.
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let expected = "an origin such as https://app.example.org, without a path, or `*`";
    list(deserializer, expected, |text| {
        let is_origin = |uri: Uri| {
            let authority = uri.authority().map_or("", |it| it.as_str());
            let scheme = uri.scheme_str().unwrap_or_default();
            text == format!("{scheme}://{authority}")
        };
        text == "*" || text.parse().is_ok_and(is_origin)
    })
}

pub(super) fn methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let expected = "a method such as GET";
    list(deserializer, expected, |text| {
        text.parse::<Method>().is_ok()
    })
}

pub(super) fn header_names<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let expected = "the name of a header, or `*`";
    list(deserializer, expected, |text| {
        text.parse::<HeaderName>().is_ok()
    })
}

/// The name of a header, or nothing.
pub(super) fn header_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() || text.parse::<HeaderName>().is_ok() {
        return Ok(text);
    }
    Err(D::Error::custom(refusal("the name of a header", &text)))
}

/// What a header may say, or nothing.
pub(super) fn header_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if HeaderValue::from_str(&text).is_ok() {
        return Ok(text);
    }
    Err(D::Error::custom(refusal("the value of a header", &text)))
}

/// An IP address and port, of which `expected` says what it looks like.
pub(super) fn socket_address<E: Error>(text: &str, expected: &str) -> Result<SocketAddr, E> {
    text.parse().map_err(|_| E::custom(refusal(expected, text)))
}

fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    // From the environment lists come as `a, b`.
    let texts: Vec<_> = texts.iter().map(|text| text.trim().to_owned()).collect();
    match texts.iter().find(|text| !fits(text)) {
        None => Ok(texts),
        Some(wrong) => Err(D::Error::custom(refusal(expected, wrong))),
    }
}

fn refusal(expected: &str, found: &str) -> String {
    format!("expected {expected}, found `{}`", found.escape_debug())
}
