//! What becomes of a path with a slash at its end too many, or too few.

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::{
        StatusCode, Uri,
        header::{self, HeaderValue},
    },
};

use crate::error::ErrorStyle;

/// Whether `/todos` and `/todos/` are one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// They are two: what is not declared is not found.
    #[default]
    Strict,
    /// Who asks for the one that is not declared is sent to the other, with a
    /// 308 (RFC 9110 section 15.4.9) and a relative `Location`, which holds
    /// behind any proxy.
    Redirect,
    /// As [`Redirect`](Self::Redirect), but only from a missing slash to one
    /// that is declared: Flask's rule.
    RedirectMissing,
    /// They are one.
    Merge,
}

/// The way from the path that was asked for to the one that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detour {
    AddSlash,
    DropSlash,
}

/// The other spelling of a template's shape, and the way from it to the
/// template; none for `/` and for what takes all the rest.
pub(crate) fn other(shape: &str) -> Option<(String, Detour)> {
    if shape == "/" || shape.contains("{*") {
        return None;
    }
    Some(match shape.strip_suffix('/') {
        Some(without) => (without.to_owned(), Detour::AddSlash),
        None => (format!("{shape}/"), Detour::DropSlash),
    })
}

impl TrailingSlash {
    /// Whether the other spelling answers at all.
    pub(crate) fn takes(self, detour: Detour) -> bool {
        match self {
            Self::Strict => false,
            Self::RedirectMissing => detour == Detour::AddSlash,
            Self::Redirect | Self::Merge => true,
        }
    }
}

impl Detour {
    /// The redirect; the query goes along.
    pub(crate) fn respond(self, uri: &Uri, style: ErrorStyle) -> HttpResponse {
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
        let body = if style.is_rebar() {
            let body = serde_json::json!({"message": "Permanent Redirect", "new_url": location});
            BoxBody::new(body.to_string())
        } else {
            BoxBody::new(())
        };
        let mut response = HttpResponse::with_body(StatusCode::PERMANENT_REDIRECT, body);
        let headers = response.headers_mut();
        if style.is_rebar() {
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
