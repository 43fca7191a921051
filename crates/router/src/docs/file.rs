//! A file in memory, with its compressed forms and entity tags.

use std::sync::OnceLock;

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Bytes,
};

use crate::{
    coding::{Coding, Effort, decoded, encode},
    conditional::{EntityTag, is_not_modified},
};

/// A file served from memory, in the coding the client prefers.
pub(super) struct MemoryFile {
    content_type: &'static str,
    /// The source of the other codings, and the coding it is in.
    given: (Coding, Bytes),
    identity: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
    tag: OnceLock<EntityTag>,
}

impl MemoryFile {
    pub(super) const fn new(content_type: &'static str, bytes: Bytes) -> Self {
        Self::given(content_type, Coding::Identity, bytes)
    }

    /// A file that is compressed with brotli already, and is decompressed for clients without brotli.
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

    /// Returns the bytes in a coding, computed at the first use. Where compressing does not make them smaller they stay
    /// as they are, and where they cannot be decoded, as they were given.
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

    /// Returns the compressed bytes; `None` where they are not smaller.
    fn compressed(&self, coding: Coding) -> Option<Bytes> {
        let (Coding::Identity, bytes) = self.bytes(Coding::Identity) else {
            return None;
        };
        let compressed = encode(bytes, coding, Effort::Once).ok()?;
        (compressed.len() < bytes.len()).then_some(compressed)
    }

    /// Returns the entity tag of the bytes as given, computed at the first use, so
    /// that files which are not requested are not read into memory.
    fn tag(&self) -> &EntityTag {
        self.tag.get_or_init(|| EntityTag::of_bytes(&self.given.1))
    }

    pub(super) fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let (coding, bytes) = self.bytes(Coding::preferred(request.headers()));
        // A strong tag names the bytes on the wire (RFC 9110 section 8.8.3).
        let tag = self.tag().in_coding(coding.name());
        let mut response = if is_not_modified(request, Some(&tag), None) {
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
        if let Ok(tag) = HeaderValue::from_str(tag.as_str()) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// The OpenAPI document.
pub(crate) struct OpenApiFile(MemoryFile);

impl OpenApiFile {
    /// Compresses the document now, so that no request waits for it.
    pub(crate) fn new(json: &str) -> Self {
        let bytes = Bytes::copy_from_slice(json.as_bytes());
        let file = MemoryFile::new("application/json", bytes);
        file.tag();
        file.bytes(Coding::Gzip);
        file.bytes(Coding::Brotli);
        Self(file)
    }

    pub(crate) fn respond(&self, request: &HttpRequest) -> HttpResponse {
        self.0.respond(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_brotli_are_sent_as_given() {
        let file = MemoryFile::brotli("text/plain", b"no brotli");
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.bytes(coding).0, Coding::Brotli);
        }
    }

    #[test]
    fn bytes_that_do_not_get_smaller_are_sent_uncompressed() {
        let file = MemoryFile::new("text/plain", Bytes::from_static(b"a"));
        for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            assert_eq!(file.bytes(coding), (Coding::Identity, &"a".into()));
        }
    }
}
