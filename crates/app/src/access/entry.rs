//! What the log tells of a request, to the target `purlin::access` at level `info`:
//!
//! ```text
//! GET /todos/7 200 73B 112us operation=get_todo template=/todos/{id} client=10.0.0.7 request_id=3f2a9c0d…
//! ```
//!
//! The query string is not logged: it may hold what belongs to nobody else.

use std::{fmt, net::IpAddr};

use actix_web::http::StatusCode;
use log::{
    Level,
    kv::{self, Key, Value, VisitSource},
};

pub(crate) const TARGET: &str = "purlin::access";

pub(crate) const LEVEL: Level = Level::Info;

/// One answered request.
pub(crate) struct Entry<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: StatusCode,
    /// A stream has no length when its answer begins.
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
    /// What the message tells as well.
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

    /// What it does not tell.
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

/// For loggers that are not ours.
impl kv::Source for Entry<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let fields = self.in_message().into_iter().chain(self.beside_message());
        for (key, field) in fields {
            let Some(field) = field else { continue };
            let key = Key::from_str(key);
            match field {
                Field::Text(text) => visitor.visit_pair(key, Value::from(text)),
                Field::Number(number) => visitor.visit_pair(key, Value::from(number)),
                // Somebody may keep the value for as long as the entry; a copy of the address does not live that long.
                Field::Address(_) => match &self.client {
                    Some(client) => visitor.visit_pair(key, Value::from_display(client)),
                    None => Ok(()),
                },
            }?;
        }
        Ok(())
    }
}

/// A path that a client chose, with everything percent-encoded that could end the
/// line, colour the terminal or pass for another field.
fn push_path(into: &mut String, path: &str) {
    let stands = |byte: u8| byte.is_ascii_graphic() & (byte != b'"') & (byte != b'\\');
    if path.bytes().fold(true, |all, byte| all & stands(byte)) {
        return into.push_str(path);
    }
    for byte in path.bytes() {
        if stands(byte) {
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
    fn nothing_a_client_chose_ends_the_message_or_passes_for_a_part_of_it() {
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
