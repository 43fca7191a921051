//! Broken percent-encoding in queries, as Flask reads it: what cannot be decoded
//! is literal text.

use std::borrow::Cow;

/// Returns a query in which every `%` that begins no byte, and every byte that belongs
/// to no text in UTF-8, is encoded once more: `100%` becomes `100%25` and `%ff`
/// becomes `%25FF`.
pub(super) fn literal_where_broken(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('%') else {
        return Cow::Borrowed(raw);
    };
    let (before, mut rest) = raw.split_at(first);
    let mut whole = before.to_owned();
    let mut bytes = Vec::new();
    while let Some(percent) = rest.find('%') {
        let (plain, encoded) = rest.split_at(percent);
        whole.push_str(plain);
        rest = encoded;
        bytes.clear();
        while let Some((byte, after)) = escape(rest) {
            bytes.push(byte);
            rest = after;
        }
        for chunk in bytes.utf8_chunks() {
            push(&mut whole, "%", chunk.valid().as_bytes());
            push(&mut whole, "%25", chunk.invalid());
        }
        if let Some(after) = rest.strip_prefix('%') {
            whole.push_str("%25");
            rest = after;
        }
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

/// Returns the byte of a `%XX` at the start, and the rest.
fn escape(text: &str) -> Option<(u8, &str)> {
    let digits = text.strip_prefix('%')?;
    let (digits, after) = digits.split_at_checked(2)?;
    let both = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| both)?;
    Some((byte, after))
}

fn push(text: &mut String, sign: &str, bytes: &[u8]) {
    for byte in bytes {
        text.push_str(&format!("{sign}{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_encoding_is_kept() {
        for (raw, same) in [
            ("", ""),
            ("name=Ada+Lovelace&x=1", "name=Ada+Lovelace&x=1"),
            ("n%61me=Ren%c3%a9e%20x", "n%61me=Ren%C3%A9e%20x"),
            ("%F0%9F%98%80", "%F0%9F%98%80"),
        ] {
            assert_eq!(literal_where_broken(raw), same);
        }
    }

    #[test]
    fn invalid_encoding_is_literal_text() {
        for (raw, literal) in [
            ("100%", "100%25"),
            ("%&a=%", "%25&a=%25"),
            ("%zz%2", "%25zz%252"),
            ("%+1", "%25+1"),
            ("%%41", "%25%41"),
            ("%ff", "%25FF"),
            ("%41%c3%41", "%41%25C3%41"),
            ("%\u{e9}%f", "%25\u{e9}%25f"),
        ] {
            assert_eq!(literal_where_broken(raw), literal);
        }
    }
}
