//! What is compared of two responses: the status, the media type (without parameters; only with a body or for HEAD), the
//! header fields a client acts on, and the body.
//!
//! JSON bodies are compared as JSON: the order of keys, whitespace and escapes do not matter. Others are compared as bytes.

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

use crate::http::Response;

/// A part of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Status,
    MediaType,
    Allow,
    Location,
    Challenge,
    Body,
}

/// The compared parts of a response.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) media_type: Option<String>,
    pub(super) allow: Option<BTreeSet<String>>,
    pub(super) location: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) body: Body,
}

#[derive(Debug, PartialEq)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Other(Vec<u8>),
}

impl Seen {
    pub(super) fn new(method: &str, response: Response) -> Self {
        let header = |name| response.header(name).map(str::to_owned);
        let methods = |list: String| list.split(',').map(|one| one.trim().to_owned()).collect();
        let typed = method == "HEAD" || !response.body.is_empty();
        let media_type = header("content-type").filter(|_| typed);
        Self {
            status: response.status,
            media_type: media_type.and_then(|all| {
                all.split(';')
                    .next()
                    .map(|essence| essence.trim().to_owned())
            }),
            allow: header("allow").map(methods),
            location: header("location"),
            challenge: header("www-authenticate"),
            body: match serde_json::from_slice(&response.body) {
                _ if response.body.is_empty() => Body::Empty,
                Ok(json) => Body::Json(json),
                Err(_) => Body::Other(response.body),
            },
        }
    }

    /// Returns the `rebar_error_code` of an error.
    pub(super) fn code(&self) -> Option<&str> {
        self.property("rebar_error_code")?.as_str()
    }

    /// Returns the messages of an error that has one for each field.
    pub(super) fn errors(&self) -> Option<Vec<&str>> {
        let errors = self.property("errors")?.as_object()?;
        errors.values().map(Value::as_str).collect()
    }

    fn property(&self, name: &str) -> Option<&Value> {
        match &self.body {
            Body::Json(json) => json.get(name),
            Body::Empty | Body::Other(_) => None,
        }
    }
}

/// Returns the parts in which two responses differ.
pub(super) fn differences(left: &Seen, right: &Seen) -> Vec<Part> {
    let all = [
        (Part::Status, left.status != right.status),
        (Part::MediaType, left.media_type != right.media_type),
        (Part::Allow, left.allow != right.allow),
        (Part::Location, left.location != right.location),
        (Part::Challenge, left.challenge != right.challenge),
        (Part::Body, left.body != right.body),
    ];
    let different = all.into_iter().filter(|(_, differs)| *differs);
    different.map(|(part, _)| part).collect()
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        let allow = self
            .allow
            .as_ref()
            .map(|methods| methods.iter().cloned().collect::<Vec<_>>().join(", "));
        for (name, value) in [
            ("Content-Type", &self.media_type),
            ("Allow", &allow),
            ("Location", &self.location),
            ("WWW-Authenticate", &self.challenge),
        ] {
            if let Some(value) = value {
                write!(f, ", {name}: {value}")?;
            }
        }
        match &self.body {
            Body::Empty => Ok(()),
            Body::Json(json) => write!(f, ", {:.400}", json.to_string()),
            Body::Other(bytes) => write!(f, ", {:.200}", String::from_utf8_lossy(bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(method: &str, content_type: &str, allow: &str, body: &str) -> Seen {
        let headers = [("content-type", content_type), ("allow", allow)];
        let response = Response {
            status: 200,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            body: body.as_bytes().to_owned(),
        };
        Seen::new(method, response)
    }

    #[test]
    fn differences_without_meaning_are_ignored() {
        let left = seen(
            "GET",
            "application/json",
            "GET, HEAD",
            "{\"a\":\"\\u00e9\",\"b\":1}\n",
        );
        let right = seen(
            "GET",
            "application/json; x=y",
            "HEAD,GET",
            "{\"b\": 1, \"a\": \"é\"}",
        );
        assert_eq!(differences(&left, &right), []);

        let left = seen("OPTIONS", "text/html", "GET", "");
        assert_eq!(differences(&left, &seen("OPTIONS", "", "GET", "")), []);
    }

    #[test]
    fn differences_that_clients_see_are_found() {
        let left = seen("GET", "application/json", "GET", "{\"a\":1}");
        let right = seen("GET", "text/html", "GET, POST", "{\"a\":\"1\"}");
        assert_eq!(
            differences(&left, &right),
            [Part::MediaType, Part::Allow, Part::Body]
        );

        let left = seen("HEAD", "text/html", "GET", "");
        assert_eq!(
            differences(&left, &seen("HEAD", "a/b", "GET", "")),
            [Part::MediaType]
        );
    }
}
