//! A file in memory, with its entity tags.

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

#[cfg(feature = "compression")]
use super::compressed::{Representations, VARY};
#[cfg(not(feature = "compression"))]
use super::uncompressed::{Representations, VARY};
use crate::{
    conditional::{Current, EntityTag, Evaluation},
    pieces::in_pieces,
};

/// A file served from memory, in the coding the client prefers.
pub(super) struct MemoryFile {
    content_type: &'static str,
    representations: Representations,
    tag: OnceLock<EntityTag>,
}

impl MemoryFile {
    pub(super) const fn new(content_type: &'static str, bytes: Bytes) -> Self {
        Self::of(content_type, Representations::new(bytes))
    }

    pub(super) const fn of(content_type: &'static str, representations: Representations) -> Self {
        Self {
            content_type,
            representations,
            tag: OnceLock::new(),
        }
    }

    /// Returns the entity tag of the bytes as given, computed at the first use, so
    /// that files which are not requested are not read into memory.
    fn tag(&self) -> &EntityTag {
        self.tag
            .get_or_init(|| EntityTag::of_bytes(self.representations.source()))
    }

    pub(super) fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let (coding, bytes) = self.representations.preferred(request.headers());
        // A strong tag names the bytes on the wire (RFC 9110 section 8.8.3).
        let tag = self.tag().in_coding(coding);
        let outcome = Current::new(Some(&tag), None).evaluate(request.method(), request.headers());
        if outcome == Evaluation::Failed {
            return HttpResponse::new(StatusCode::PRECONDITION_FAILED);
        }
        let mut response = if outcome == Evaluation::NotModified {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let mut response =
                HttpResponse::with_body(StatusCode::OK, in_pieces(BoxBody::new(bytes.clone())));
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.content_type),
            );
            if coding != "identity" {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            response
        };
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if VARY {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Ok(tag) = HeaderValue::from_str(tag.as_str()) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

#[cfg(test)]
impl MemoryFile {
    pub(super) fn representations(&self) -> &Representations {
        &self.representations
    }
}
