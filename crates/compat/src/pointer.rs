//! JSON Pointers (RFC 6901).

/// Escapes a member name for a pointer (section 3).
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Decodes the pointer in a URI fragment, which is percent-encoded (section 6).
/// Malformed escapes are left as they are.
pub(crate) fn from_fragment(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let encoded = (first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = encoded
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() {
            tail.get(2..).unwrap_or_default()
        } else {
            tail
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_decoded_and_malformed_escapes_kept() {
        assert_eq!(from_fragment("/a%20b/%7B%C3%A4"), "/a b/{ä");
        assert_eq!(from_fragment("/100%/%zz/%4"), "/100%/%zz/%4");
    }
}
