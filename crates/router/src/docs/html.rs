//! Parts of pages: escaped text, relative addresses and the names of documents.

use purlin_openapi::Dialect;

/// Escapes text for HTML, also in attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Returns the name of the version of a document.
pub(super) fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V2_0 => "Swagger 2.0",
        Dialect::V3_0 => "OpenAPI 3.0",
        Dialect::V3_1 => "OpenAPI 3.1",
        _ => "OpenAPI",
    }
}

/// Returns the items of a list with links to documents.
pub(super) fn links(documents: &[(Dialect, String)]) -> String {
    let items = documents.iter().map(|(dialect, path)| {
        let (path, name) = (escape(path), name(*dialect));
        format!("<li><a href=\"{path}\">{name}</a></li>\n")
    });
    items.collect()
}

/// Returns an address relative to a page (RFC 3986 section 4.2).
pub(super) fn relative(from: &str, to: &str) -> String {
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
