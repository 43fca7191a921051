//! The enforced string formats of JSON Schema 2020-12. Validators and the checks of a type call the same functions, so that
//! the document and the server cannot differ.

/// The test of a format.
type Test = fn(&str) -> bool;

/// Returns the test of a format; `None` for formats that are annotations.
pub(crate) fn test(format: &str) -> Option<Test> {
    Some(match format {
        "email" => is_email,
        "uri" => is_uri,
        "uuid" => is_uuid,
        "date-time" => is_date_time,
        "date" => is_date,
        "time" => is_time,
        "duration" => is_duration,
        "ipv4" => is_ipv4,
        "ipv6" => is_ipv6,
        "ip" => is_ip,
        _ => return None,
    })
}

/// The formats of JSON Schema 2020-12 (validation, section 7.3) that are not enforced.
pub(crate) const UNENFORCED: [&str; 10] = [
    "hostname",
    "idn-hostname",
    "idn-email",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri-reference",
    "uri-template",
];

/// Returns whether Rust types of this format accept strings that the format does not allow, so that the string has to be
/// checked.
pub(crate) fn is_read_laxly(format: &str) -> bool {
    test(format).is_some() && !matches!(format, "email" | "uri")
}

/// Returns whether a text is a `Mailbox` of RFC 5321 section 4.1.2, in ASCII.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = rsplit_at_sign(text) else {
        return false;
    };
    let is_local = if let Some(quoted) = local.strip_prefix('"') {
        quoted.strip_suffix('"').is_some_and(is_quoted)
    } else {
        is_dot_string(local)
    };
    local.len() <= 64 && is_local && (is_hostname(domain) || is_address_literal(domain))
}

fn rsplit_at_sign(text: &str) -> Option<(&str, &str)> {
    // For texts this short a search by byte is quicker than that of `str`.
    let at = text.bytes().rposition(|byte| byte == b'@')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Returns whether a text consists of atoms with a dot between two of them.
fn is_dot_string(text: &str) -> bool {
    let mut may_end = false;
    for byte in text.bytes() {
        let is_atom = IS_OF_ATOM[usize::from(byte)];
        if !(is_atom || byte == b'.' && may_end) {
            return false;
        }
        may_end = is_atom;
    }
    may_end
}

const IS_OF_ATOM: [bool; 256] = bytes_of(b"!#$%&'*+-/=?^_`{|}~");

const IS_OF_LABEL: [bool; 256] = bytes_of(b"-");

/// Returns for each byte whether it is a letter, a digit or one of some others.
const fn bytes_of(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < others.len() {
        table[others[index] as usize] = true;
        index += 1;
    }
    table
}

fn is_quoted(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                if !bytes.next().is_some_and(|next| matches!(next, 32..=126)) {
                    return false;
                }
            }
            b'"' => return false,
            32..=126 => {}
            _ => return false,
        }
    }
    true
}

fn is_address_literal(domain: &str) -> bool {
    let Some(inner) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) else {
        return false;
    };
    match inner.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => is_ipv6(address),
        _ => is_ipv4(inner),
    }
}

/// Returns whether a text is a host name (RFC 1123 section 2.1); hyphens in the third and fourth place are reserved for
/// internationalised names, `xn--` and what follows (RFC 5890 section 2.3.1).
fn is_hostname(text: &str) -> bool {
    text.len() <= 253 && text.as_bytes().split(|byte| *byte == b'.').all(is_label)
}

fn is_label(label: &[u8]) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with(b"-")
        && !label.ends_with(b"-")
        && (label.get(2..4) != Some(b"--") || label.starts_with(b"xn--"))
        && label.iter().all(|byte| IS_OF_LABEL[usize::from(*byte)])
}

/// Returns whether a text is an absolute URI (RFC 3986 section 3): a scheme, and allowed characters.
pub(crate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_is_one = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !scheme_is_one {
        return false;
    }
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            if !is_authority(&rest[..end]) {
                return false;
            }
            &rest[end..]
        }
        None => rest,
    };
    holds_only(path, b"/:@")
        && query.is_none_or(|query| holds_only(query, b"/:@?"))
        && fragment.is_none_or(|fragment| holds_only(fragment, b"/:@?"))
}

