//! One line of the log: how it looks, as text and as JSON. What of a record goes into it is in `record`.
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

use super::harmless::{Escapes, Harmless, is_harmless, is_quotable, is_word};
use crate::{
    access::{Entry, Field},
    settings::LogFormat,
};

/// Room for most lines.
const USUAL: usize = 512;

/// The line of a request, as it would be written of its record, without the detour over what any logger understands.
pub(super) fn of_access(entry: &Entry<'_>, format: LogFormat) -> Vec<u8> {
    let mut line = Line::new(format);
    line.written.push_str(match format {
        LogFormat::Text => "INFO  purlin::access] ",
        LogFormat::Json => "INFO\",\"target\":\"purlin::access\",\"message\":\"",
    });
    entry.write_message(&mut line.written);
    line.end_message();
    let told: &[_] = match format {
        LogFormat::Text => &[],
        LogFormat::Json => &entry.in_message(),
    };
    for (key, field) in told.iter().chain(&entry.beside_message()) {
        let Some(field) = field else { continue };
        line.own_key(key);
        match *field {
            Field::Text(text) => line.text(text),
            Field::Number(number) => line.natural(number),
            Field::Address(address) => line.address(address),
        }
    }
    line.end()
}

/// A line in the making: its begin, its message, its pairs, its end.
pub(super) struct Line {
    pub(super) written: String,
    format: LogFormat,
}

impl Line {
    /// Up to the level.
    pub(super) fn new(format: LogFormat) -> Self {
        let mut written = String::with_capacity(USUAL);
        match format {
            LogFormat::Text => {
                written.push('[');
                push_now(&mut written);
                written.push(' ');
            }
            LogFormat::Json => {
                written.push_str("{\"time\":\"");
                push_now(&mut written);
                written.push_str("\",\"level\":\"");
            }
        }
        Self { written, format }
    }

    /// Up to the message.
    pub(super) fn begin(format: LogFormat, level: Level, target: &str) -> Self {
        let mut line = Self::new(format);
        let level = level.as_str();
        line.written.push_str(level);
        line.written.push_str(match format {
            LogFormat::Json => "\",\"target\":\"",
            // What follows stands in a column.
            LogFormat::Text if level.len() < 5 => "  ",
            LogFormat::Text => " ",
        });
        line.harmless(target);
        line.written.push_str(match format {
            LogFormat::Text => "] ",
            LogFormat::Json => "\",\"message\":\"",
        });
        line
    }

    pub(super) fn message(&mut self, message: fmt::Arguments<'_>) {
        let escapes = self.escapes();
        // Writing to a String does not fail; whose Display fails has said as much as he can.
        let _ = Harmless::new(&mut self.written, escapes).write_fmt(message);
        self.end_message();
    }

    fn end_message(&mut self) {
        if self.format == LogFormat::Json {
            self.written.push('"');
        }
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        self.written.push_str(match self.format {
            LogFormat::Text => "\n",
            LogFormat::Json => "}\n",
        });
        self.written.into_bytes()
    }

    /// A key of ours, which is no word of [`OWN_KEYS`] and needs no escapes.
    pub(super) fn own_key(&mut self, key: &'static str) {
        let (before, behind) = match self.format {
            LogFormat::Text => (" ", "="),
            LogFormat::Json => (",\"", "\":"),
        };
        self.written.push_str(before);
        self.written.push_str(key);
        self.written.push_str(behind);
    }

    /// A key that anybody may have chosen.
    pub(super) fn key(&mut self, key: &str) {
        match self.format {
            LogFormat::Text => {
                self.written.push(' ');
                self.harmless(key);
                self.written.push('=');
            }
            LogFormat::Json => {
                self.written.push_str(",\"");
                if OWN_KEYS.contains(&key) {
                    self.written.push('_');
                }
                self.harmless(key);
                self.written.push_str("\":");
            }
        }
    }

    /// A text; in quotes, unless it is told from what stands around it without.
    pub(super) fn text(&mut self, text: &str) {
        if text.len() < USUAL {
            match self.format {
                LogFormat::Text if is_word(text) => return self.written.push_str(text),
                LogFormat::Json if is_quotable(text) => {
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
        let is_bare = |c: char| is_harmless(c) && !matches!(c, ' ' | '"' | '=');
        if self.format == LogFormat::Text && !text.is_empty() && text.chars().all(is_bare) {
            return self.harmless(text);
        }
        let escapes = match self.format {
            LogFormat::Text => Escapes::Quoted,
            LogFormat::Json => Escapes::Json,
        };
        self.written.push('"');
        Harmless::new(&mut self.written, escapes).push(text);
        self.written.push('"');
    }

    pub(super) fn natural(&mut self, number: u64) {
        self.written.push_str(itoa::Buffer::new().format(number));
    }

    fn address(&mut self, address: IpAddr) {
        let IpAddr::V4(address) = address else {
            return self.text(&address.to_string());
        };
        // The same text, at a tenth of what formatting takes.
        let quote = (self.format == LogFormat::Json).then_some('"');
        self.written.extend(quote);
        for (nth, octet) in address.octets().into_iter().enumerate() {
            self.written.extend((nth > 0).then_some('.'));
            self.natural(u64::from(octet));
        }
        self.written.extend(quote);
    }

    /// A text that stands where no quotes do, or between two that are there.
    fn harmless(&mut self, text: &str) {
        let escapes = self.escapes();
        Harmless::new(&mut self.written, escapes).push(text);
    }

    fn escapes(&self) -> Escapes {
        match self.format {
            LogFormat::Text => Escapes::Bare,
            LogFormat::Json => Escapes::Json,
        }
    }
}

/// What every line has, which no pair may pass for.
const OWN_KEYS: [&str; 4] = ["time", "level", "target", "message"];

/// Writes the time: RFC 3339, UTC, milliseconds.
fn push_now(line: &mut String) {
    /// `2026-01-31T12:00:00`
    type Second = [u8; 19];
    thread_local! {
        /// The last second of which this thread wrote a line, and how it is written.
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
        // Beyond the year 9999 there is no such second.
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
