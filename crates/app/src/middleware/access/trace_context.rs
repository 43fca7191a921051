//! The trace id of a request: the header field `traceparent` of W3C Trace Context, parsed by its rules.
//!
//! It is for the log where no traces are recorded. Nothing is generated or forwarded here; handlers find the header field in
//! the request.

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::middleware::header_summary;

static TRACEPARENT: HeaderName = HeaderName::from_static(header_summary::TRACEPARENT);

/// Returns the trace id, 32 hexadecimal digits; nothing if the header field is missing, malformed or repeated.
pub(super) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(&TRACEPARENT);
    match (given.next(), given.next()) {
        (Some(one), None) => parse(one.to_str().ok()?),
        _ => None,
    }
}

/// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`
fn parse(text: &str) -> Option<&str> {
    let mut parts = text.splitn(5, '-');
    let version = hex(parts.next()?, 2)?;
    let trace = hex(parts.next()?, 32)?;
    let parent = hex(parts.next()?, 16)?;
    hex(parts.next()?, 2)?;
    // A future version may have more parts; version 00 has none.
    let is_known = version != "ff" && (version != "00" || parts.next().is_none());
    let is_zero = |digits: &str| digits.bytes().all(|digit| digit == b'0');
    (is_known && !is_zero(trace) && !is_zero(parent)).then_some(trace)
}

fn hex(text: &str, digits: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn traceparent_is_parsed_by_the_rules_of_the_specification() {
        let parent = "b7ad6b7169203331";
        for (text, expected) in [
            (format!("00-{TRACE}-{parent}-01"), Some(TRACE)),
            (format!("00-{TRACE}-{parent}-00"), Some(TRACE)),
            (format!("cc-{TRACE}-{parent}-01"), Some(TRACE)),
            (format!("cc-{TRACE}-{parent}-01-future-part"), Some(TRACE)),
            (format!("cc-{TRACE}-{parent}-01.what"), None),
            (format!("00-{TRACE}-{parent}-01-more"), None),
            (format!("00-{TRACE}-{parent}-01-"), None),
            (format!("ff-{TRACE}-{parent}-01"), None),
            (format!("00-{}-{parent}-01", "0".repeat(32)), None),
            (format!("00-{TRACE}-{}-01", "0".repeat(16)), None),
            (format!("00-{}-{parent}-01", TRACE.to_uppercase()), None),
            (format!("00-{TRACE}-{parent}-0x"), None),
            (format!("00-{TRACE}-{parent}"), None),
            (format!("0-{TRACE}-{parent}-01"), None),
            (format!(" 00-{TRACE}-{parent}-01"), None),
            (String::new(), None),
        ] {
            assert_eq!(parse(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_repeated_traceparent_is_ignored() {
        let mut headers = HeaderMap::new();
        let one =
            HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        headers.append(TRACEPARENT.clone(), one.clone());
        assert_eq!(trace_id(&headers), Some(TRACE));
        headers.append(TRACEPARENT.clone(), one);
        assert_eq!(trace_id(&headers), None);
    }
}
