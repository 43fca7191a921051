//! The access log: one record per request, with the target `purlin::access` at level `info`:
//!
//! ```text
//! GET /todos/7 200 73B 112us operation=get_todo template=/todos/{id} client=10.0.0.7 request_id=3f2a9c0d…
//! ```
//!
//! The query string is not logged: it may hold secrets and personal data.

use std::{fmt, net::IpAddr};

use actix_web::http::StatusCode;
use log::{
    Level,
    kv::{self, Key, Value, VisitSource},
};

/// The target of the access log.
pub(crate) const TARGET: &str = "purlin::access";

/// The level of the access log.
pub(crate) const LEVEL: Level = Level::Info;

/// A request and its response.
pub(crate) struct Entry<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: StatusCode,
    /// The length of the body; unknown for a stream.
    pub(crate) bytes: Option<u64>,
    pub(crate) us: u64,
    pub(crate) operation: Option<&'a str>,
    pub(crate) template: Option<&'a str>,
    pub(crate) client: Option<IpAddr>,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) trace_id: Option<&'a str>,
    pub(crate) span_id: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    /// Nothing for a request with a response, of which the line is written when the response begins.
    pub(crate) outcome: Option<Outcome>,
}

/// How a request ended that has no complete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its client left, or the server stopped, before its response began.
    Aborted,
    /// Its response was cut off.
    Incomplete,
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Aborted => "aborted",
            Self::Incomplete => "incomplete",
        }
    }
}

impl Entry<'_> {
    /// Writes the message: visible ASCII and single spaces, without quotes and backslashes.
    pub(crate) fn write_message(&self, into: &mut String) {
        let mut digits = itoa::Buffer::new();
        into.push_str(self.method);
        into.push(' ');
        push_path(into, self.path);
        into.push(' ');
        into.push_str(self.status.as_str());
        into.push(' ');
        match self.bytes {
            Some(bytes) => {
                into.push_str(digits.format(bytes));
                into.push('B');
            }
            None => into.push_str("stream"),
        }
        into.push(' ');
        into.push_str(digits.format(self.us));
        into.push_str("us");
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message = String::new();
        self.write_message(&mut message);
        f.write_str(&message)
    }
}

/// The fields as key-value pairs, for other loggers.
impl kv::Source for Entry<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let mut pair = |key: &'static str, value: Option<Value<'kvs>>| match value {
            Some(value) => visitor.visit_pair(Key::from_str(key), value),
            None => Ok(()),
        };
        let text = |text: &'kvs str| Value::from(text);
        pair("method", Some(text(self.method)))?;
        pair("path", Some(text(self.path)))?;
        pair("status", Some(Value::from(u64::from(self.status.as_u16()))))?;
        pair("bytes", self.bytes.map(Value::from))?;
        pair("us", Some(Value::from(self.us)))?;
        pair("operation", self.operation.map(text))?;
        pair("template", self.template.map(text))?;
        pair("client", self.client.as_ref().map(Value::from_display))?;
        pair("user_agent", self.user_agent.map(text))?;
        pair("trace_id", self.trace_id.map(text))?;
        pair("span_id", self.span_id.map(text))?;
        pair("request_id", self.request_id.map(text))?;
        pair("outcome", self.outcome.map(|it| Value::from(it.as_str())))
    }
}

/// Writes the path of a request, percent-encoding every byte that could end the line, control the terminal or imitate
/// another field.
fn push_path(into: &mut String, path: &str) {
    let is_kept = |byte: u8| byte.is_ascii_graphic() & (byte != b'"') & (byte != b'\\');
    if path.bytes().fold(true, |all, byte| all & is_kept(byte)) {
        return into.push_str(path);
    }
    for byte in path.bytes() {
        if is_kept(byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_end_the_message_or_imitate_a_field() {
        let entry = Entry {
            method: "GET",
            path: "/a\u{e9}\n \"b\\",
            status: StatusCode::NOT_FOUND,
            bytes: None,
            us: 7,
            operation: None,
            template: None,
            client: None,
            user_agent: None,
            trace_id: None,
            span_id: None,
            request_id: None,
            outcome: None,
        };
        let expected = "GET /a%C3%A9%0A%20%22b%5C 404 stream 7us";
        assert_eq!(entry.to_string(), expected);
    }
}
