//! The format of a log line, as text and as JSON. Which parts of a record it has is decided in `record`.
//!
//! ```text
//! [2026-01-31T12:00:00.123Z WARN  purlin::log] 7 lines were lost key=value other="a value"
//! {"time":"2026-01-31T12:00:00.123Z","level":"WARN","target":"purlin::log","message":"…","key":"value"}
//! ```

use std::{
    cell::Cell,
    fmt::{self, Write as _},
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::Timestamp;
use log::Level;

use super::{
    access_line::{Entry, Field},
    escape::{Escaped, Escapes, is_displayable, needs_no_escapes, needs_no_quotes},
};
use crate::settings::LogFormat;

/// Texts that are longer are written by the general code, which truncates them.
const SHORT: usize = 512;

/// Writes the line of a request: the same as that of its record, without the cost of a generic record.
pub(super) fn write_access(entry: &Entry<'_>, format: LogFormat, into: &mut String) {
    let mut line = Line::new(format, into);
    line.written.push_str(match format {
        LogFormat::Text => "INFO  purlin::access] ",
        LogFormat::Json => "INFO\",\"target\":\"purlin::access\",\"message\":\"",
    });
    entry.write_message(line.written);
    line.end_message();
    let fields: &[_] = match format {
        LogFormat::Text => &[],
        LogFormat::Json => &entry.in_message(),
    };
    for (key, field) in fields.iter().chain(&entry.beside_message()) {
        let Some(field) = field else { continue };
        line.own_key(key);
        match *field {
            Field::Text(text) => line.text(text),
            Field::Number(number) => line.natural(number),
            Field::Address(address) => line.address(address),
        }
    }
    line.end();
}

/// Writes a line in order: its start, its message, its key-value pairs, its end.
pub(super) struct Line<'a> {
    pub(super) written: &'a mut String,
    format: LogFormat,
}

impl<'a> Line<'a> {
    /// Starts a line, up to the level.
    fn new(format: LogFormat, written: &'a mut String) -> Self {
        match format {
            LogFormat::Text => {
                written.push('[');
                push_now(written);
                written.push(' ');
            }
            LogFormat::Json => {
                written.push_str("{\"time\":\"");
                push_now(written);
                written.push_str("\",\"level\":\"");
            }
        }
        Self { written, format }
    }

    /// Starts a line, up to the message.
    pub(super) fn begin(
        format: LogFormat,
        level: Level,
        target: &str,
        written: &'a mut String,
    ) -> Self {
        let mut line = Self::new(format, written);
        let level = level.as_str();
        line.written.push_str(level);
        line.written.push_str(match format {
            LogFormat::Json => "\",\"target\":\"",
            // Targets are aligned in a column.
            LogFormat::Text if level.len() < 5 => "  ",
            LogFormat::Text => " ",
        });
        line.escaped(target);
        line.written.push_str(match format {
            LogFormat::Text => "] ",
            LogFormat::Json => "\",\"message\":\"",
        });
        line
    }

    pub(super) fn message(&mut self, message: fmt::Arguments<'_>) {
        let escapes = self.escapes();
        // Writing to a String does not fail; a `Display` that fails leaves what it has written.
        let _ = Escaped::new(self.written, escapes).write_fmt(message);
        self.end_message();
    }

    fn end_message(&mut self) {
        if self.format == LogFormat::Json {
            self.written.push('"');
        }
    }

    pub(super) fn end(self) {
        self.written.push_str(match self.format {
            LogFormat::Text => "\n",
            LogFormat::Json => "}\n",
        });
    }

    /// Writes a key of this crate, which is none of [`OWN_KEYS`] and needs no escapes.
    pub(super) fn own_key(&mut self, key: &'static str) {
        let (before, behind) = match self.format {
            LogFormat::Text => (" ", "="),
            LogFormat::Json => (",\"", "\":"),
        };
        self.written.push_str(before);
        self.written.push_str(key);
        self.written.push_str(behind);
    }

