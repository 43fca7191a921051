//! The path parameters of an operation as actix-web captures them, for code that reads them from a request.

use std::sync::{Arc, OnceLock};

use actix_web::{
    HttpRequest,
    dev::{ResourceDef, ServiceRequest},
};

/// How the values of an operation's path parameters are captured again from the path of a request.
#[derive(Debug)]
pub(crate) struct PathCapture {
    /// The names of the path parameters, in the template's order.
    names: Arc<[String]>,
    patterns: Vec<String>,
    /// Whether `match_info` has the parameters while the operation runs.
    is_in_match_info: bool,
    /// Compiled when it is first used: most operations read their parameters without it.
    definition: OnceLock<ResourceDef>,
}

impl PathCapture {
    /// Describes a template, and its form with the other trailing slash where both are served.
    pub(crate) fn new(
        names: Arc<[String]>,
        template: &str,
        other: Option<&str>,
        is_in_match_info: bool,
    ) -> Self {
        let patterns = [Some(template), other];
        Self {
            is_in_match_info: is_in_match_info && !names.is_empty(),
            names,
            patterns: patterns.into_iter().flatten().map(actix_pattern).collect(),
            definition: OnceLock::new(),
        }
    }

    /// Returns the names of the path parameters, in the template's order.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Captures the parameters in `match_info`, for operations that may read them there.
    pub(crate) fn fill_match_info(&self, request: &mut ServiceRequest) {
        if self.is_in_match_info {
            self.definition()
                .capture_match_info(request.match_info_mut());
        }
    }

    /// Returns the values of the parameters, percent-encoded as far as actix-web leaves them so.
    pub(crate) fn values(&self, request: &HttpRequest) -> Vec<String> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let mut info = request.match_info().clone();
        if !self.is_in_match_info {
            self.definition().capture_match_info(&mut info);
        }
        let outer = info.segment_count().saturating_sub(self.names.len());
        let own = info.iter().skip(outer);
        own.map(|(_, value)| value.to_owned()).collect()
    }

    fn definition(&self) -> &ResourceDef {
        self.definition
            .get_or_init(|| ResourceDef::new(self.patterns.clone()))
    }
}

/// Returns a template in actix's syntax, where `{*rest}` is `{rest}*`.
pub(crate) fn actix_pattern(template: &str) -> String {
    match template.find("{*") {
        Some(at) => format!("{}{{{}*", &template[..at], &template[at + 2..]),
        None => template.to_owned(),
    }
}
