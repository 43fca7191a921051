//! What users may choose about the docs page.

use std::borrow::Cow;

use serde::Serialize;

/// The options of the docs page. By default operations can be filtered, the
/// duration of a request is shown, and credentials are kept when the page is
/// reloaded.
///
/// ```
/// use purlin_router::{DocsPage, Registry, testing::TestClient};
///
/// let page = DocsPage::new().title("Todos for developers").persist_authorization(false);
/// let api = Registry::new("Todos", "1.0.0").docs_page(page).build()?;
/// let page = TestClient::new(&api).get("/docs").send().text();
/// assert!(page.contains("<title>Todos for developers</title>"));
/// # Ok::<(), purlin_router::RegistryErrors>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocsPage {
    #[serde(skip)]
    pub(super) title: Option<Cow<'static, str>>,
    filter: bool,
    persist_authorization: bool,
    request_duration: bool,
    try_it_out: bool,
}

impl Default for DocsPage {
    fn default() -> Self {
        Self {
            title: None,
            filter: true,
            persist_authorization: true,
            request_duration: true,
            try_it_out: false,
        }
    }
}

impl DocsPage {
    /// Creates the default options.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the title of the page in the browser; by default that of the registry.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets whether the page has a field that filters operations by path, summary,
    /// operation id and tag.
    #[must_use]
    pub fn filter(mut self, filter: bool) -> Self {
        self.filter = filter;
        self
    }

    /// Sets whether credentials that were entered are still known when the page is
    /// reloaded. The browser keeps them in its local storage, where every script of
    /// the same origin can read them, until "Logout" is pressed.
    #[must_use]
    pub fn persist_authorization(mut self, persist: bool) -> Self {
        self.persist_authorization = persist;
        self
    }

    /// Sets whether the duration of requests is shown, in milliseconds.
    #[must_use]
    pub fn request_duration(mut self, shown: bool) -> Self {
        self.request_duration = shown;
        self
    }

    /// Sets whether the fields of an operation can be filled in without pressing
    /// "Try it out" first.
    #[must_use]
    pub fn try_it_out(mut self, enabled: bool) -> Self {
        self.try_it_out = enabled;
        self
    }

    /// Returns the options that the script of the page reads, as JSON.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
