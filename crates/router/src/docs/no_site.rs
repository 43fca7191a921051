//! The docs page without the feature `swagger-ui`: there is none.

use actix_web::{HttpRequest, HttpResponse};

pub(crate) enum DocsSite {}

impl DocsSite {
    pub(super) fn path(&self) -> &str {
        match *self {}
    }

    pub(super) fn respond(&self, _: &HttpRequest, _: Option<&str>) -> Option<HttpResponse> {
        match *self {}
    }
}
