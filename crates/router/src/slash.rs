//! Paths that differ from a declared one by their trailing slash.

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::{
        StatusCode, Uri,
        header::{self, HeaderValue},
    },
};

use crate::compatibility::Compatibility;

/// Whether `/todos` and `/todos/` are the same path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// They are two paths: one that is not declared is not found.
    #[default]
    Strict,
    /// A request for the one that is not declared is redirected to the other,
    /// with a 308 (RFC 9110 section 15.4.9) and a relative `Location`, which is
    /// right behind any proxy.
    Redirect,
    /// As [`Redirect`](Self::Redirect), but only from a missing slash to one
    /// that is declared: Flask's rule.
    RedirectMissing,
    /// They are the same path.
    Merge,
}

/// The redirect from the requested path to the declared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlashRedirect {
    AddSlash,
    DropSlash,
}

/// Returns a template's shape with the other trailing slash, and the redirect
/// from it to the template; `None` for `/` and for catch-all templates.
pub(crate) fn other(shape: &str) -> Option<(String, SlashRedirect)> {
    if shape == "/" || shape.contains("{*") {
        return None;
    }
    Some(match shape.strip_suffix('/') {
        Some(without) => (without.to_owned(), SlashRedirect::AddSlash),
        None => (format!("{shape}/"), SlashRedirect::DropSlash),
    })
}

impl TrailingSlash {
    /// Returns whether the path with the other trailing slash is served at all.
    pub(crate) fn allows(self, redirect: SlashRedirect) -> bool {
        match self {
            Self::Strict => false,
            Self::RedirectMissing => redirect == SlashRedirect::AddSlash,
            Self::Redirect | Self::Merge => true,
        }
    }
}

impl SlashRedirect {
    /// Returns the redirect response; its `Location` keeps the query.
    pub(crate) fn respond(self, uri: &Uri, compatibility: Compatibility) -> HttpResponse {
        let path = uri.path();
        let own = path.trim_end_matches('/');
        let last = own.rsplit('/').next().unwrap_or_default();
        // `./` keeps a colon from reading as a scheme (RFC 3986 section 4.2).
        let mut location = match self {
            Self::AddSlash => format!("./{last}/"),
            Self::DropSlash => format!("../{last}"),
        };
        if let Some(query) = uri.query() {
            location.push('?');
            location.push_str(query);
        }
        let body = if compatibility.redirect_has_body() {
            let body = serde_json::json!({"message": "Permanent Redirect", "new_url": location});
            BoxBody::new(body.to_string())
        } else {
            BoxBody::new(())
        };
        let mut response = HttpResponse::with_body(StatusCode::PERMANENT_REDIRECT, body);
        let headers = response.headers_mut();
        if compatibility.redirect_has_body() {
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, json);
        }
        // A request target holds what a header may.
        if let Ok(location) = HeaderValue::try_from(location) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}
