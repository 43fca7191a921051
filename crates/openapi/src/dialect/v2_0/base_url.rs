//! `host`, `basePath` and `schemes`, the servers of Swagger 2.0.

use serde_json::Value;

use crate::{Operation, Server};

/// The base URL of an API.
#[derive(Debug, Default, PartialEq)]
pub(super) struct BaseUrl {
    host: Option<String>,
    /// The path without a trailing slash; empty for the root.
    base_path: String,
    schemes: Vec<String>,
}

impl BaseUrl {
    /// Returns the base URL of the first absolute server, with the schemes of
    /// all servers with the same host and path; otherwise the first path of a
    /// relative server.
    pub(super) fn of(servers: &[Server]) -> Self {
        let absolute: Vec<Self> = servers.iter().filter_map(Self::absolute).collect();
        let Some(first) = absolute.first() else {
            return Self {
                base_path: servers.iter().find_map(root_path).unwrap_or_default(),
                ..Self::default()
            };
        };
        let mut schemes = Vec::new();
        for other in absolute.iter().filter(|other| other.is_at(first)) {
            for scheme in &other.schemes {
                if !schemes.contains(scheme) {
                    schemes.push(scheme.clone());
                }
            }
        }
        Self {
            host: first.host.clone(),
            base_path: first.base_path.clone(),
            schemes,
        }
    }

    fn absolute(server: &Server) -> Option<Self> {
        let url = server.default_url();
        let (scheme, rest) = url.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if !["http", "https", "ws", "wss"].contains(&scheme.as_str()) {
            return None;
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self {
            host: Some(host.to_owned()),
            base_path: trimmed(path),
            schemes: vec![scheme],
        })
    }

    fn is_at(&self, other: &Self) -> bool {
        self.host == other.host && self.base_path == other.base_path
    }

    /// Returns the schemes of an operation; none if it has servers and none of
    /// them has this host and path.
    pub(super) fn reaches(&self, operation: &Operation) -> Option<Vec<String>> {
        if operation.servers.is_empty() {
            return Some(Vec::new());
        }
        let servers = operation.servers.iter();
        let here: Vec<Server> = servers
            .filter(|it| self.is_at(&Self::of(&[(*it).clone()])))
            .cloned()
            .collect();
        let schemes = Self::of(&here).schemes;
        (!here.is_empty()).then_some(schemes)
    }

    /// Returns the members of the document.
    pub(super) fn members(&self) -> Vec<(&'static str, Value)> {
        let mut members = Vec::new();
        if let Some(host) = &self.host {
            members.push(("host", host.as_str().into()));
        }
        if !self.base_path.is_empty() {
            members.push(("basePath", self.base_path.as_str().into()));
        }
        if !self.schemes.is_empty() {
            members.push(("schemes", self.schemes.clone().into()));
        }
        members
    }
}

/// Returns the path of a relative URL that starts with a slash.
fn root_path(server: &Server) -> Option<String> {
    let url = server.default_url();
    let path = url.strip_prefix('/')?;
    Some(trimmed(path))
}

fn trimmed(path: &str) -> String {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        String::new()
    } else {
        format!("/{path}")
    }
}
