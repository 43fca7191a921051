//! From a registry to a router: every check, and the mistakes they find.
//! Errors are collected, never returned early, so one build reports them all.

mod access;
mod checks;
mod data;
mod document;
mod errors;
mod extras;
mod links;
mod shared;
mod templates;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::http::Method;
use purlin_schemas::__router::PathShape;

pub use errors::{RegistryError, RegistryErrors};

use crate::{
    context::OperationData,
    defaults,
    describe::{Known, Notes, OperationBuilder},
    dispatch::{Node, Resources, Target, Trie},
    docs::Published,
    extract::Uploads,
    mock::Mock,
    operation::{Operation, OperationInfo},
    registry::Registry,
    router::{BuiltOperation, Model, Router},
    slash::{self, TrailingSlash},
    verify::Replies,
};
use data::MissingData;
use document::{Declared, DocumentWriter};
use templates::Template;

pub(crate) fn build(registry: &Registry) -> Result<Router, RegistryErrors> {
    let mut builder = Builder::default();
    if let Err(reason) = templates::check_prefix(&registry.prefix) {
        builder.errors.push(RegistryError::Template {
            subject: "the registry".to_owned(),
            reason,
        });
    }
    builder.check_authenticators(registry);
    let repeated = checks::repeated_tags(&registry.tags).into_iter();
    builder
        .errors
        .extend(repeated.map(|tag| RegistryError::DuplicateTag {
            tag: tag.to_owned(),
        }));
    let mut writer = DocumentWriter::new(registry);
    for operation in &registry.operations {
        builder.operation(registry, operation, &mut writer);
    }
    builder
        .errors
        .extend(std::mem::take(&mut builder.missing_data).into_errors());
    builder.documents(registry);
    let document = writer.finish(&mut builder.errors);
    builder.finish(registry, document)
}

/// What the checks have found and made so far.
#[derive(Default)]
struct Builder {
    errors: Vec<RegistryError>,
    trie: Trie,
    nodes: Vec<Node>,
    /// By shape: the node, and who declared it first.
    shapes: BTreeMap<String, (usize, String)>,
    /// By operation id: who declared it first.
    ids: BTreeMap<String, String>,
    /// By template without the prefix: the operation ids, for `url_for`.
    named: BTreeMap<String, Vec<String>>,
    /// By node and method: who answers.
    owners: BTreeMap<(usize, String), String>,
    operations: Vec<BuiltOperation>,
    known: Known,
    missing_data: MissingData,
}

impl Builder {
    fn operation(
        &mut self,
        registry: &Registry,
        operation: &Operation,
        writer: &mut DocumentWriter<'_>,
    ) {
        let mut info = operation.info.clone();
        let own_template = info.template.clone();
        info.template = format!("{}{own_template}", registry.prefix).into();
        let subject = info.subject();

        let id = info.operation_id.to_string();
        if let Some(first) = self.ids.get(&id) {
            self.errors.push(RegistryError::DuplicateOperationId {
                first: first.clone(),
                second: subject.clone(),
            });
        } else {
            self.ids.insert(id.clone(), subject.clone());
        }
        self.check_tags(registry, operation, &subject);
        let guards = self.guards(registry, operation, &subject);
        info.authenticators = guards
            .authenticators
            .iter()
            .map(|guard| guard.name.clone())
            .collect();

        let mut notes = Notes::new(registry.style);
        let json_type = operation.json_type.as_ref().or(registry.json_type.as_ref());
        notes.json_type = json_type.map(ToString::to_string);
        let mut describe = OperationBuilder {
            notes: &mut notes,
            known: &mut self.known,
        };
        operation.endpoint.describe(&mut describe);
        let reads_headers = defaults::reads_headers(describe.notes);
        let header_rule = registry
            .header_rule
            .filter(|_| !operation.without_default_headers && !reads_headers);
        if let Some(rule) = header_rule {
            (rule.describe)(&mut describe);
        }
        for failure in guards.failures() {
            let status = failure.status().as_u16();
            describe.error(status, failure.description());
            if status == 401 {
                describe.response_header(401, "WWW-Authenticate", "How to authenticate.");
            }
        }
        describe.error(500, "The server failed.");
        let uploads = operation.uploads.as_ref().unwrap_or(&registry.uploads);
        self.check_notes(&info, &mut notes, uploads, &subject);
        self.check_identities(&notes, &guards, &subject);
        self.missing_data
            .check(&registry.provided, &notes, &subject);
        let json_type = extras::media_type(notes.json_type.as_deref());
        let json_type = json_type.unwrap_or_else(|reason| {
            self.cannot_say(&subject, [reason]);
            None
        });
        self.cannot_say(&subject, extras::examples(operation, &notes));

        let template =
            match Template::parse(&own_template).and_then(|_| Template::parse(&info.template)) {
                Ok(template) => template,
                Err(reason) => {
                    self.errors
                        .push(RegistryError::Template { subject, reason });
                    return;
                }
            };
        if let Some(reason) = disagreement(notes.path.as_ref(), &template, &own_template) {
            self.errors.push(RegistryError::PathParameters {
                subject: subject.clone(),
                reason,
            });
        }
        self.named
            .entry(own_template.into_owned())
            .or_default()
            .push(id);
        let index = self.operations.len();
        let target = Target::Operation(index);
        let Some(node) = self.route(&template, info.method.clone(), target, &subject) else {
            return;
        };
        let names = self
            .nodes
            .get(node)
            .map(|node| node.names.clone())
            .unwrap_or_default();
        let replies = Replies::new(&notes.responses, &notes.of_headers);
        let mock = registry.is_mocked.then(|| {
            let made = Mock::of(operation, &notes, &replies);
            made.map_err(|reasons| self.cannot_say(&subject, reasons))
        });
        if !info.hidden || registry.includes_hidden {
            let declared = Declared {
                operation,
                info: &info,
                template: &template,
                guards: &guards,
                subject: &subject,
            };
            writer.operation(&declared, &mut notes, &mut self.errors);
        }
        self.operations.push(BuiltOperation {
            data: Arc::new(OperationData {
                info,
                style: registry.style,
                body_limit: operation.body_limit.unwrap_or(registry.body_limit),
                time_limit: operation.time_limit.or(registry.time_limit).flatten(),
                uploads: uploads.clone(),
                validators: notes.validators,
                parameter_names: names,
                challenges: guards.challenges(),
                hooks: registry.hooks.clone(),
                replies,
                response_checks: registry.response_checks,
                mock: mock.and_then(Result::ok).map(Box::new),
                header_rule,
                json_type,
            }),
            endpoint: operation.endpoint.clone(),
            guards: Arc::new(guards),
        });
    }

