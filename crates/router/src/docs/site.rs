//! The docs page: Swagger UI from a crate, with nothing from the network.
//!
//! All addresses in it are relative, so that it works under any scope and
//! behind a proxy that strips a part of the path.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Bytes,
};
use swagger_ui_redist::SwaggerUi;

use super::file::MemoryFile;

/// What the page may load: its own files, and nothing inline but the style
/// attributes Swagger UI sets on its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// Starts Swagger UI; the document's address stands in the page.
const START: &str = include_str!("../../assets/start.js");

/// The name of [`START`] among the files.
const START_NAME: &str = "start.js";

/// The page and its files.
pub(crate) struct DocsSite {
    path: String,
    page: MemoryFile,
    /// The same page for its address with a slash at the end.
    slashed: MemoryFile,
    files: Vec<(&'static str, MemoryFile)>,
}

impl DocsSite {
    /// A page at one path for a document at another.
    pub(crate) fn new(title: &str, docs_path: &str, openapi_path: &str) -> Self {
        let folder = docs_path.rsplit('/').next().unwrap_or_default();
        let page = |folder: &str, path: &str| {
            let text = page(title, folder, &relative(path, openapi_path));
            MemoryFile::new("text/html; charset=utf-8", Bytes::from(text))
        };
        let mut files: Vec<_> = SwaggerUi::static_files()
            .iter()
            .map(|(file, bytes)| {
                let name = file.file_name();
                let bytes = Bytes::from_static(bytes);
                (name, MemoryFile::new(content_type(name), bytes))
            })
            .collect();
        let start = Bytes::from_static(START.as_bytes());
        files.push((START_NAME, MemoryFile::new(content_type(START_NAME), start)));
        Self {
            path: docs_path.to_owned(),
            page: page(folder, docs_path),
            slashed: page(".", &format!("{docs_path}/")),
            files,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The page (`None`), its slashed form (an empty name) or one of its files.
    pub(super) fn answer(&self, request: &HttpRequest, file: Option<&str>) -> Option<HttpResponse> {
        let mut response = match file {
            None => self.page.answer(request),
            Some("") => self.slashed.answer(request),
            Some(name) => self
                .files
                .iter()
                .find(|(known, _)| *known == name)?
                .1
                .answer(request),
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
<script src="{folder}/{START_NAME}"></script>
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

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

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
