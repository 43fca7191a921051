//! The requests that are sent to both services of an API, in order, each once.
//!
//! A case whose responses differ on purpose names the decision; the responses to all others must be equal.

mod greetings;
mod todo;

use std::net::SocketAddr;

use super::{differences::Decision, services::Api};

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) api: Api,
    pub(super) method: &'static str,
    pub(super) target: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Option<Vec<u8>>,
    /// The decision the responses differ by, if they are meant to.
    pub(super) decided: Option<Decision>,
}

/// Returns every request. Those that differ come last, since what only one service accepts changes only its own state.
pub(super) fn all() -> Vec<Case> {
    let mut cases = greetings::cases();
    cases.extend(todo::cases());
    cases.sort_by_key(|case| case.decided.is_some());
    cases
}

impl Case {
    fn new(api: Api, method: &'static str, target: &str) -> Self {
        Self {
            api,
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: None,
            decided: None,
        }
    }

    fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, value.as_ref().to_owned()));
        self
    }

    fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_owned());
        self
    }

    fn json(self, body: impl AsRef<[u8]>) -> Self {
        self.header("Content-Type", "application/json").body(body)
    }

    fn differs(mut self, by: Decision) -> Self {
        self.decided = Some(by);
        self
    }

    fn differs_by(mut self, by: Option<Decision>) -> Self {
        self.decided = by;
        self
    }

    /// Returns the bytes of the request.
    pub(super) fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let (method, target) = (self.method, &self.target);
        let mut bytes =
            format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n")
                .into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if let Some(body) = &self.body {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            bytes.extend_from_slice(body);
        } else {
            bytes.extend_from_slice(b"\r\n");
        }
        bytes
    }
}

impl std::fmt::Display for Case {
    /// Writes the request as in a report.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {}", self.api, self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, ", {name}: {}", value.escape_ascii())?;
        }
        match &self.body {
            Some(body) if body.len() > 200 => write!(f, ", {} bytes of body", body.len()),
            Some(body) => write!(f, ", body {}", String::from_utf8_lossy(body)),
            None => Ok(()),
        }
    }
}

/// Returns values of every JSON type for a field of each type, with the decision their responses differ by.
mod values {
    use super::Decision::{self, LooseTypes};

    type Values = &'static [(&'static str, Option<Decision>)];

    pub(super) const FOR_A_STRING: Values = &[
        ("null", None),
        ("true", None),
        ("false", None),
        ("0", None),
        ("5", None),
        ("5.5", None),
        ("[]", None),
        (r#"["x"]"#, None),
        ("{}", None),
        (r#"{"name":"x"}"#, None),
        (r#""""#, None),
        (r#"" ""#, None),
        (r#""5""#, None),
        (r#""null""#, None),
        (r#""\u0000\n\"\\/""#, None),
        (r#""Renée 😀 \u00e9\ud83d\ude00""#, None),
    ];

    pub(super) const FOR_AN_INTEGER: Values = &[
        ("null", None),
        ("true", None),
        ("false", None),
        ("0", None),
        ("-0", None),
        ("-7", None),
        ("7.0", None),
        ("1e2", None),
        ("9223372036854775807", None),
        ("-9223372036854775808", None),
        ("[]", None),
        ("[7]", None),
        ("{}", None),
        (r#"{"a":7}"#, None),
        (r#""""#, None),
        (r#""x""#, None),
        (r#""7.5""#, None),
        (r#""0x7""#, None),
        ("7.5", Some(LooseTypes)),
        ("-0.5", Some(LooseTypes)),
        (r#""7""#, Some(LooseTypes)),
        (r#"" -7 ""#, Some(LooseTypes)),
        (r#""7_000""#, Some(LooseTypes)),
        ("9223372036854775808", Some(Decision::WideIntegers)),
        ("-9223372036854777857", Some(Decision::WideIntegers)),
        (
            "123456789012345678901234567890",
            Some(Decision::WideIntegers),
        ),
    ];

    pub(super) const FOR_A_BOOLEAN: Values = &[
        ("null", None),
        ("true", None),
        ("false", None),
        ("2", None),
        ("-1", None),
        ("0.5", None),
        ("[]", None),
        ("[true]", None),
        ("{}", None),
        (r#""""#, None),
        (r#""x""#, None),
        (r#"" true""#, None),
        (r#""tRUE""#, None),
        ("0", Some(LooseTypes)),
        ("1", Some(LooseTypes)),
        ("1.0", Some(LooseTypes)),
        (r#""true""#, Some(LooseTypes)),
        (r#""FALSE""#, Some(LooseTypes)),
        (r#""yes""#, Some(LooseTypes)),
        (r#""off""#, Some(LooseTypes)),
        (r#""1""#, Some(LooseTypes)),
    ];

    pub(super) const FOR_A_TYPE: Values = &[
        ("null", None),
        ("true", None),
        ("0", None),
        ("1.5", None),
        ("[]", None),
        (r#"["user"]"#, None),
        ("{}", None),
        (r#"{"user":null}"#, None),
        (r#""""#, None),
        (r#""User""#, None),
        (r#""user ""#, None),
        (r#""nothing""#, None),
        (r#""user""#, None),
        (r#""group""#, None),
    ];
}
