//! The format of a log line, as text and as JSON. Which parts of a record it has is decided in `record`.
//!
//! ```text
//! [2026-01-31T12:00:00.123Z WARN  purlin::log] 7 lines were lost key=value other="a value"
//! {"time":"2026-01-31T12:00:00.123Z","level":"WARN","target":"purlin::log","message":"…","key":"value"}
//! ```

use std::{
    cell::RefCell,
    fmt::{self, Write as _},
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::Timestamp;
use log::Level;

use super::{
    access_line::{Entry, Outcome},
    escape::{Escaped, Escapes, is_displayable, needs_no_escapes, needs_no_quotes},
};
use crate::settings::LogFormat;

/// Texts that are longer are written by the general code, which truncates them.
const SHORT: usize = 512;

/// Writes the key of a pair. The key is known to the compiler, so that writing it is a few instructions.
macro_rules! own_key {
    ($line:expr, $key:literal) => {
        match $line.format {
            LogFormat::Text => $line.written.push_str(concat!(" ", $key, "=")),
            LogFormat::Json => $line.written.push_str(concat!(",\"", $key, "\":")),
        }
    };
}

/// Writes a pair whose value is text, if there is one.
macro_rules! own_text {
    ($line:expr, $key:literal, $text:expr) => {
        if let Some(text) = $text {
            own_key!($line, $key);
            $line.text(text);
        }
    };
}

/// Writes the line of a request: the same as that of its record, without the cost of a generic record.
pub(super) fn write_access(entry: &Entry<'_>, format: LogFormat, into: &mut String) {
    let mut line = Line::new(format, into);
    match format {
        LogFormat::Text => line.written.push_str("INFO  purlin::access] "),
        LogFormat::Json => {
            let begin = "INFO\",\"target\":\"purlin::access\",\"message\":\"";
            line.written.push_str(begin);
        }
    }
    entry.write_message(line.written);
    line.end_message();
    // The message has these as well.
    if format == LogFormat::Json {
        own_text!(line, "method", Some(entry.method));
        own_text!(line, "path", Some(entry.path));
        own_key!(line, "status");
        line.natural(u64::from(entry.status.as_u16()));
        if let Some(bytes) = entry.bytes {
            own_key!(line, "bytes");
            line.natural(bytes);
        }
        own_key!(line, "us");
        line.natural(entry.us);
    }
    own_text!(line, "operation", entry.operation);
    own_text!(line, "template", entry.template);
    if let Some(client) = entry.client {
        own_key!(line, "client");
        line.address(client);
    }
    own_text!(line, "user_agent", entry.user_agent);
    own_text!(line, "trace_id", entry.trace_id);
    own_text!(line, "span_id", entry.span_id);
    own_text!(line, "request_id", entry.request_id);
    own_text!(line, "outcome", entry.outcome.map(Outcome::as_str));
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

    /// Writes the id of the request that a record belongs to.
    pub(super) fn request_id(&mut self, id: &str) {
        own_text!(self, "request_id", Some(id));
    }

    /// Writes the ids of the span that a record belongs to.
    pub(super) fn trace_ids(&mut self, trace: &str, span: &str) {
        own_text!(self, "trace_id", Some(trace));
        own_text!(self, "span_id", Some(span));
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
        let is_quoted = self.format == LogFormat::Json;
        if is_quoted {
            self.written.push('"');
        }
        let [first, rest @ ..] = address.octets();
        self.octet(first);
        for octet in rest {
            self.written.push('.');
            self.octet(octet);
        }
        if is_quoted {
            self.written.push('"');
        }
    }

    fn octet(&mut self, octet: u8) {
        let digit = |number: u8| char::from(b'0' + number % 10);
        if octet >= 100 {
            self.written.push(digit(octet / 100));
        }
        if octet >= 10 {
            self.written.push(digit(octet / 10));
        }
        self.written.push(digit(octet));
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
    thread_local! {
        /// The last second in which this thread wrote a line, and its text: `2026-01-31T12:00:00`.
        static LAST: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
    }
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else {
        return line.push('-');
    };
    LAST.with_borrow_mut(|(second, text)| {
        if *second != since.as_secs() {
            *second = since.as_secs();
            *text = second_as_text(*second);
        }
        line.push_str(text);
    });
    // Four digits, of which the first one makes room for leading zeros.
    let mut digits = itoa::Buffer::new();
    let millis = digits.format(1000 + since.subsec_millis());
    line.push('.');
    line.push_str(millis.get(1..).unwrap_or_default());
    line.push('Z');
}

fn second_as_text(second: u64) -> String {
    let time = i64::try_from(second).ok().map(Timestamp::from_second);
    match time.and_then(Result::ok) {
        Some(time) => format!("{time:.0}").trim_end_matches('Z').to_owned(),
        // The format has no seconds after the year 9999.
        None => "9999-12-31T23:59:59".to_owned(),
    }
}
