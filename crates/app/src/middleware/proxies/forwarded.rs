//! Reads `Forwarded` (RFC 7239 section 4) from its right end.
//!
//! A client may send anything in front of what a proxy appends: a quote that it opens must not swallow the element of the
//! proxy. So a field is read from the right, where the nearest proxy wrote, and only as far as hops are trusted.

use std::{borrow::Cow, net::IpAddr};

use super::hop::{self, Hop};

/// The elements of one field line, the last one first. After an element that cannot be read there is none.
pub(super) struct Elements<'h> {
    /// What is left of the line; `None` at its start.
    rest: Option<&'h [u8]>,
}

impl<'h> Elements<'h> {
    pub(super) fn of(line: &'h [u8]) -> Self {
        Self { rest: Some(line) }
    }
}

impl<'h> Iterator for Elements<'h> {
    type Item = Hop<'h>;

    fn next(&mut self) -> Option<Hop<'h>> {
        let mut reader = Reader(self.rest.take()?);
        let element = reader.element();
        if element.is_some() && reader.take(b',') {
            self.rest = Some(reader.0);
        }
        Some(element.unwrap_or_default())
    }
}

/// The bytes in front of what has been read.
struct Reader<'h>(&'h [u8]);

impl<'h> Reader<'h> {
    /// Reads an element: pairs that are separated by semicolons, up to a comma or the start of the line. Returns nothing if
    /// it is malformed or has a parameter twice.
    fn element(&mut self) -> Option<Hop<'h>> {
        let mut parameters = Parameters::default();
        loop {
            self.skip_whitespace();
            if !matches!(self.0.last(), None | Some(b',' | b';')) {
                let value = self.value()?;
                if !self.take(b'=') {
                    return None;
                }
                parameters.add(self.name()?, value)?;
                self.skip_whitespace();
            }
            match self.0.last() {
                None | Some(b',') => return Some(parameters.into_hop()),
                Some(b';') => self.0 = self.0.split_last()?.1,
                Some(_) => return None,
            }
        }
    }

    fn skip_whitespace(&mut self) {
        while self.take(b' ') || self.take(b'\t') {}
    }

    /// Takes this byte, if it is the last one.
    fn take(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_suffix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn name(&mut self) -> Option<&'h [u8]> {
        self.run(is_token)
    }

    /// Reads a token or a quoted string. Proxies often forget the quotes that the colons and brackets of an address need.
    fn value(&mut self) -> Option<Cow<'h, [u8]>> {
        if self.take(b'"') {
            return self.quoted();
        }
        let is_unquoted = |byte| is_token(byte) || matches!(byte, b':' | b'[' | b']');
        self.run(is_unquoted).map(Cow::Borrowed)
    }

    /// Reads a quoted string without its closing quote, which has been taken.
    fn quoted(&mut self) -> Option<Cow<'h, [u8]>> {
        if ends_escaped(self.0) {
            return None;
        }
        // The nearest quote that no backslash escapes.
        let mut end = self.0.len();
        let start = loop {
            end = self.0.get(..end)?.iter().rposition(|byte| *byte == b'"')?;
            if !ends_escaped(self.0.get(..end)?) {
                break end;
            }
        };
        let (before, text) = (self.0.get(..start)?, self.0.get(start + 1..)?);
        self.0 = before;
        Some(unescaped(text))
    }

    /// Takes the longest run of these bytes, which must not be empty.
    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> Option<&'h [u8]> {
        let end = self.0.iter().rposition(|byte| !belongs(*byte));
        let (rest, run) = self.0.split_at_checked(end.map_or(0, |end| end + 1))?;
        self.0 = rest;
        (!run.is_empty()).then_some(run)
    }
}

/// Returns whether a backslash at the end of these bytes escapes what follows.
fn ends_escaped(bytes: &[u8]) -> bool {
    let backslashes = bytes.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

/// Returns the content of a quoted string (RFC 9110 section 5.6.4).
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.iter();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        // The last backslash is not alone: it would escape the closing quote.
        let byte = if *byte == b'\\' {
            bytes.next()
        } else {
            Some(byte)
        };
        plain.extend(byte);
    }
    Cow::Owned(plain)
}

/// Returns whether a token may contain this byte (RFC 9110 section 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The parameters of an element.
#[derive(Default)]
struct Parameters<'h> {
    address: Option<Option<IpAddr>>,
    has_by: bool,
    scheme: Option<Option<&'static str>>,
    host: Option<Option<Cow<'h, str>>>,
}

impl<'h> Parameters<'h> {
    /// Adds a parameter; nothing if the element has it already (RFC 7239 section 4).
    fn add(&mut self, name: &[u8], value: Cow<'h, [u8]>) -> Option<()> {
        let is_new = if name.eq_ignore_ascii_case(b"for") {
            self.address.replace(hop::address(&value)).is_none()
        } else if name.eq_ignore_ascii_case(b"by") {
            !std::mem::replace(&mut self.has_by, true)
        } else if name.eq_ignore_ascii_case(b"proto") {
            self.scheme.replace(hop::scheme(&value)).is_none()
        } else if name.eq_ignore_ascii_case(b"host") {
            self.host.replace(hop::host(value)).is_none()
        } else {
            true
        };
        is_new.then_some(())
    }

    fn into_hop(self) -> Hop<'h> {
        Hop {
            address: self.address.flatten(),
            scheme: self.scheme.flatten(),
            host: self.host.flatten(),
        }
    }
}
