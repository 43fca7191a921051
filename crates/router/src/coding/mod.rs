//! Content codings: which one a client prefers, and how bytes are encoded in it and decoded. The docs in this crate and the
//! middleware of `purlin-app` decide what is compressed, and `extractors/decoding.rs` what is decoded.

mod decoder;
mod encoder;

use std::io::{self, Read as _};

use actix_web::{
    http::header::{self, HeaderMap},
    web::Bytes,
};
use brotli::Decompressor;

pub(crate) use self::decoder::Decoder;
pub use self::encoder::{Effort, Encoder, encode};
use crate::media::thousandths;

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// No encoding.
    Identity,
    /// Gzip (RFC 1952).
    Gzip,
    /// Brotli (RFC 7932).
    Brotli,
}

impl Coding {
    /// Returns the name in `Content-Encoding`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// Returns the coding a client prefers (RFC 9110 section 12.5.3); of equals the smallest. Without `Accept-Encoding`, and
    /// when no coding is accepted, it is `Identity`.
    #[must_use]
    pub fn preferred(headers: &HeaderMap) -> Self {
        let mut wildcard = None;
        let mut named = [None; 3];
        let ours = [Self::Brotli, Self::Gzip, Self::Identity];
        let values = headers
            .get_all(header::ACCEPT_ENCODING)
            .filter_map(|value| value.to_str().ok());
        for item in values.flat_map(|value| value.split(',')) {
            let (name, quality) = item_of(item);
            if name == "*" {
                wildcard = Some(quality);
            }
            for (coding, slot) in ours.iter().zip(&mut named) {
                if name.eq_ignore_ascii_case(coding.name()) {
                    *slot = Some(quality);
                }
            }
        }
        let mut best = (Self::Identity, 0);
        for (coding, quality) in ours.into_iter().zip(named) {
            let unnamed = if coding == Self::Identity { 1 } else { 0 };
            let quality = quality.or(wildcard).unwrap_or(unnamed);
            if quality > best.1 {
                best = (coding, quality);
            }
        }
        best.0
    }
}

/// Parses `gzip;q=0.5` as a name and thousandths.
fn item_of(item: &str) -> (&str, u16) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts
        .find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        })
        .map_or(1000, thousandths);
    (name, quality)
}

/// Decodes brotli.
///
/// # Errors
///
/// Returns an error for bytes that are not brotli, or not complete.
pub(crate) fn decoded(bytes: &[u8]) -> io::Result<Bytes> {
    let mut decoded = Vec::new();
    Decompressor::new(bytes, 4096).read_to_end(&mut decoded)?;
    Ok(decoded.into())
}

/// Decodes any coding.
#[cfg(test)]
pub(crate) fn plain(bytes: &[u8], coding: Coding) -> Bytes {
    match coding {
        Coding::Identity => Bytes::copy_from_slice(bytes),
        Coding::Brotli => decoded(bytes).unwrap(),
        Coding::Gzip => {
            let mut plain = Vec::new();
            let mut decoder = flate2::read::GzDecoder::new(bytes);
            decoder.read_to_end(&mut plain).unwrap();
            plain.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

    use super::Coding;

    fn preferred(accepted: &'static str) -> Coding {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        Coding::preferred(&headers)
    }

    #[test]
    fn the_coding_is_chosen_by_weight() {
        assert_eq!(Coding::preferred(&HeaderMap::new()), Coding::Identity);
        for (accepted, expected) in [
            ("", Coding::Identity),
            ("gzip", Coding::Gzip),
            ("gzip, br", Coding::Brotli),
            ("GZip;q=0.9, br;q=0.1", Coding::Gzip),
            ("br;q=0, gzip;q=0.001", Coding::Gzip),
            ("*", Coding::Brotli),
            ("*;q=0.1, identity;q=0.5", Coding::Identity),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("deflate", Coding::Identity),
            ("gzip;q=odd", Coding::Identity),
            ("*;q=0", Coding::Identity),
        ] {
            assert_eq!(preferred(accepted), expected, "{accepted}");
        }
    }
}
