//! From a registry to a router: every check, and the mistakes they find.
//! Errors are collected, never returned early, so one build reports them all.

mod access;
mod document;
mod errors;
mod templates;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::http::{Method, header::HeaderValue};
use purlin_openapi::Dialect;
use purlin_schemas::PathShape;

pub use errors::{RegistryError, RegistryErrors};

use crate::{
    context::OperationData,
    describe::{Describe, Known, Notes},
    dispatch::{Node, Resources, Target, Trie},
    docs::{DocsSite, OpenApiFile},
    operation::Operation,
    registry::Registry,
    router::{BuiltOperation, Model, Router},
};
use document::{Declared, DocumentWriter};
use templates::Template;

pub(crate) fn build(registry: &Registry) -> Result<Router, RegistryErrors> {
    let mut builder = Builder::default();
    if let Err(reason) = templates::check_prefix(&registry.prefix) {
        builder.errors.push(RegistryError::Template {
            culprit: "the registry".to_owned(),
            reason,
        });
    }
    builder.check_authenticators(registry);
    let mut writer = DocumentWriter::new(registry);
    for operation in &registry.operations {
        builder.operation(registry, operation, &mut writer);
    }
    let openapi_path = under(registry, registry.openapi_path.as_deref());
    let docs_path = openapi_path
        .as_ref()
        .and_then(|_| under(registry, registry.docs_path.as_deref()));
    builder.documents(openapi_path.as_deref(), docs_path.as_deref());
    let document = writer.finish(openapi_path.as_deref(), &mut builder.errors);
    builder.finish(registry, document, openapi_path, docs_path)
}

