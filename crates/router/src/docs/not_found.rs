//! What a browser gets for an address that the registry does not know: a page with
//! links to the documentation. Other clients get an error in the registry's style.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, Accept, Header, HeaderValue, Quality},
    },
};
use purlin_openapi::Dialect;

use super::{
    Published,
    html::{self, escape, relative},
};

/// The page loads nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

impl Published {
    /// Returns the page with links to the documentation, if the client prefers HTML
    /// and there is a docs page or a document. `base` is the path of the scope that
    /// the registry is in.
    pub(crate) fn not_found_page(&self, request: &HttpRequest, base: &str) -> Option<HttpResponse> {
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        if !is_read || !prefers_html(request) {
            return None;
        }
        let link = |path: &str| relative(request.path(), &format!("{base}{path}"));
        let pages: Vec<String> = self.pages().take(1).map(link).collect();
        let documents: Vec<(Dialect, String)> = self
            .documents()
            .map(|(dialect, path)| (dialect, link(path)))
            .collect();
        if documents.is_empty() {
            return None;
        }
        let mut response = HttpResponse::NotFound();
        // The relations of RFC 8631.
        for page in &pages {
            response.append_header((header::LINK, format!("<{page}>; rel=\"service-doc\"")));
        }
        for (_, path) in documents.iter().take(1) {
            response.append_header((header::LINK, format!("<{path}>; rel=\"service-desc\"")));
        }
        response
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::VARY, "accept"));
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        let title = &self.document().info.title;
        let body = page(title, &pages, &documents);
        Some(
            response
                .insert_header((header::CONTENT_TYPE, html))
                .body(body),
        )
    }
}

/// Returns whether HTML is preferred to JSON, as browsers prefer it for pages
/// (RFC 9110 section 12.5.1).
fn prefers_html(request: &HttpRequest) -> bool {
    let Ok(Accept(ranges)) = Accept::parse(request) else {
        return false;
    };
    let best = |matches: fn(&str) -> bool| {
        let named = ranges.iter().filter(|it| matches(it.item.essence_str()));
        named.map(|it| it.quality).max()
    };
    let Some(html) = best(|name| name == "text/html") else {
        return false;
    };
    let json = best(|name| name.ends_with("/json") || name.ends_with("+json"));
    let any = best(|name| matches!(name, "*/*" | "application/*"));
    html > Quality::ZERO && json.is_none_or(|json| json < html) && any.is_none_or(|any| any <= html)
}

fn page(title: &str, pages: &[String], documents: &[(Dialect, String)]) -> String {
    let mut links = String::new();
    for page in pages {
        links += &format!("<li><a href=\"{}\">Documentation</a></li>\n", escape(page));
    }
    links += &html::links(documents);
    let title = escape(title);
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Not Found: {title}</title>
</head>
<body>
<h1>Not Found</h1>
<p>{title} has nothing at this address.</p>
<ul>
{links}</ul>
</body>
</html>
"#
    )
}
