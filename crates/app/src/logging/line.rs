//! One record of the log as one line.
//!
//! ```text
//! [2026-01-31T12:00:00.123Z WARN  purlin::log] 7 lines were lost key=value other="a value"
//! {"time":"2026-01-31T12:00:00.123Z","level":"WARN","target":"purlin::log","message":"…","key":"value"}
//! ```

use std::{
    fmt::{self, Write as _},
    io,
    time::SystemTime,
};

use jiff::Timestamp;
use log::{
    Record,
    kv::{self, Key, Value, VisitSource, VisitValue},
};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap},
};
use serde_json::ser::Formatter;

use super::harmless::{Cut, Escaping, is_harmless};
use crate::{access, settings::LogFormat};

/// The line, with its end. `request` is the id of the request that is being answered.
pub(super) fn of(record: &Record<'_>, format: LogFormat, request: Option<&str>) -> Vec<u8> {
    // The access line has the id among its own.
    let request = request.filter(|_| record.target() != access::TARGET);
    let now = Now(SystemTime::now());
    let mut line = Vec::with_capacity(512);
    // Writing to a Vec does not fail; what cannot be formatted is left out.
    match format {
        LogFormat::Text => {
            let mut text = String::with_capacity(512);
            let _ = as_text(&mut text, record, request, &now);
            line = text.into_bytes();
        }
        LogFormat::Json => {
            let mut json = serde_json::Serializer::with_formatter(&mut line, OneLine);
            let _ = as_json(&mut json, record, request, &now);
        }
    }
    line.push(b'\n');
    line
}

/// The time of a line: RFC 3339, UTC, milliseconds.
struct Now(SystemTime);

impl fmt::Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::try_from(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => f.write_str("-"),
        }
    }
}

fn as_text(
    text: &mut String,
    record: &Record<'_>,
    request: Option<&str>,
    now: &Now,
) -> fmt::Result {
    write!(text, "[{now} {:<5} ", record.level())?;
    write!(Escaping::new(&mut *text), "{}", record.target())?;
    text.push_str("] ");
    write!(Escaping::new(&mut *text), "{}", Cut(record.args()))?;
    let mut pairs = TextPairs {
        text,
        skipped: match record.target() {
            access::TARGET => access::IN_MESSAGE,
            _ => &[],
        },
    };
    record
        .key_values()
        .visit(&mut pairs)
        .map_err(|_| fmt::Error)?;
    match request {
        Some(id) => pairs.pair("request_id", &id),
        None => Ok(()),
    }
}

struct TextPairs<'a> {
    text: &'a mut String,
    /// Keys whose values the message has told.
    skipped: &'static [&'static str],
}

impl TextPairs<'_> {
    fn pair(&mut self, key: &str, value: &dyn fmt::Display) -> fmt::Result {
        self.text.push(' ');
        write!(Escaping::new(&mut *self.text), "{key}")?;
        self.text.push('=');
        let start = self.text.len();
        write!(self.text, "{}", Cut(value))?;
        let shown = self.text.get(start..).unwrap_or_default();
        let bare = |c: char| is_harmless(c) && !matches!(c, ' ' | '"' | '=');
        if shown.is_empty() || !shown.chars().all(bare) {
            let shown = self.text.split_off(start);
            self.text.push('"');
            Escaping::quoted(&mut *self.text).write_str(&shown)?;
            self.text.push('"');
        }
        Ok(())
    }
}

impl<'kvs> VisitSource<'kvs> for TextPairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let is_told = self.skipped.contains(&key.as_str());
        if is_told || matches!(Kind::of(&value), Kind::Null) {
            return Ok(());
        }
        self.pair(key.as_str(), &value).map_err(kv::Error::from)
    }
}

/// What every line has, which no pair may pass for.
const OWN_KEYS: [&str; 4] = ["time", "level", "target", "message"];

fn as_json<S: Serializer>(
    json: S,
    record: &Record<'_>,
    request: Option<&str>,
    now: &Now,
) -> Result<(), S::Error> {
    let mut map = json.serialize_map(None)?;
    map.serialize_entry(OWN_KEYS[0], &Shown(now))?;
    map.serialize_entry(OWN_KEYS[1], record.level().as_str())?;
    map.serialize_entry(OWN_KEYS[2], record.target())?;
    map.serialize_entry(OWN_KEYS[3], &Shown(Cut(record.args())))?;
    let mut pairs = JsonPairs { map: &mut map };
    record
        .key_values()
        .visit(&mut pairs)
        .map_err(S::Error::custom)?;
    if let Some(id) = request {
        map.serialize_entry("request_id", id)?;
    }
    map.end().map(|_| ())
}

