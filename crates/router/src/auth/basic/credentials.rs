//! The name and the password in a Basic credential.

use base64::{Engine, prelude::BASE64_STANDARD};

/// The length of the longest credential that is decoded.
const MAX_LENGTH: usize = 4096;

/// A name and a password that may be valid.
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: Vec<u8>,
}

impl Credentials {
    /// Decodes a credential; a name is UTF-8 and has no colon, and neither part has
    /// control characters (RFC 7617 section 2).
    pub(super) fn read(encoded: &str) -> Option<Self> {
        if encoded.len() > MAX_LENGTH {
            return None;
        }
        let bytes = BASE64_STANDARD.decode(encoded).ok()?;
        // With a NUL, bcrypt would take several passwords for the same.
        if bytes.iter().any(u8::is_ascii_control) {
            return None;
        }
        let colon = bytes.iter().position(|byte| *byte == b':')?;
        let (name, password) = bytes.split_at(colon);
        let name = String::from_utf8(name.to_vec()).ok()?;
        let password = password.get(1..)?.to_vec();
        (!password.is_empty()).then_some(Self { name, password })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(credentials: impl AsRef<[u8]>) -> Option<(String, Vec<u8>)> {
        let read = Credentials::read(&BASE64_STANDARD.encode(credentials));
        read.map(|Credentials { name, password }| (name, password))
    }

    #[test]
    fn the_first_colon_ends_the_name() {
        let both = |name: &str, password: &[u8]| Some((name.to_owned(), password.to_vec()));
        assert_eq!(read("ada:s3cret"), both("ada", b"s3cret"));
        assert_eq!(read("ada:a:b"), both("ada", b"a:b"));
        assert_eq!(read(":s3cret"), both("", b"s3cret"));
        assert_eq!(read(b"ada:\xff"), both("ada", b"\xff"));
    }

    #[test]
    fn malformed_credentials_are_not_read() {
        for bytes in [
            b"ada".as_slice(),
            b"ada:",
            b"a\xffda:s3cret",
            b"ada:s3c\0ret",
            b"ad\0a:s3cret",
            b"ada:s3cret\n",
            b"ada:\x7f",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
        assert!(Credentials::read("!").is_none());
    }

    #[test]
    fn long_credentials_are_not_decoded() {
        let of_length = |length: usize| read(format!("ada:{}", "x".repeat(length - 4)));
        // Four characters encode three bytes.
        assert!(of_length(MAX_LENGTH / 4 * 3).is_some());
        assert!(of_length(MAX_LENGTH / 4 * 3 + 1).is_none());
    }
}
