//! A file in memory, with its compressed forms and entity tags.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Bytes,
};

use crate::coding::{Coding, Effort, decoded, encode};

/// A file served from memory, in the coding the client prefers.
pub(super) struct MemoryFile {
    content_type: &'static str,
    /// What everything else is made of, and the coding it is in.
    given: (Coding, Bytes),
    identity: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
    tag: OnceLock<u64>,
}

impl MemoryFile {
    pub(super) const fn new(content_type: &'static str, bytes: Bytes) -> Self {
        Self::given(content_type, Coding::Identity, bytes)
    }

    /// A file that comes compressed with brotli, and is decompressed when somebody asks who does not know brotli.
    pub(super) const fn brotli(content_type: &'static str, bytes: &'static [u8]) -> Self {
        Self::given(content_type, Coding::Brotli, Bytes::from_static(bytes))
    }

    const fn given(content_type: &'static str, coding: Coding, bytes: Bytes) -> Self {
        Self {
            content_type,
            given: (coding, bytes),
            identity: OnceLock::new(),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            tag: OnceLock::new(),
        }
    }

    /// The bytes in a coding, made when they are asked for first. Where compressing does not make them smaller they stay
    /// as they are, and where nothing else can be made of them, as they were given.
    pub(super) fn bytes(&self, coding: Coding) -> (Coding, &Bytes) {
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
            (None, _) => self.bytes(Coding::Identity),
        }
    }

    /// Nothing where that does not make it smaller.
    fn compressed(&self, coding: Coding) -> Option<Bytes> {
        let (Coding::Identity, bytes) = self.bytes(Coding::Identity) else {
            return None;
        };
        let compressed = encode(bytes, coding, Effort::Once).ok()?;
        (compressed.len() < bytes.len()).then_some(compressed)
    }

    /// What the entity tags begin with: a hash, made when it is asked for first,
    /// so that files nobody reads stay on the disk they are mapped from.
    fn tag(&self) -> u64 {
        *self.tag.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.given.1.hash(&mut hasher);
            hasher.finish()
        })
    }

    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let (coding, bytes) = self.bytes(Coding::preferred(request.headers()));
        // A strong tag names the bytes on the wire (RFC 9110 section 8.8.3).
        let tag = format!("\"{:016x}-{}\"", self.tag(), coding.name());
        let mut response = if is_known(request, &tag) {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(bytes.clone()));
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.content_type),
            );
            if coding != Coding::Identity {
                headers.insert(
                    header::CONTENT_ENCODING,
                    HeaderValue::from_static(coding.name()),
                );
            }
            response
        };
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "accept-encoding"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// Whether the client has these bytes (RFC 9110 section 13.1.2, compared weakly).
fn is_known(request: &HttpRequest, tag: &str) -> bool {
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The OpenAPI document.
pub(crate) struct OpenApiFile(MemoryFile);

impl OpenApiFile {
    /// Compresses the document, so that no request waits for it.
    pub(crate) fn new(json: &str) -> Self {
        let bytes = Bytes::copy_from_slice(json.as_bytes());
        let file = MemoryFile::new("application/json", bytes);
        file.tag();
        file.bytes(Coding::Gzip);
        file.bytes(Coding::Brotli);
        Self(file)
    }

    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        self.0.answer(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_brotli_is_sent_as_it_was_given() {
        let file = MemoryFile::brotli("text/plain", b"no brotli");
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.bytes(coding).0, Coding::Brotli);
        }
    }

    #[test]
    fn what_does_not_get_smaller_is_sent_as_it_is() {
        let file = MemoryFile::new("text/plain", Bytes::from_static(b"a"));
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.bytes(coding), (Coding::Identity, &"a".into()));
        }
    }
}
