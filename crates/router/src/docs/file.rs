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

use super::encoding::{Coding, encode};

/// A file served from memory, in the coding the client prefers.
pub(super) struct MemoryFile {
    content_type: &'static str,
    identity: Bytes,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
    tag: OnceLock<u64>,
}

impl MemoryFile {
    pub(super) fn new(content_type: &'static str, bytes: Bytes) -> Self {
        Self {
            content_type,
            identity: bytes,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            tag: OnceLock::new(),
        }
    }

    /// The bytes in a coding, made when they are asked for first. Where that
    /// does not make them smaller they stay as they are.
    fn bytes(&self, coding: Coding) -> (Coding, &Bytes) {
        let slot = match coding {
            Coding::Identity => return (Coding::Identity, &self.identity),
            Coding::Gzip => &self.gzip,
            Coding::Brotli => &self.brotli,
        };
        let encoded = slot.get_or_init(|| {
            encode(&self.identity, coding)
                .filter(|encoded| encoded.len() < self.identity.len())
                .map(Bytes::from)
        });
        match encoded {
            Some(bytes) => (coding, bytes),
            None => (Coding::Identity, &self.identity),
        }
    }

    /// What the entity tags begin with: a hash, made when it is asked for first,
    /// so that files nobody reads stay on the disk they are mapped from.
    fn tag(&self) -> u64 {
        *self.tag.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.identity.hash(&mut hasher);
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
