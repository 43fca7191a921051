//! The bytes of a file in every content coding.

use std::sync::OnceLock;

use actix_web::{http::header::HeaderMap, web::Bytes};

use crate::coding::{Coding, Effort, decoded, encode};

/// Whether the bytes depend on `Accept-Encoding`.
pub(super) const VARY: bool = true;

/// One file, encoded at the first use.
pub(super) struct Representations {
    /// The source of the other codings, and the coding it is in.
    given: (Coding, Bytes),
    identity: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
}

impl Representations {
    pub(super) const fn new(bytes: Bytes) -> Self {
        Self::given(Coding::Identity, bytes)
    }

    /// A file that is compressed with brotli already, and is decompressed for clients without brotli.
    #[cfg(any(test, feature = "swagger-ui"))]
    pub(super) const fn brotli(bytes: &'static [u8]) -> Self {
        Self::given(Coding::Brotli, Bytes::from_static(bytes))
    }

    const fn given(coding: Coding, bytes: Bytes) -> Self {
        Self {
            given: (coding, bytes),
            identity: OnceLock::new(),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    /// Returns the bytes as given.
    pub(super) fn source(&self) -> &Bytes {
        &self.given.1
    }

    /// Returns the name of the coding that a client prefers, and the bytes in it.
    pub(super) fn preferred(&self, headers: &HeaderMap) -> (&'static str, &Bytes) {
        let (coding, bytes) = self.in_coding(Coding::preferred(headers));
        (coding.name(), bytes)
    }

    /// Returns the bytes in a coding, computed at the first use. Where compressing does not make them smaller they stay
    /// as they are, and where they cannot be decoded, as they were given.
    pub(super) fn in_coding(&self, coding: Coding) -> (Coding, &Bytes) {
        let (given, bytes) = &self.given;
        if coding == *given {
            return (coding, bytes);
        }
        let made = match coding {
            Coding::Identity => self.identity.get_or_init(|| decoded(bytes).ok()),
            Coding::Gzip => self.gzip.get_or_init(|| self.compressed(coding)),
            Coding::Brotli => self.brotli.get_or_init(|| self.compressed(coding)),
        };
        match (made, coding) {
            (Some(made), _) => (coding, made),
            (None, Coding::Identity) => (*given, bytes),
            (None, _) => self.in_coding(Coding::Identity),
        }
    }

    /// Returns the compressed bytes; `None` where they are not smaller.
    fn compressed(&self, coding: Coding) -> Option<Bytes> {
        let (Coding::Identity, bytes) = self.in_coding(Coding::Identity) else {
            return None;
        };
        let compressed = encode(bytes, coding, Effort::Once).ok()?;
        (compressed.len() < bytes.len()).then_some(compressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_brotli_are_sent_as_given() {
        let file = Representations::brotli(b"no brotli");
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.in_coding(coding).0, Coding::Brotli);
        }
    }

    #[test]
    fn bytes_that_do_not_get_smaller_are_sent_uncompressed() {
        let file = Representations::new(Bytes::from_static(b"a"));
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.in_coding(coding), (Coding::Identity, &"a".into()));
        }
    }
}
