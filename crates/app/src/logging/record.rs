//! A record of the log, whoever wrote it, as a line.

use std::fmt::{self, Write as _};

use log::{
    Record,
    kv::{self, Key, Value, VisitSource, VisitValue},
};

use super::line::Line;
use crate::settings::LogFormat;

/// A record as a line, with its end. `request` is the id of the request that is being answered.
pub(super) fn of(record: &Record<'_>, format: LogFormat, request: Option<&str>) -> Vec<u8> {
    let mut line = Line::begin(format, record.level(), record.target());
    line.message(*record.args());
    // What cannot be told is left out.
    let _ = record.key_values().visit(&mut line);
    if let Some(id) = request {
        line.own_key("request_id");
        line.text(id);
    }
    line.end()
}

/// The pairs of a record.
impl<'kvs> VisitSource<'kvs> for Line {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let before = self.written.len();
        self.key(key.as_str());
        let mut shown = Shown {
            line: self,
            is_null: false,
        };
        let told = value.visit(&mut shown);
        if told.is_err() || shown.is_null {
            self.written.truncate(before);
        }
        Ok(())
    }
}

/// Writes the value of a pair.
struct Shown<'a> {
    line: &'a mut Line,
    /// Whether it was none; then the pair is left out.
    is_null: bool,
}

impl Shown<'_> {
    fn bare(&mut self, value: impl fmt::Display) -> Result<(), kv::Error> {
        write!(self.line.written, "{value}").map_err(kv::Error::from)
    }
}

impl<'v> VisitValue<'v> for Shown<'_> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), kv::Error> {
        self.visit_str(&value.to_string())
    }

    fn visit_null(&mut self) -> Result<(), kv::Error> {
        self.is_null = true;
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        self.bare(value)
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        self.line.natural(value);
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        self.bare(value)
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        match value.is_finite() {
            true => self.bare(value),
            // JSON has no such number.
            false => self.visit_any(Value::from(value)),
        }
    }

    fn visit_str(&mut self, text: &str) -> Result<(), kv::Error> {
        self.line.text(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use log::Level;

    use super::{
        super::{harmless::is_harmless, line::of_access},
        *,
    };
    use crate::access::{self, Entry};

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
    fn the_line_of_a_request_is_that_of_its_record() {
        let evil = Entry {
            method: "GET",
            path: "/a b",
            status: StatusCode::OK,
            bytes: None,
            us: 12,
            operation: Some("get_a"),
            template: None,
            client: Some([127, 0, 0, 1].into()),
            user_agent: Some(EVIL),
            trace_id: Some("a=b"),
            request_id: Some("id-1"),
        };
        let usual = Entry {
            path: "/a",
            bytes: Some(70),
            client: Some("2001:db8::1".parse().unwrap()),
            user_agent: Some("Mozilla/5.0 (X11)"),
            ..evil
        };
        for entry in [evil, usual] {
            for format in [LogFormat::Text, LogFormat::Json] {
                let straight = String::from_utf8(of_access(&entry, format)).unwrap();
                let args = format_args!("{entry}");
                let mut record = Record::builder();
                record.target(access::TARGET).level(access::LEVEL);
                let record = record.args(args).key_values(&entry).build();
                let detour = String::from_utf8(of(&record, format, None)).unwrap();
                let without_time = |line: &str| line.split_once("INFO").unwrap().1.to_owned();
                let expected = match format {
                    LogFormat::Json => without_time(&detour),
                    // What the message tells, a text does not tell again.
                    LogFormat::Text => {
                        let detour = without_time(&detour);
                        let (before, rest) = detour.split_once(" method=").unwrap();
                        let (_, behind) = rest.split_once(" us=12").unwrap();
                        format!("{before}{behind}")
                    }
                };
                assert_eq!(without_time(&straight), expected);
            }
        }
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