fn is_authority(text: &str) -> bool {
    let (user, host) = match text.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", text),
    };
    if !holds_only(user, b":") {
        return false;
    }
    let (host, port) = if host.starts_with('[') {
        let Some(end) = host.find(']') else {
            return false;
        };
        let (address, rest) = host.split_at(end + 1);
        let inside = &address[1..end];
        let is_address = is_ipv6(inside) || is_future_address(inside);
        if !is_address || !(rest.is_empty() || rest.starts_with(':')) {
            return false;
        }
        ("", rest.strip_prefix(':').unwrap_or_default())
    } else {
        host.split_once(':').unwrap_or((host, ""))
    };
    holds_only(host, b"") && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// `IPvFuture` of RFC 3986 section 3.2.2.
fn is_future_address(text: &str) -> bool {
    let Some((version, rest)) = text
        .strip_prefix(['v', 'V'])
        .and_then(|text| text.split_once('.'))
    else {
        return false;
    };
    !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !rest.is_empty()
        && !rest.contains('%')
        && holds_only(rest, b":")
}

/// Unreserved characters, sub-delimiters, percent-encoded bytes, and `more`.
fn holds_only(text: &str, more: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'%' => {
                let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
                if !is_hex(index + 1) || !is_hex(index + 2) {
                    return false;
                }
                index += 2;
            }
            byte if byte.is_ascii_alphanumeric()
                || b"-._~!$&'()*+,;=".contains(byte)
                || more.contains(byte) => {}
            _ => return false,
        }
        index += 1;
    }
    true
}

/// RFC 9562 section 4: hexadecimal digits in groups of 8-4-4-4-12.
pub(crate) fn is_uuid(text: &str) -> bool {
    let Ok(bytes) = <&[u8; 36]>::try_from(text.as_bytes()) else {
        return false;
    };
    // Without branches, which compiles to a few vector instructions.
    let mut digits = *bytes;
    let mut hyphens = true;
    for at in [8, 13, 18, 23] {
        hyphens &= digits[at] == b'-';
        digits[at] = b'0';
    }
    hyphens
        && digits
            .iter()
            .fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

/// `date-time` of RFC 3339 section 5.6.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((date, [separator, time @ ..])) = text.as_bytes().split_at_checked(10) else {
        return false;
    };
    matches!(separator, b'T' | b't') && is_date_of(date) && is_time_of(time)
}

/// `full-date` of RFC 3339 section 5.6.
pub(crate) fn is_date(text: &str) -> bool {
    is_date_of(text.as_bytes())
}

fn is_date_of(bytes: &[u8]) -> bool {
    let &[c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return false;
    };
    let (Some(century), Some(year), Some(month), Some(day)) = (
        number(c1, c2),
        number(y1, y2),
        number(m1, m2),
        number(d1, d2),
    ) else {
        return false;
    };
    let leap = year % 4 == 0 && (year != 0 || century % 4 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `full-time` of RFC 3339 section 5.6; a leap second only where one can be,
/// at 23:59 UTC.
pub(crate) fn is_time(text: &str) -> bool {
    is_time_of(text.as_bytes())
}

fn is_time_of(bytes: &[u8]) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = bytes else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) =
        (number(*h1, *h2), number(*m1, *m2), number(*s1, *s2))
    else {
        return false;
    };
    let mut rest = rest;
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return false;
        }
        rest = &fraction[digits..];
    }
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (Some(hours), Some(minutes)) = (number(*h1, *h2), number(*m1, *m2)) else {
                return false;
            };
            if hours > 23 || minutes > 59 {
                return false;
            }
            let minutes = i64::from(hours * 60 + minutes);
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return false,
    };
    let utc = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && utc == 23 * 60 + 59))
}

/// Two ASCII digits as a number.
#[inline]
fn number(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// `duration` of RFC 3339 appendix A.
pub(crate) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    if let Some(weeks) = rest.strip_suffix('W') {
        return !weeks.is_empty() && weeks.bytes().all(|byte| byte.is_ascii_digit());
    }
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    !rest.is_empty() && has_units(date, b"YMD") && has_units(time, b"HMS")
}

/// Numbers with these units, in order and without gaps between them.
fn has_units(text: &str, units: &[u8]) -> bool {
    let mut previous: Option<usize> = None;
    let mut digits = 0;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            digits += 1;
            continue;
        }
        let Some(unit) = units.iter().position(|unit| *unit == byte) else {
            return false;
        };
        if digits == 0 || previous.is_some_and(|previous| unit != previous + 1) {
            return false;
        }
        previous = Some(unit);
        digits = 0;
    }
    digits == 0
}

/// Dotted decimal, without leading zeros (RFC 2673 section 3.2).
pub(crate) fn is_ipv4(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

/// RFC 4291 section 2.2.
pub(crate) fn is_ipv6(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Either of the two.
pub(crate) fn is_ip(text: &str) -> bool {
    is_ipv4(text) || is_ipv6(text)
}
