//! The docs page: Swagger UI, with nothing from the network.
//!
//! All addresses in it are relative, so that it works under any scope and
//! behind a proxy that strips a part of the path.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::Bytes,
};

use purlin_openapi::Dialect;

use super::{
    compressed::Representations,
    file::MemoryFile,
    html::{escape, links, relative},
    options::DocsPage,
};

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
    /// Creates a page at one path for documents at others, of which it shows the
    /// first one.
    pub(crate) fn new(
        title: &str,
        docs_path: &str,
        documents: &[(Dialect, String)],
        options: &DocsPage,
    ) -> Self {
        let folder = docs_path.rsplit('/').next().unwrap_or_default();
        let page = |folder: &str, path: &str| {
            let documents: Vec<_> = documents
                .iter()
                .map(|(dialect, document)| (*dialect, relative(path, document)))
                .collect();
            let text = page(title, folder, &documents, options);
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

fn page(title: &str, folder: &str, documents: &[(Dialect, String)], options: &DocsPage) -> String {
    let title = escape(options.title.as_deref().unwrap_or(title));
    let folder = escape(folder);
    let openapi = documents.first().map_or("", |(_, path)| path);
    let (openapi, options) = (escape(openapi), escape(&options.to_json()));
    let links = links(documents);
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" type="image/png" href="{folder}/favicon-32x32.png">
<link rel="stylesheet" href="{folder}/swagger-ui.css">
</head>
<body>
<noscript>
<h1>{title}</h1>
<p>This page needs JavaScript. It shows the first of these documents:</p>
<ul>
{links}</ul>
</noscript>
<div id="swagger-ui" data-openapi="{openapi}" data-options="{options}"></div>
<script src="{folder}/swagger-ui-bundle.js"></script>
<script src="{folder}/start.js"></script>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::{DocsPage, FILES, page};
    use purlin_openapi::Dialect;

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
        let documents = [(Dialect::V3_1, "openapi.json".to_owned())];
        let page = page("Title", "docs", &documents, &DocsPage::new());
        let named = page.split("\"docs/").skip(1);
        let named: Vec<_> = named.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named.len(), FILES.len());
        for name in named {
            assert!(FILES.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
