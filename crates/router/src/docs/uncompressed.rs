//! The bytes of a file without the feature `compression`: as they are.

use actix_web::{http::header::HeaderMap, web::Bytes};

/// Whether the bytes depend on `Accept-Encoding`.
pub(super) const VARY: bool = false;

pub(super) struct Representations(Bytes);

impl Representations {
    pub(super) const fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    pub(super) fn source(&self) -> &Bytes {
        &self.0
    }

    pub(super) fn preferred(&self, _: &HeaderMap) -> (&'static str, &Bytes) {
        ("identity", &self.0)
    }
}
