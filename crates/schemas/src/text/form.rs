//! Parses query strings as HTML forms write them: `name=text` pairs separated by `&`, `+` for a space, `%XX` for a byte
//! (`application/x-www-form-urlencoded`).

use std::borrow::Cow;

/// A pair that cannot be decoded: `%` without two hexadecimal digits, or bytes that are not UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Undecodable {
    /// The name, as far as it can be decoded.
    pub(crate) name: String,
}

/// Returns the pairs of a query string, in order; empty parts (`a=1&&b=2`) are skipped, `a` alone means `a=`.
pub(crate) fn pairs(
    raw: &str,
) -> impl Iterator<Item = Result<(Cow<'_, str>, Cow<'_, str>), Undecodable>> {
    raw.split('&').filter(|part| !part.is_empty()).map(|part| {
        let (name, text) = part.split_once('=').unwrap_or((part, ""));
        match (decode(name), decode(text)) {
            (Ok(name), Ok(text)) => Ok((name, text)),
            (Ok(name), Err(_)) => Err(Undecodable {
                name: name.into_owned(),
            }),
            (Err(name), _) => Err(Undecodable { name }),
        }
    })
}

/// Decodes a name or text; invalid parts are replaced.
fn decode(raw: &str) -> Result<Cow<'_, str>, String> {
    if !raw.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Ok(Cow::Borrowed(raw));
    }
    let bytes = raw.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut whole = true;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => match (hex(bytes.get(at)), hex(bytes.get(at + 1))) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    at += 2;
                }
                _ => {
                    whole = false;
                    decoded.push(byte);
                }
            },
            _ => decoded.push(byte),
        }
    }
    match String::from_utf8(decoded) {
        Ok(text) if whole => Ok(Cow::Owned(text)),
        Ok(text) => Err(text),
        Err(error) => Err(String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

fn hex(digit: Option<&u8>) -> Option<u8> {
    char::from(*digit?)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Vec<Result<(String, String), String>> {
        pairs(raw)
            .map(|pair| {
                pair.map(|(name, text)| (name.into_owned(), text.into_owned()))
                    .map_err(|error| error.name)
            })
            .collect()
    }

    #[test]
    fn pairs_are_decoded_as_forms_are() {
        let expected = [("a", "1 2"), ("b", "é&="), ("c", ""), ("d", ""), ("", "x")];
        let expected: Vec<_> = expected
            .map(|(name, text)| Ok((name.to_owned(), text.to_owned())))
            .into();
        assert_eq!(read("a=1+2&b=%C3%A9%26=&&c&d=&=x"), expected);
    }

    #[test]
    fn what_cannot_be_decoded_is_named() {
        assert_eq!(
            read("a=%&b=%f&c=%zz&d=%ff"),
            ["a", "b", "c", "d"].map(|name| Err(name.to_owned()))
        );
        assert_eq!(
            read("%ff=1&x%2=1"),
            [Err("\u{fffd}".to_owned()), Err("x%2".to_owned())]
        );
    }
}
