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
    pub(crate) request_id: Option<&'a str>,
}

/// A value of an entry.
#[derive(Clone, Copy)]
pub(crate) enum Field<'a> {
    Text(&'a str),
    Number(u64),
    Address(IpAddr),
}

impl<'a> Entry<'a> {
    /// Returns the fields that the message has as well.
    pub(crate) fn in_message(&self) -> [(&'static str, Option<Field<'a>>); 5] {
        [
            ("method", Some(Field::Text(self.method))),
            ("path", Some(Field::Text(self.path))),
            (
                "status",
                Some(Field::Number(u64::from(self.status.as_u16()))),
            ),
            ("bytes", self.bytes.map(Field::Number)),
            ("us", Some(Field::Number(self.us))),
        ]
    }

    /// Returns the fields that the message does not have.
    pub(crate) fn beside_message(&self) -> [(&'static str, Option<Field<'a>>); 6] {
        [
            ("operation", self.operation.map(Field::Text)),
            ("template", self.template.map(Field::Text)),
            ("client", self.client.map(Field::Address)),
            ("user_agent", self.user_agent.map(Field::Text)),
            ("trace_id", self.trace_id.map(Field::Text)),
            ("request_id", self.request_id.map(Field::Text)),
        ]
    }

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
        let fields = self.in_message().into_iter().chain(self.beside_message());
        for (key, field) in fields {
            let Some(field) = field else { continue };
            let key = Key::from_str(key);
            match field {
                Field::Text(text) => visitor.visit_pair(key, Value::from(text)),
                Field::Number(number) => visitor.visit_pair(key, Value::from(number)),
                // The value may be kept for as long as the entry, so it has to borrow from it.
                Field::Address(_) => match &self.client {
                    Some(client) => visitor.visit_pair(key, Value::from_display(client)),
                    None => Ok(()),
                },
            }?;
        }
        Ok(())
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
            request_id: None,
        };
        let expected = "GET /a%C3%A9%0A%20%22b%5C 404 stream 7us";
        assert_eq!(entry.to_string(), expected);
    }
}