    /// Writes any key.
    pub(super) fn key(&mut self, key: &str) {
        match self.format {
            LogFormat::Text => {
                self.written.push(' ');
                self.escaped(key);
                self.written.push('=');
            }
            LogFormat::Json => {
                self.written.push_str(",\"");
                if OWN_KEYS.contains(&key) {
                    self.written.push('_');
                }
                self.escaped(key);
                self.written.push_str("\":");
            }
        }
    }

    /// Writes a text value; in quotes unless it is unambiguous without them.
    pub(super) fn text(&mut self, text: &str) {
        if text.len() < SHORT {
            match self.format {
                LogFormat::Text if needs_no_quotes(text) => return self.written.push_str(text),
                LogFormat::Json if needs_no_escapes(text) => {
                    self.written.push('"');
                    self.written.push_str(text);
                    return self.written.push('"');
                }
                _ => {}
            }
        }
        self.other_text(text);
    }

    #[cold]
    fn other_text(&mut self, text: &str) {
        let is_bare = |c: char| is_displayable(c) && !matches!(c, ' ' | '"' | '=');
        if self.format == LogFormat::Text && !text.is_empty() && text.chars().all(is_bare) {
            return self.escaped(text);
        }
        let escapes = match self.format {
            LogFormat::Text => Escapes::Quoted,
            LogFormat::Json => Escapes::Json,
        };
        self.written.push('"');
        Escaped::new(self.written, escapes).push(text);
        self.written.push('"');
    }

    /// Writes a number.
    pub(super) fn natural(&mut self, number: u64) {
        self.written.push_str(itoa::Buffer::new().format(number));
    }

    fn address(&mut self, address: IpAddr) {
        let IpAddr::V4(address) = address else {
            return self.text(&address.to_string());
        };
        // The same text as `Display`, at a tenth of the cost.
        let quote = (self.format == LogFormat::Json).then_some('"');
        self.written.extend(quote);
        for (nth, octet) in address.octets().into_iter().enumerate() {
            self.written.extend((nth > 0).then_some('.'));
            self.natural(u64::from(octet));
        }
        self.written.extend(quote);
    }

    /// Writes a text where no quotes are, or between quotes that are already written.
    fn escaped(&mut self, text: &str) {
        let escapes = self.escapes();
        Escaped::new(self.written, escapes).push(text);
    }

    fn escapes(&self) -> Escapes {
        match self.format {
            LogFormat::Text => Escapes::Bare,
            LogFormat::Json => Escapes::Json,
        }
    }
}

/// The keys that every JSON line has; a pair of that name gets a prefix.
const OWN_KEYS: [&str; 4] = ["time", "level", "target", "message"];

/// Writes the time: RFC 3339, UTC, milliseconds.
fn push_now(line: &mut String) {
    /// `2026-01-31T12:00:00`
    type Second = [u8; 19];
    thread_local! {
        /// The last second in which this thread wrote a line, formatted.
        static LAST: Cell<(u64, Second)> = const { Cell::new((u64::MAX, [0; 19])) };
    }
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else {
        return line.push('-');
    };
    let (mut second, mut text) = LAST.get();
    if second != since.as_secs() {
        second = since.as_secs();
        let shown = i64::try_from(second).ok().map(Timestamp::from_second);
        let shown = shown.and_then(Result::ok).map(|time| time.to_string());
        // The format has no seconds after the year 9999.
        let shown = shown
            .as_deref()
            .and_then(|shown| shown.as_bytes().first_chunk());
        text = *shown.unwrap_or(b"9999-12-31T23:59:59");
        LAST.set((second, text));
    }
    line.push_str(str::from_utf8(&text).unwrap_or_default());
    line.push('.');
    let millis = since.subsec_millis();
    for digit in [millis / 100, millis / 10 % 10, millis % 10] {
        line.extend(char::from_digit(digit, 10));
    }
    line.push('Z');
}
