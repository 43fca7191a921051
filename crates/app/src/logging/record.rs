//! Formats a record of the `log` crate as a line.

use std::fmt::{self, Write as _};

use log::{
    Record,
    kv::{self, Key, Value, VisitSource, VisitValue},
};

use super::format::Line;
use crate::{settings::LogFormat, telemetry::TraceIds};

/// Appends a record as a line. `request` is the id of the request that is being processed, `trace` has those of the current
/// span.
pub(super) fn write(
    record: &Record<'_>,
    format: LogFormat,
    request: Option<&str>,
    trace: Option<&TraceIds>,
    into: &mut String,
) {
    let mut line = Line::begin(format, record.level(), record.target(), into);
    line.message(*record.args());
    // Values that cannot be formatted are left out.
    let _ = record.key_values().visit(&mut line);
    if let Some(ids) = trace {
        line.trace_ids(ids.trace(), ids.span());
    }
    if let Some(id) = request {
        line.request_id(id);
    }
    line.end();
}

/// Writes the key-value pairs of a record.
impl<'kvs> VisitSource<'kvs> for Line<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
        let before = self.written.len();
        self.key(key.as_str());
        let mut writer = ValueWriter {
            line: self,
            is_null: false,
        };
        let result = value.visit(&mut writer);
        if result.is_err() || writer.is_null {
            self.written.truncate(before);
        }
        Ok(())
    }
}

/// Writes the value of a pair.
struct ValueWriter<'a, 'line> {
    line: &'a mut Line<'line>,
    /// Whether the value is null; then the pair is left out.
    is_null: bool,
}

impl ValueWriter<'_, '_> {
    fn bare(&mut self, value: impl fmt::Display) -> Result<(), kv::Error> {
        write!(self.line.written, "{value}").map_err(kv::Error::from)
    }
}

impl<'v> VisitValue<'v> for ValueWriter<'_, '_> {
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
        if value.is_finite() {
            self.bare(value)
        } else {
            // JSON has no such number.
            self.visit_any(Value::from(value))
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
        super::{
            access_line::{self, Entry},
            escape::is_displayable,
            format::write_access,
        },
        *,
    };

    const HOSTILE: &str = "a\r\nb\0\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}\u{e0041} \"c\"";

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut line = String::new();
        write(&mut line);
        line
    }

    fn line(target: &str, text: &str, pairs: &[(&str, Value<'_>)], format: LogFormat) -> String {
        let args = format_args!("{text}");
        let record = Record::builder()
            .target(target)
            .level(Level::Warn)
            .args(args)
            .key_values(&pairs)
            .build();
        written(|line| write(&record, format, Some("id-1"), None, line))
    }

    #[test]
    fn a_text_line_has_its_pairs_after_the_message() {
        let pairs = [
            ("number", Value::from(7)),
            ("text", Value::from("two parts")),
            ("none", Value::null()),
            ("bare", Value::from("a/b")),
        ];
        let line = line("t", "Hello", &pairs, LogFormat::Text);
        let (time, rest) = line.split_once(' ').unwrap();
        assert_eq!(time.len(), "[2026-01-31T12:00:00.123Z".len(), "{time}");
        assert!(time.ends_with('Z'));
        assert_eq!(
            rest,
            "WARN  t] Hello number=7 text=\"two parts\" bare=a/b request_id=id-1\n"
        );
    }

    #[test]
    fn a_json_line_has_typed_values_and_no_duplicate_keys() {
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
    fn the_access_line_equals_the_line_of_its_record() {
        let hostile = Entry {
            method: "GET",
            path: "/a b",
            status: StatusCode::OK,
            bytes: None,
            us: 12,
            operation: Some("get_a"),
            template: None,
            client: Some([127, 0, 0, 1].into()),
            user_agent: Some(HOSTILE),
            trace_id: Some("a=b"),
            span_id: Some("c"),
            request_id: Some("id-1"),
            outcome: None,
        };
        let usual = Entry {
            path: "/a",
            bytes: Some(70),
            client: Some("2001:db8::1".parse().unwrap()),
            user_agent: Some("Mozilla/5.0 (X11)"),
            ..hostile
        };
        for entry in [hostile, usual] {
            for format in [LogFormat::Text, LogFormat::Json] {
                let direct = written(|line| write_access(&entry, format, line));
                let args = format_args!("{entry}");
                let mut record = Record::builder();
                record.target(access_line::TARGET).level(access_line::LEVEL);
                let record = record.args(args).key_values(&entry).build();
                let generic = written(|line| write(&record, format, None, None, line));
                let without_time = |line: &str| line.split_once("INFO").unwrap().1.to_owned();
                let expected = match format {
                    LogFormat::Json => without_time(&generic),
                    // Text does not repeat the fields of the message.
                    LogFormat::Text => {
                        let generic = without_time(&generic);
                        let (before, rest) = generic.split_once(" method=").unwrap();
                        let (_, after) = rest.split_once(" us=12").unwrap();
                        format!("{before}{after}")
                    }
                };
                assert_eq!(without_time(&direct), expected);
            }
        }
    }

    #[test]
    fn no_value_adds_a_line_or_a_control_character() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let pairs = [("pair", Value::from(HOSTILE)), (HOSTILE, Value::from(1))];
            let line = line(HOSTILE, HOSTILE, &pairs, format);
            let text = line.strip_suffix('\n').unwrap();
            assert!(text.chars().all(is_displayable), "{text:?}");
            if format == LogFormat::Json {
                let json: serde_json::Value = serde_json::from_str(text).unwrap();
                assert_eq!(json["message"], HOSTILE);
                assert_eq!(json["pair"], HOSTILE);
                assert_eq!(json["target"], HOSTILE);
            }
        }
    }
}