    fn cannot_say(&mut self, subject: &str, reasons: impl IntoIterator<Item = String>) {
        let reasons = reasons.into_iter();
        self.errors
            .extend(reasons.map(|reason| RegistryError::NotRepresentable {
                subject: subject.to_owned(),
                reason,
            }));
    }

    fn check_tags(&mut self, registry: &Registry, operation: &Operation, subject: &str) {
        if registry.tags.is_empty() {
            return;
        }
        for tag in &operation.info.tags {
            if !registry.tags.iter().any(|declared| declared.name == *tag) {
                self.errors.push(RegistryError::UndeclaredTag {
                    subject: subject.to_owned(),
                    tag: tag.to_string(),
                });
            }
        }
    }

    fn check_notes(
        &mut self,
        info: &OperationInfo,
        notes: &mut Notes,
        uploads: &Uploads,
        subject: &str,
    ) {
        for source in notes.mistakes.drain(..) {
            self.errors.push(RegistryError::Validator {
                subject: subject.to_owned(),
                source,
            });
        }
        let no_folder = match notes.stores_files {
            true => uploads.mistake(),
            false => None,
        };
        for reason in checks::arguments(info, notes).into_iter().chain(no_folder) {
            self.errors.push(RegistryError::Extractors {
                subject: subject.to_owned(),
                reason,
            });
        }
    }

    /// Puts a target into the trie; the node it stands at, unless it clashes.
    fn route(
        &mut self,
        template: &Template,
        method: Method,
        target: Target,
        subject: &str,
    ) -> Option<usize> {
        let node = match self.shapes.get(&template.shape) {
            Some((node, first)) => {
                let names = self.nodes.get(*node).map(|node| node.names.as_slice());
                if names.is_some_and(|names| names != template.names) {
                    self.errors.push(RegistryError::ParameterNames {
                        first: first.clone(),
                        second: subject.to_owned(),
                    });
                    return None;
                }
                *node
            }
            None => {
                let node = self.nodes.len();
                if let Err(error) = self.trie.insert(&template.shape, node) {
                    self.errors.push(RegistryError::Template {
                        subject: subject.to_owned(),
                        reason: format!("the path cannot stand beside the others: {error}"),
                    });
                    return None;
                }
                let names = template.names.iter();
                let names = names.map(|name| &*name.clone().leak()).collect();
                self.nodes.push(Node::new(names, Vec::new()));
                let declared = (node, subject.to_owned());
                self.shapes.insert(template.shape.clone(), declared);
                node
            }
        };
        let key = (node, method.to_string());
        if let Some(first) = self.owners.get(&key) {
            self.errors.push(RegistryError::DuplicateRoute {
                first: first.clone(),
                second: subject.to_owned(),
            });
            return None;
        }
        self.owners.insert(key, subject.to_owned());
        self.nodes.get_mut(node)?.table.push((method, target));
        Some(node)
    }

