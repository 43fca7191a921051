//! The document of a registry in each dialect, and the pages that show it.

use std::sync::OnceLock;

use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use purlin_openapi::{Dialect, Document, Server};

use super::{file::MemoryFile, places::Places, site::DocsSite};

/// The document and everything made of it.
pub(crate) struct Published {
    document: Document,
    /// Whether the registry declares servers; otherwise the URLs are relative to
    /// each document.
    has_servers: bool,
    /// The document in OpenAPI 3.1: one copy, for all workers and for every path that serves it.
    json: Bytes,
    documents: Vec<Served>,
    sites: Vec<DocsSite>,
}

/// A document at a path.
struct Served {
    dialect: Dialect,
    path: String,
    /// Made at the first request, and each compressed form at the first request for it.
    file: OnceLock<MemoryFile>,
}

impl Published {
    pub(crate) fn new(mut document: Document, places: &Places, prefix: &str) -> Self {
        let has_servers = !document.servers.is_empty();
        let documents: Vec<_> = places
            .documents()
            .map(|(dialect, path)| Served {
                dialect,
                path: format!("{prefix}{path}"),
                file: OnceLock::new(),
            })
            .collect();
        let newest = documents.first().map(|served| served.path.clone());
        if !has_servers {
            document.servers = vec![relative_root(newest.as_deref())];
        }
        #[cfg(not(feature = "swagger-ui"))]
        let sites = Vec::new();
        #[cfg(feature = "swagger-ui")]
        let sites = {
            let shown = documents.iter();
            let shown: Vec<_> = shown.map(|it| (it.dialect, it.path.clone())).collect();
            let pages = places.pages().map(|page| format!("{prefix}{page}"));
            let title = &document.info.title;
            pages
                .map(|page| DocsSite::new(title, &page, &shown, &places.page))
                .collect()
        };
        Self {
            json: document.to_json(Dialect::V3_1).into(),
            document,
            has_servers,
            documents,
            sites,
        }
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    pub(crate) fn json(&self) -> &str {
        // They were a `String`.
        std::str::from_utf8(&self.json).unwrap_or_default()
    }

    /// Returns the path of the document in a dialect.
    pub(crate) fn path(&self, dialect: Dialect) -> Option<&str> {
        let served = self.documents.iter().find(|s| s.dialect == dialect)?;
        Some(&served.path)
    }

    /// Returns the paths of the pages, in order.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(DocsSite::path)
    }

    /// Returns the paths of the documents.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (Dialect, &str)> {
        let documents = self.documents.iter();
        documents.map(|served| (served.dialect, served.path.as_str()))
    }

    pub(crate) fn document_response(
        &self,
        index: u8,
        request: &HttpRequest,
    ) -> Option<HttpResponse> {
        let served = self.documents.get(usize::from(index))?;
        Some(self.file(served).respond(request))
    }

    /// Returns a page (`None`), its slashed form (an empty name) or one of its files.
    pub(crate) fn page_response(
        &self,
        index: u8,
        request: &HttpRequest,
        file: Option<&str>,
    ) -> Option<HttpResponse> {
        self.sites.get(usize::from(index))?.respond(request, file)
    }

    fn file<'s>(&'s self, served: &'s Served) -> &'s MemoryFile {
        served
            .file
            .get_or_init(|| MemoryFile::new("application/json", self.bytes(served)))
    }

    fn bytes(&self, served: &Served) -> Bytes {
        let newest = self.documents.first();
        let is_newest = newest.is_some_and(|newest| newest.path == served.path);
        if served.dialect == Dialect::V3_1 && (is_newest || self.has_servers) {
            return self.json.clone();
        }
        if self.has_servers {
            return self.document.to_json(served.dialect).into();
        }
        let mut document = self.document.clone();
        document.servers = vec![relative_root(Some(&served.path))];
        document.to_json(served.dialect).into()
    }
}

/// Returns the relative reference from the document to the root of the registry's
/// paths, so that URLs are right under any scope and behind any proxy
/// (OpenAPI 3.1 section 4.6: relative references start at the document).
fn relative_root(path: Option<&str>) -> Server {
    let depth = path.map_or(0, |path| path.matches('/').count().saturating_sub(1));
    match depth {
        0 => Server::new("."),
        depth => Server::new(vec![".."; depth].join("/")),
    }
}
