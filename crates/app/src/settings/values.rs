//! Values with a syntax of their own: networks, origins, methods, header fields, addresses. They are checked when they are
//! read, so that an error names the origin of the setting.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::{
    Method, Uri,
    header::{HeaderName, HeaderValue},
};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};

/// Parses a network; a single address is a network of one.
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

/// Reads origins as browsers send them: scheme, host and port, without a path.
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = texts(deserializer)?;
    let errors: Vec<_> = texts.iter().filter_map(|text| origin_error(text)).collect();
    match errors.is_empty() {
        true => Ok(texts),
        false => Err(D::Error::custom(errors.join("; "))),
    }
}

/// Returns why a text is neither `*` nor an origin that a browser could send, if so.
pub(crate) fn origin_error(text: &str) -> Option<String> {
    let uri: Option<Uri> = text.parse().ok();
    let parts = uri
        .as_ref()
        .and_then(|uri| Some((uri.scheme_str()?, uri.authority()?)));
    let remedy = match parts {
        _ if text == "*" => return None,
        Some((_, authority)) if authority.host().contains('*') => {
            "browsers send no wildcards; list each origin, or allow all with `*` alone"
        }
        Some((scheme, authority))
            if text == format!("{scheme}://{authority}") && !authority.as_str().contains('@') =>
        {
            let default = match scheme {
                "http" => Some(80),
                "https" => Some(443),
                _ => None,
            };
            if text.chars().any(|c| c.is_ascii_uppercase()) {
                "browsers send origins in lower case"
            } else if authority.port().is_some() && authority.port_u16() == default {
                "browsers leave out the default port of the scheme"
            } else {
                return None;
            }
        }
        _ => "expected an origin such as https://app.example.org, without a path, or `*`",
    };
    Some(format!("{remedy}, found `{}`", text.escape_debug()))
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
    let expected = "the name of a header field, or `*`";
    list(deserializer, expected, |text| {
        text.parse::<HeaderName>().is_ok()
    })
}

/// Reads the name of a header field; an empty text stands for none.
pub(super) fn header_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() || text.parse::<HeaderName>().is_ok() {
        return Ok(text);
    }
    Err(D::Error::custom(unexpected(
        "the name of a header field",
        &text,
    )))
}

/// Reads the value of a header field; an empty text stands for none.
pub(super) fn header_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if HeaderValue::from_str(&text).is_ok() {
        return Ok(text);
    }
    Err(D::Error::custom(unexpected(
        "the value of a header field",
        &text,
    )))
}

/// Parses an IP address and port; `expected` describes it in the error.
pub(super) fn socket_address<E: Error>(text: &str, expected: &str) -> Result<SocketAddr, E> {
    text.parse()
        .map_err(|_| E::custom(unexpected(expected, text)))
}

/// Reads a list of texts; from the environment it comes as `a, b`.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    Ok(texts.iter().map(|text| text.trim().to_owned()).collect())
}

fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<Vec<String>, D::Error> {
    let texts = texts(deserializer)?;
    let wrong = texts.iter().filter(|text| !fits(text));
    let wrong: Vec<_> = wrong
        .map(|text| format!("`{}`", text.escape_debug()))
        .collect();
    match wrong.is_empty() {
        true => Ok(texts),
        false => {
            let wrong = wrong.join(" and ");
            Err(D::Error::custom(format!(
                "expected {expected}, found {wrong}"
            )))
        }
    }
}

fn unexpected(expected: &str, found: &str) -> String {
    format!("expected {expected}, found `{}`", found.escape_debug())
}