fn under(registry: &Registry, path: Option<&str>) -> Option<String> {
    path.map(|path| format!("{}{path}", registry.prefix))
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
        let culprit = info.culprit();

        let id = info.operation_id.to_string();
        if let Some(first) = self.ids.get(&id) {
            self.errors.push(RegistryError::DuplicateOperationId {
                first: first.clone(),
                second: culprit.clone(),
            });
        } else {
            self.ids.insert(id.clone(), culprit.clone());
        }
        self.check_tags(registry, operation, &culprit);
        let guards = self.guards(registry, operation, &culprit);
        info.authenticators = guards
            .authenticators
            .iter()
            .map(|guard| guard.name.clone())
            .collect();

        let mut notes = Notes::new(registry.style);
        let mut describe = Describe {
            notes: &mut notes,
            known: &mut self.known,
        };
        operation.endpoint.describe(&mut describe);
        for failure in guards.failures() {
            let status = failure.status().as_u16();
            describe.error(status, failure.description());
            if status == 401 {
                describe.response_header(401, "WWW-Authenticate", "How to authenticate.");
            }
        }
        describe.error(500, "The server failed.");
        self.check_notes(&info.method, &mut notes, &culprit);
        self.check_identities(&notes, &guards, &culprit);

        let template =
            match Template::parse(&own_template).and_then(|_| Template::parse(&info.template)) {
                Ok(template) => template,
                Err(reason) => {
                    self.errors
                        .push(RegistryError::Template { culprit, reason });
                    return;
                }
            };
        if let Some(reason) = disagreement(notes.path.as_ref(), &template, &own_template) {
            self.errors.push(RegistryError::PathParameters {
                culprit: culprit.clone(),
                reason,
            });
        }
        self.named
            .entry(own_template.into_owned())
            .or_default()
            .push(id);
        let index = self.operations.len();
        let target = Target::Operation(index);
        let Some(node) = self.route(&template, info.method.clone(), target, &culprit) else {
            return;
        };
        let names = self
            .nodes
            .get(node)
            .map(|node| node.names.clone())
            .unwrap_or_default();
        if !info.hidden {
            let declared = Declared {
                info: &info,
                template: &template,
                guards: &guards,
                culprit: &culprit,
            };
            writer.operation(&declared, &mut notes, &mut self.errors);
        }
        self.operations.push(BuiltOperation {
            data: Arc::new(OperationData {
                info,
                style: registry.style,
                body_limit: operation.body_limit.unwrap_or(registry.body_limit),
                uploads: operation
                    .uploads
                    .as_ref()
                    .unwrap_or(&registry.uploads)
                    .clone(),
                contracts: notes.contracts,
                parameter_names: names,
            }),
            endpoint: operation.endpoint.clone(),
            guards: Arc::new(guards),
        });
    }

    fn check_tags(&mut self, registry: &Registry, operation: &Operation, culprit: &str) {
        if registry.tags.is_empty() {
            return;
        }
        for tag in &operation.info.tags {
            if !registry.tags.iter().any(|declared| declared.name == *tag) {
                self.errors.push(RegistryError::UndeclaredTag {
                    culprit: culprit.to_owned(),
                    tag: tag.to_string(),
                });
            }
        }
    }

    fn check_notes(&mut self, method: &Method, notes: &mut Notes, culprit: &str) {
        for source in notes.mistakes.drain(..) {
            self.errors.push(RegistryError::Contract {
                culprit: culprit.to_owned(),
                source,
            });
        }
        let reason = if matches!(*method, Method::HEAD | Method::OPTIONS) {
            Some(format!(
                "{method} is answered for every path already; leave it out"
            ))
        } else if matches!(*method, Method::CONNECT | Method::TRACE) {
            Some(format!(
                "{method} is for proxies and debugging, not for an API; use another method"
            ))
        } else if notes.bodies > 1 {
            Some("more than one argument reads the body; take one `Json<T>`".to_owned())
        } else if notes.bodies > 0 && *method == Method::GET {
            Some(
                "a GET has no body (RFC 9110 section 9.3.1); take a `Query<T>`, or answer POST"
                    .to_owned(),
            )
        } else {
            None
        };
        if let Some(reason) = reason {
            self.errors.push(RegistryError::Arguments {
                culprit: culprit.to_owned(),
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
        culprit: &str,
    ) -> Option<usize> {
        let node = match self.shapes.get(&template.shape) {
            Some((node, first)) => {
                let names = self.nodes.get(*node).map(|node| node.names.as_slice());
                if names.is_some_and(|names| names != template.names) {
                    self.errors.push(RegistryError::ParameterNames {
                        first: first.clone(),
                        second: culprit.to_owned(),
                    });
                    return None;
                }
                *node
            }
            None => {
                let node = self.nodes.len();
                if let Err(error) = self.trie.insert(&template.shape, node) {
                    self.errors.push(RegistryError::Template {
                        culprit: culprit.to_owned(),
                        reason: format!("the path cannot stand beside the others: {error}"),
                    });
                    return None;
                }
                let names = template.names.iter();
                self.nodes.push(Node {
                    names: names.map(|name| &*name.clone().leak()).collect(),
                    allow: HeaderValue::from_static(""),
                    table: Vec::new(),
                });
                let declared = (node, culprit.to_owned());
                self.shapes.insert(template.shape.clone(), declared);
                node
            }
        };
        let key = (node, method.to_string());
        if let Some(first) = self.owners.get(&key) {
            self.errors.push(RegistryError::DuplicateRoute {
                first: first.clone(),
                second: culprit.to_owned(),
            });
            return None;
        }
        self.owners.insert(key, culprit.to_owned());
        self.nodes.get_mut(node)?.table.push((method, target));
        Some(node)
    }

    fn documents(&mut self, openapi_path: Option<&str>, docs_path: Option<&str>) {
        if let Some(path) = openapi_path {
            self.page("the document", path, Target::Document);
        }
        if let Some(path) = docs_path {
            self.page("the docs page", path, Target::Page);
            let folder = path.trim_end_matches('/');
            self.page("the docs page", &format!("{folder}/"), Target::PageSlash);
            self.page(
                "the docs page",
                &format!("{folder}/{{*file}}"),
                Target::PageFile,
            );
        }
    }

    fn page(&mut self, what: &str, path: &str, target: Target) {
        let culprit = format!("{what} (GET {path})");
        match Template::parse(path) {
            Ok(template) => {
                self.route(&template, Method::GET, target, &culprit);
            }
            Err(reason) => self
                .errors
                .push(RegistryError::Template { culprit, reason }),
        }
    }

    fn finish(
        mut self,
        registry: &Registry,
        document: purlin_openapi::Document,
        openapi_path: Option<String>,
        docs_path: Option<String>,
    ) -> Result<Router, RegistryErrors> {
        for node in &mut self.nodes {
            node.allow = allow(&node.table);
        }
        if !self.errors.is_empty() {
            return Err(RegistryErrors::new(self.errors));
        }
        let json: Arc<str> = document.to_json(Dialect::V3_1).into();
        let openapi_file = openapi_path.as_ref().map(|_| OpenApiFile::new(&json));
        let docs_site = docs_path
            .as_deref()
            .zip(openapi_path.as_deref())
            .map(|(docs, openapi)| DocsSite::new(registry.title(), docs, openapi));
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
                document,
                json,
                openapi_path,
                openapi_file,
                docs_path,
                docs_site,
            }),
        })
    }
}

/// Every method a path answers: what is declared, HEAD with GET, OPTIONS always.
fn allow(table: &[(Method, Target)]) -> HeaderValue {
    let mut methods: Vec<&str> = table.iter().map(|(method, _)| method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    // Methods are tokens (RFC 9110 section 9.1), which header values can hold.
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
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
