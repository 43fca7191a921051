//! Where a registry's documents and docs pages stand, under its prefix.

use std::{borrow::Cow, collections::BTreeMap};

use purlin_openapi::Dialect;

/// Paths, one a document and one a page.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    documents: BTreeMap<Dialect, Cow<'static, str>>,
    pages: Vec<Cow<'static, str>>,
    #[cfg(feature = "swagger-ui")]
    pub(crate) page: super::DocsPage,
}

impl Default for Places {
    fn default() -> Self {
        let documents = [
            (Dialect::V3_1, "/openapi.json"),
            (Dialect::V3_0, "/openapi-3.0.json"),
            (Dialect::V2_0, "/swagger"),
        ];
        Self {
            documents: documents
                .map(|(dialect, path)| (dialect, Cow::Borrowed(path)))
                .into(),
            pages: if cfg!(feature = "swagger-ui") {
                vec![Cow::Borrowed("/docs"), Cow::Borrowed("/swagger/ui")]
            } else {
                Vec::new()
            },
            #[cfg(feature = "swagger-ui")]
            page: super::DocsPage::new(),
        }
    }
}

impl Places {
    /// Puts a document at a path; one that stands there by default makes room.
    pub(crate) fn put_document(&mut self, dialect: Dialect, path: Cow<'static, str>) {
        self.documents.retain(|_, known| *known != path);
        self.documents.insert(dialect, path);
    }

    /// Moves every document and page below a path.
    pub(crate) fn move_below(&mut self, path: &str) {
        for place in self.documents.values_mut().chain(&mut self.pages) {
            *place = format!("{path}{place}").into();
        }
    }

    pub(crate) fn drop_document(&mut self, dialect: Dialect) {
        self.documents.remove(&dialect);
    }

    pub(crate) fn drop_all(&mut self) {
        self.documents.clear();
        self.pages.clear();
    }

    pub(crate) fn set_pages(&mut self, pages: Vec<Cow<'static, str>>) {
        self.pages = pages;
    }

    /// Every document, the newest dialect first: that is the one pages read.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (Dialect, &str)> {
        let documents = self.documents.iter().rev();
        documents.map(|(dialect, path)| (*dialect, path.as_ref()))
    }

    /// Every page; none where there is no document to read.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &str> {
        let pages = self.pages.iter().filter(|_| !self.documents.is_empty());
        pages.map(AsRef::as_ref)
    }
}
