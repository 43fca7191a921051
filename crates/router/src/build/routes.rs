//! The routes of a registry: which path and method lead where, and clashes among them.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::http::Method;

use super::{RegistryError, checks, templates::Template};
use crate::{
    dispatch::trie::{Node, Target, Trie},
    docs::Places,
    slash::{self, TrailingSlash},
};

/// The routes found so far.
#[derive(Default)]
pub(super) struct Routes {
    trie: Trie,
    nodes: Vec<Node>,
    /// By shape: the node, and the operation that declared it first.
    shapes: BTreeMap<String, (usize, String)>,
    /// By node and method: the operation that serves it.
    owners: BTreeMap<(usize, String), String>,
}

impl Routes {
    /// Adds a route. Returns the names of its parameters, or `None` where it clashes with another.
    pub(super) fn add(
        &mut self,
        template: &Template,
        method: Method,
        target: Target,
        subject: &str,
        errors: &mut Vec<RegistryError>,
    ) -> Option<Arc<[String]>> {
        let index = self.node(template, subject, errors)?;
        let key = (index, method.to_string());
        if let Some(first) = self.owners.get(&key) {
            errors.push(RegistryError::DuplicateRoute {
                first: first.clone(),
                second: subject.to_owned(),
            });
            return None;
        }
        self.owners.insert(key, subject.to_owned());
        let node = self.nodes.get_mut(index)?;
        node.table.push((method, target));
        Some(Arc::clone(&node.names))
    }

    /// Returns the node of a template, which is added if its shape is new.
    fn node(
        &mut self,
        template: &Template,
        subject: &str,
        errors: &mut Vec<RegistryError>,
    ) -> Option<usize> {
        if let Some((node, first)) = self.shapes.get(&template.shape) {
            let names = self.nodes.get(*node).map(|node| &*node.names);
            if names.is_some_and(|names| names != template.names) {
                errors.push(RegistryError::ParameterNames {
                    first: first.clone(),
                    second: subject.to_owned(),
                });
                return None;
            }
            return Some(*node);
        }
        let node = self.nodes.len();
        if let Err(error) = self.trie.insert(&template.shape, node) {
            errors.push(RegistryError::Template {
                subject: subject.to_owned(),
                reason: format!("the path conflicts with another one: {error}"),
            });
            return None;
        }
        self.nodes
            .push(Node::new(template.names.clone().into(), Vec::new()));
        let declared = (node, subject.to_owned());
        self.shapes.insert(template.shape.clone(), declared);
        Some(node)
    }

    /// Adds the routes of the documents and the docs pages.
    pub(super) fn add_pages(
        &mut self,
        places: &Places,
        prefix: &str,
        errors: &mut Vec<RegistryError>,
    ) {
        for (index, (dialect, path)) in (0..).zip(places.documents()) {
            let subject = format!("the document in OpenAPI {dialect}");
            let targets = [("", Target::Document(index))];
            self.page(&subject, path, prefix, &targets, errors);
        }
        for (index, path) in (0..).zip(places.pages()) {
            let targets = [
                ("", Target::Page(index)),
                ("/", Target::PageSlash(index)),
                ("/{*file}", Target::PageFile(index)),
            ];
            self.page("the docs page", path, prefix, &targets, errors);
        }
    }

    fn page(
        &mut self,
        what: &str,
        own: &str,
        prefix: &str,
        targets: &[(&str, Target)],
        errors: &mut Vec<RegistryError>,
    ) {
        let path = format!("{prefix}{own}");
        let subject = |end: &str| format!("{what} (GET {path}{end})");
        if let Err(reason) = checks::page(own) {
            let subject = subject("");
            errors.push(RegistryError::Template { subject, reason });
            return;
        }
        for (end, target) in targets {
            match Template::parse(&format!("{path}{end}")) {
                Ok(template) => {
                    self.add(&template, Method::GET, *target, &subject(end), errors);
                }
                Err(reason) => errors.push(RegistryError::Template {
                    subject: subject(end),
                    reason,
                }),
            }
        }
    }

    /// Adds the paths that differ from declared ones by their trailing slash.
    /// Declared paths take precedence.
    pub(super) fn add_trailing_slash_routes(&mut self, policy: TrailingSlash) {
        for node in &mut self.nodes {
            node.allow = Node::allow(&node.table);
        }
        for (shape, (index, _)) in &self.shapes {
            let Some((other, redirect)) = slash::other(shape) else {
                continue;
            };
            let Some(declared) = self.nodes.get(*index) else {
                continue;
            };
            let is_operation =
                |(_, target): &(Method, Target)| matches!(target, Target::Operation(_));
            let is_served = declared.table.iter().any(is_operation) && policy.allows(redirect);
            if !is_served || self.shapes.contains_key(&other) {
                continue;
            }
            let target = if policy == TrailingSlash::Merge {
                *index
            } else {
                self.nodes.push(Node {
                    redirect: Some(redirect),
                    ..declared.clone()
                });
                self.nodes.len() - 1
            };
            // A path that conflicts with a declared one is not found, as without this.
            let _ = self.trie.insert(&other, target);
        }
    }

    pub(super) fn into_parts(self) -> (Trie, Vec<Node>) {
        (self.trie, self.nodes)
    }
}
