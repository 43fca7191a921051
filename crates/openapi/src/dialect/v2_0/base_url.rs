//! Host, base path and schemes: all that Swagger 2.0 says of servers.

use serde_json::Value;

use crate::{Operation, Server};

/// Where the API is reached.
#[derive(Debug, Default, PartialEq)]
pub(super) struct BaseUrl {
    host: Option<String>,
    /// Without a slash at its end; empty for the root.
    base_path: String,
    schemes: Vec<String>,
}

impl BaseUrl {
    /// That of the first absolute server, with the schemes of all servers at
    /// the same place; failing that, the path of the first server that has one.
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

    /// Whether an operation is reached here: one with servers of its own only
    /// if one of them is at this place. Then its schemes are its own.
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

    /// The members of the document that say so.
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

/// A path from the root; one that starts at the document says nothing here.
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
