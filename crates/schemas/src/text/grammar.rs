//! The grammar of numbers and booleans in text: that of JSON.
//!
//! `5`, `-0` and `1.5e3` are numbers; `+5`, ` 5`, `05`, `.5`, `0x5`, `inf` and `NaN` are not.

/// Returns whether `text` is an integer: an optional minus, then digits without a leading zero.
pub(crate) fn is_integer(text: &str) -> bool {
    integer_length(text.as_bytes()) == Some(text.len())
}

/// Returns whether `text` is a JSON number.
pub(crate) fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(mut at) = integer_length(bytes) else {
        return false;
    };
    if bytes.get(at) == Some(&b'.') {
        let digits = count_digits(&bytes[at + 1..]);
        if digits == 0 {
            return false;
        }
        at += 1 + digits;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let digits = count_digits(&bytes[at..]);
        if digits == 0 {
            return false;
        }
        at += digits;
    }
    at == bytes.len()
}

/// Returns the boolean `text` represents: `true` or `false`, in this spelling only.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Returns the length of the integer at the start of `bytes`, if there is one.
fn integer_length(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    match count_digits(&bytes[sign..]) {
        0 => None,
        1 => Some(sign + 1),
        _ if bytes[sign] == b'0' => None,
        digits => Some(sign + digits),
    }
}

fn count_digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_as_in_json() {
        for text in [
            "0",
            "-0",
            "7",
            "10",
            "-10",
            "123456789012345678901234567890",
        ] {
            assert!(is_integer(text), "{text}");
        }
        for text in [
            "", "-", "+1", " 1", "1 ", "01", "-01", "1.0", "1e2", "0x1", "１", "1\n",
        ] {
            assert!(!is_integer(text), "{text}");
        }
    }

    #[test]
    fn numbers_have_the_grammar_of_json() {
        for text in ["0", "-0", "1.5", "-1.5e3", "1E+3", "1e-3", "0.0"] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "", ".", ".5", "5.", "1e", "1e+", "01.5", "+1.5", "inf", "NaN", "1.5 ", "1_000",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