    fn documents(&mut self, registry: &Registry) {
        let Registry { places, prefix, .. } = registry;
        for (index, (dialect, path)) in (0..).zip(places.documents()) {
            let what = format!("the document in OpenAPI {dialect}");
            self.page(&what, path, prefix, &[("", Target::Document(index))]);
        }
        for (index, path) in (0..).zip(places.pages()) {
            let targets = [
                ("", Target::Page(index)),
                ("/", Target::PageSlash(index)),
                ("/{*file}", Target::PageFile(index)),
            ];
            self.page("the docs page", path, prefix, &targets);
        }
    }

    fn page(&mut self, what: &str, own: &str, prefix: &str, targets: &[(&str, Target)]) {
        let path = format!("{prefix}{own}");
        let subject = |end: &str| format!("{what} (GET {path}{end})");
        if let Err(reason) = checks::page(own) {
            let subject = subject("");
            self.errors
                .push(RegistryError::Template { subject, reason });
            return;
        }
        for (end, target) in targets {
            match Template::parse(&format!("{path}{end}")) {
                Ok(template) => {
                    self.route(&template, Method::GET, *target, &subject(end));
                }
                Err(reason) => self.errors.push(RegistryError::Template {
                    subject: subject(end),
                    reason,
                }),
            }
        }
    }

    /// Lets the paths that differ by a slash at their end lead somewhere. What is
    /// declared comes first.
    fn spell_otherwise(&mut self, policy: TrailingSlash) {
        for (shape, (node, _)) in &self.shapes {
            let Some((other, detour)) = slash::other(shape) else {
                continue;
            };
            let Some(declared) = self.nodes.get(*node) else {
                continue;
            };
            let is_operation =
                |(_, target): &(Method, Target)| matches!(target, Target::Operation(_));
            let is_of_use = declared.table.iter().any(is_operation) && policy.takes(detour);
            if !is_of_use || self.shapes.contains_key(&other) {
                continue;
            }
            let target = if policy == TrailingSlash::Merge {
                *node
            } else {
                self.nodes.push(Node {
                    detour: Some(detour),
                    ..declared.clone()
                });
                self.nodes.len() - 1
            };
            // What cannot stand beside the others is not found, as without this.
            let _ = self.trie.insert(&other, target);
        }
    }

    fn finish(
        mut self,
        registry: &Registry,
        document: purlin_openapi::Document,
    ) -> Result<Router, RegistryErrors> {
        for node in &mut self.nodes {
            node.allow = Node::allow(&node.table);
        }
        self.spell_otherwise(registry.trailing_slash);
        if !self.errors.is_empty() {
            return Err(RegistryErrors::new(self.errors));
        }
        let prefix = registry.prefix.to_string();
        let resources = Resources::new(&prefix, self.named.into_iter().collect());
        Ok(Router {
            model: Arc::new(Model {
                prefix,
                style: registry.style,
                trie: self.trie,
                nodes: self.nodes,
                operations: self.operations,
                resources,
                app_data: registry.app_data.clone(),
                published: Published::new(document, &registry.places, &registry.prefix),
            }),
        })
    }
}

/// How `Path<T>` and the template disagree, if they do.
fn disagreement(shape: Option<&PathShape>, template: &Template, text: &str) -> Option<String> {
    let names = &template.names;
    match shape? {
        PathShape::Scalar(_) if names.len() == 1 => None,
        PathShape::Scalar(_) => Some(format!(
            "`Path<T>` reads one parameter, and the path `{text}` has {}; take a tuple or a struct, or change the path",
            names.len()
        )),
        PathShape::Tuple(items) if items.len() == names.len() => None,
        PathShape::Tuple(items) => Some(format!(
            "`Path<T>` reads {} parameters, and the path `{text}` has {}; make them the same number",
            items.len(),
            names.len()
        )),
        PathShape::Fields(fields) => {
            let missing: Vec<_> = fields
                .iter()
                .filter(|field| !names.contains(&field.name))
                .map(|field| format!("`{}`", field.name))
                .collect();
            let unread: Vec<_> = names
                .iter()
                .filter(|name| !fields.iter().any(|field| field.name == **name))
                .map(|name| format!("`{name}`"))
                .collect();
            let mut reasons = Vec::new();
            if !missing.is_empty() {
                reasons.push(format!(
                    "`Path<T>` reads {}, which the path `{text}` does not have",
                    missing.join(", ")
                ));
            }
            if !unread.is_empty() {
                reasons.push(format!(
                    "the path `{text}` has {}, which `Path<T>` does not read",
                    unread.join(", ")
                ));
            }
            (!reasons.is_empty())
                .then(|| format!("{}; give both the same names", reasons.join(", and ")))
        }
    }
}