struct JsonPairs<'a, M> {
    map: &'a mut M,
}

impl<'kvs, M: SerializeMap> VisitSource<'kvs> for JsonPairs<'_, M> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let key = key.as_str();
        let mark = if OWN_KEYS.contains(&key) { "_" } else { "" };
        let key = format!("{mark}{key}");
        let map = &mut self.map;
        match Kind::of(&value) {
            Kind::Null => Ok(()),
            Kind::Bool(value) => map.serialize_entry(&key, &value),
            Kind::Natural(value) => map.serialize_entry(&key, &value),
            Kind::Integer(value) => map.serialize_entry(&key, &value),
            Kind::Float(value) => map.serialize_entry(&key, &value),
            Kind::Text => map.serialize_entry(&key, &Shown(Cut(&value))),
        }
        .map_err(|_| kv::Error::msg("a pair cannot be written"))
    }
}

/// What a value of a pair is in JSON.
enum Kind {
    Null,
    Bool(bool),
    Natural(u64),
    Integer(i64),
    Float(f64),
    Text,
}

impl Kind {
    fn of(value: &Value<'_>) -> Self {
        let mut kind = Self::Text;
        // The visitor does not fail.
        let _ = value.visit(&mut kind);
        kind
    }
}

impl<'v> VisitValue<'v> for Kind {
    fn visit_any(&mut self, _: Value<'_>) -> Result<(), kv::Error> {
        *self = Self::Text;
        Ok(())
    }

    fn visit_null(&mut self) -> Result<(), kv::Error> {
        *self = Self::Null;
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        *self = Self::Bool(value);
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        *self = Self::Natural(value);
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        *self = Self::Integer(value);
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        *self = Self::Float(value);
        Ok(())
    }
}

/// What can be shown, as a text of JSON.
struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// JSON in which every harmful character is escaped, also those that JSON would let stand.
struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| !is_harmless(*c)) {
            let (before, after) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use log::Level;

    use super::*;

    const EVIL: &str = "a\r\nb\0\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}\u{e0041} \"c\"";

    fn line(target: &str, text: &str, pairs: &[(&str, Value<'_>)], format: LogFormat) -> String {
        let args = format_args!("{text}");
        let record = Record::builder()
            .target(target)
            .level(Level::Warn)
            .args(args)
            .key_values(&pairs)
            .build();
        String::from_utf8(of(&record, format, Some("id-1"))).unwrap()
    }

    #[test]
    fn a_text_line_has_its_pairs_behind_the_message() {
        let pairs = [
            ("number", Value::from(7)),
            ("words", Value::from("two words")),
            ("none", Value::null()),
            ("bare", Value::from("a/b")),
        ];
        let line = line("t", "Hello", &pairs, LogFormat::Text);
        let (time, rest) = line.split_once(' ').unwrap();
        assert_eq!(time.len(), "[2026-01-31T12:00:00.123Z".len(), "{time}");
        assert!(time.ends_with('Z'));
        assert_eq!(
            rest,
            "WARN  t] Hello number=7 words=\"two words\" bare=a/b request_id=id-1\n"
        );
    }

    #[test]
    fn a_json_line_has_numbers_as_numbers_and_own_keys_once() {
        let pairs = [
            ("number", Value::from(7)),
            ("signed", Value::from(-7)),
            ("half", Value::from(0.5)),
            ("yes", Value::from(true)),
            ("none", Value::null()),
            ("level", Value::from("x")),
        ];
        let line = line("t", "Hello", &pairs, LogFormat::Json);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        let mut json = json.as_object().unwrap().clone();
        let time = json.remove("time").unwrap();
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
        assert_eq!(
            serde_json::Value::from(json),
            serde_json::json!({
                "level": "WARN", "target": "t", "message": "Hello", "number": 7, "signed": -7,
                "half": 0.5, "yes": true, "_level": "x", "request_id": "id-1",
            })
        );
    }

    #[test]
    fn nobody_brings_a_line_or_a_control_character_of_his_own() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let pairs = [("pair", Value::from(EVIL)), (EVIL, Value::from(1))];
            let line = line(EVIL, EVIL, &pairs, format);
            let text = line.strip_suffix('\n').unwrap();
            assert!(text.chars().all(is_harmless), "{text:?}");
            if format == LogFormat::Json {
                let json: serde_json::Value = serde_json::from_str(text).unwrap();
                assert_eq!(json["message"], EVIL);
                assert_eq!(json["pair"], EVIL);
                assert_eq!(json["target"], EVIL);
            }
        }
    }
}
