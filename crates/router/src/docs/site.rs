//! The docs page: Swagger UI, with nothing from the network.
//!
//! All addresses in it are relative, so that it works under any scope and
//! behind a proxy that strips a part of the path.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Bytes,
};

use super::{compressed::Representations, file::MemoryFile};

/// What the page may load: its own files, and nothing inline but the style
/// attributes Swagger UI sets on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// What a page loads, for all pages alike: Swagger UI as `cargo xtask swagger-ui` commits it, and what starts it; the
/// document's address stands in the page.
static FILES: [(&str, MemoryFile); 4] = [
    (
        "swagger-ui-bundle.js",
        compressed(
            JS,
            include_bytes!("../../assets/swagger-ui/swagger-ui-bundle.js.br"),
        ),
    ),
    (
        "swagger-ui.css",
        compressed(
            CSS,
            include_bytes!("../../assets/swagger-ui/swagger-ui.css.br"),
        ),
    ),
    (
        "favicon-32x32.png",
        as_it_is(
            "image/png",
            include_bytes!("../../assets/swagger-ui/favicon-32x32.png"),
        ),
    ),
    (
        "start.js",
        as_it_is(JS, include_bytes!("../../assets/start.js")),
    ),
];

const fn compressed(content_type: &'static str, bytes: &'static [u8]) -> MemoryFile {
    MemoryFile::of(content_type, Representations::brotli(bytes))
}

const fn as_it_is(content_type: &'static str, bytes: &'static [u8]) -> MemoryFile {
    MemoryFile::new(content_type, Bytes::from_static(bytes))
}

/// The page, in both its forms.
pub(crate) struct DocsSite {
    path: String,
    page: MemoryFile,
    /// The same page for its address with a slash at the end.
    slashed: MemoryFile,
}

impl DocsSite {
    /// A page at one path for a document at another.
    pub(crate) fn new(title: &str, docs_path: &str, openapi_path: &str) -> Self {
        let folder = docs_path.rsplit('/').next().unwrap_or_default();
        let page = |folder: &str, path: &str| {
            let text = page(title, folder, &relative(path, openapi_path));
            MemoryFile::new("text/html; charset=utf-8", Bytes::from(text))
        };
        Self {
            path: docs_path.to_owned(),
            page: page(folder, docs_path),
            slashed: page(".", &format!("{docs_path}/")),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the page (`None`), its slashed form (an empty name) or one of its files.
    pub(super) fn respond(
        &self,
        request: &HttpRequest,
        file: Option<&str>,
    ) -> Option<HttpResponse> {
        let mut response = match file {
            None => self.page.respond(request),
            Some("") => self.slashed.respond(request),
            Some(name) => {
                let (_, file) = FILES.iter().find(|(known, _)| *known == name)?;
                file.respond(request)
            }
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        );
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        );
        Some(response)
    }
}

fn page(title: &str, folder: &str, openapi: &str) -> String {
    let (title, folder, openapi) = (escape(title), escape(folder), escape(openapi));
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{folder}/favicon-32x32.png">
<link rel="stylesheet" href="{folder}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-openapi="{openapi}"></div>
<script src="{folder}/swagger-ui-bundle.js"></script>
<script src="{folder}/start.js"></script>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// An address relative to a page (RFC 3986 section 4.2).
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len().saturating_sub(1).min(to.len().saturating_sub(1));
    let shared = from
        .iter()
        .zip(&to)
        .take(folders)
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.len().saturating_sub(1 + shared);
    let mut steps = vec![".."; up];
    steps.extend(to.iter().skip(shared));
    match steps.as_slice() {
        // A first step with a colon would read as a scheme.
        [first, ..] if first.contains(':') => format!("./{}", steps.join("/")),
        _ => steps.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, page, relative};
    use crate::coding::{Coding, plain};

    #[test]
    fn every_file_is_the_same_in_every_coding() {
        for (name, file) in &FILES {
            let (_, identity) = file.representations().in_coding(Coding::Identity);
            for wanted in [Coding::Gzip, Coding::Brotli] {
                let (coding, bytes) = file.representations().in_coding(wanted);
                assert!(plain(bytes, coding) == identity, "{name}, {coding:?}");
                let is_text = !name.ends_with(".png");
                assert!(!is_text || coding == wanted, "{name}, {coding:?}");
            }
        }
    }

    #[test]
    fn the_page_refers_to_nothing_that_is_not_served() {
        let page = page("Title", "docs", "openapi.json");
        let named = page.split("\"docs/").skip(1);
        let named: Vec<_> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named.len(), FILES.len());
        for name in named {
            assert!(FILES.iter().any(|(known, _)| *known == name), "{name}");
        }
    }

    #[test]
    fn addresses_are_relative_to_the_page() {
        for (from, to, expected) in [
            ("/docs", "/openapi.json", "openapi.json"),
            ("/v2/docs", "/v2/openapi.json", "openapi.json"),
            ("/swagger/ui", "/swagger", "../swagger"),
            ("/docs", "/api/openapi.json", "api/openapi.json"),
            ("/a/b/docs", "/a/openapi.json", "../openapi.json"),
            ("/docs/", "/openapi.json", "../openapi.json"),
            ("/swagger/ui/", "/swagger", "../../swagger"),
        ] {
            assert_eq!(relative(from, to), expected);
        }
    }
}
