//! Reading media types as text (RFC 9110 section 8.3, RFC 6838, RFC 6839).

use purlin_schemas::__router::is_utf8_charset;

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
#[cfg(feature = "multipart")]
pub(crate) const MULTIPART: &str = "multipart/form-data";
pub(crate) const EVENTS: &str = "text/event-stream";
pub(crate) const JSON_LINES: &str = "application/jsonl";
pub(crate) const TEXT: &str = "text/plain";

/// Returns a media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    // For so short a text a loop takes less than the search for a character.
    let end = media_type.bytes().position(|byte| byte == b';');
    let essence = end.and_then(|end| media_type.get(..end));
    essence.unwrap_or(media_type).trim()
}

/// Splits a header at a separator that is not within quotation marks (RFC 9110 section 5.6.4).
pub(crate) fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.split(move |character: char| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        match character {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => is_escaped = true,
            _ => return character == separator && !is_quoted,
        }
        false
    })
}

/// Returns the charset of a media type that is not UTF-8, under any of its names.
pub(crate) fn foreign_charset(media_type: &str) -> Option<&str> {
    let parameters = media_type.as_bytes().split(|byte| *byte == b';').skip(1);
    let charsets = parameters.filter_map(|parameter| {
        let end = parameter.iter().position(|byte| *byte == b'=');
        let (name, value) = parameter.split_at(end.unwrap_or(parameter.len()));
        let is_charset = name.trim_ascii().eq_ignore_ascii_case(b"charset");
        let value = value.strip_prefix(b"=").unwrap_or_default();
        is_charset.then(|| std::str::from_utf8(value).unwrap_or_default())
    });
    let mut charsets = charsets.map(|value| value.trim().trim_matches('"'));
    charsets.find(|value| !is_utf8_charset(value))
}

/// Returns whether a media type has no charset, or UTF-8.
pub(crate) fn is_utf8(media_type: &str) -> bool {
    foreign_charset(media_type).is_none()
}

/// Returns whether a media type is `application/json` or `application/…+json`, in UTF-8.
pub(crate) fn is_json(media_type: &str) -> bool {
    is_json_essence(essence(media_type)) && is_utf8(media_type)
}

/// Returns whether a media type without parameters is `application/json` or `application/…+json`.
pub(crate) fn is_json_essence(essence: &str) -> bool {
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let ends_with_json = |subtype: &str| {
        let suffix = subtype.len().checked_sub("+json".len());
        suffix
            .filter(|at| *at > 0)
            .and_then(|at| subtype.get(at..))
            .is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"))
    };
    kind.eq_ignore_ascii_case("application")
        && is_one(essence)
        && (subtype.eq_ignore_ascii_case("json") || ends_with_json(subtype))
}

/// Returns whether a text is the name of a media type of JSON; in lower case, as names are written in a program.
pub(crate) const fn is_json_name(name: &str) -> bool {
    const WHOLE: &[u8] = JSON.as_bytes();
    const PREFIX: &[u8] = b"application/";
    const SUFFIX: &[u8] = b"+json";
    let bytes = name.as_bytes();
    if !is_one(name) {
        return false;
    }
    matches(bytes, 0, WHOLE) && bytes.len() == WHOLE.len()
        || bytes.len() > PREFIX.len() + SUFFIX.len()
            && matches(bytes, 0, PREFIX)
            && matches(bytes, bytes.len() - SUFFIX.len(), SUFFIX)
}

/// Returns whether a part of a text is at a position.
const fn matches(text: &[u8], from: usize, part: &[u8]) -> bool {
    if text.len() < from + part.len() {
        return false;
    }
    let mut at = 0;
    while at < part.len() {
        if text[from + at] != part[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Returns whether a media type without parameters is in a range such as `image/*`, or equal to it.
#[cfg(feature = "multipart")]
pub(crate) fn is_in_range(essence: &str, range: &str) -> bool {
    match range.strip_suffix('*') {
        Some(kind) => essence
            .get(..kind.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(kind)),
        None => essence.eq_ignore_ascii_case(range),
    }
}

/// Returns whether a text is `type/subtype` (RFC 6838 section 4.2) or a range such as `image/*`.
pub(crate) const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut slashes = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if at > 0 && at + 1 < bytes.len() => slashes += 1,
            b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+' | b'*' => {}
            byte if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        at += 1;
    }
    slashes == 1
}

/// Returns whether a text is the name of one media type.
pub(crate) const fn is_one(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'*' {
            return false;
        }
        at += 1;
    }
    is_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_type_and_a_subtype() {
        for name in ["image/png", "image/*", "application/vnd.api+json"] {
            assert!(is_name(name), "{name}");
            assert_eq!(is_one(name), !name.contains('*'), "{name}");
        }
        for name in [
            "", "/", "image", "image/", "/png", "a/b/c", "a b/c", "a/b;c=d",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn names_of_json_are_recognised_while_compiling() {
        for name in ["application/json", "application/vnd.api+json"] {
            assert!(is_json_name(name), "{name}");
        }
        for name in [
            "text/json",
            "application/+json",
            "application/jsonp",
            "json",
            "application/*+json",
        ] {
            assert!(!is_json_name(name), "{name}");
        }
    }

    #[test]
    fn json_is_recognised_by_type_and_suffix_and_in_utf_8_alone() {
        for (media_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=\"UTF-8\"", true),
            ("application/json;charset=utf8", true),
            ("application/json; Charset=US-ASCII", true),
            ("application/vnd.api+json;profile=x", true),
            ("application/problem+JSON", true),
            ("application/json;charset=latin1", false),
            ("application/+json", false),
            ("application/*+json", false),
            ("application/jsonp", false),
            ("text/json", false),
            ("json", false),
            ("", false),
        ] {
            assert_eq!(is_json(media_type), expected, "{media_type}");
        }
    }

    #[test]
    fn a_range_has_every_subtype_of_its_type() {
        assert!(is_in_range("image/PNG", "image/*"));
        assert!(is_in_range("image/png", "IMAGE/png"));
        assert!(!is_in_range("imag", "image/*"));
        assert!(!is_in_range("text/csv", "image/*"));
    }
}
