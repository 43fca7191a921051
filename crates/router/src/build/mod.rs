//! From a registry to a router: every check, and the errors they find. Errors
//! are collected, never returned early, so that one build reports them all.

mod authenticators;
mod checks;
mod data;
mod document;
mod errors;
mod extras;
mod idempotency;
mod links;
mod operation;
mod path_parameters;
mod routes;
mod shared;
mod templates;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

pub use errors::{RegistryError, RegistryErrors};

use crate::{
    describe::Known,
    dispatch::resources::Resources,
    docs::Published,
    error::policy::ErrorPolicy,
    registry::Registry,
    router::{Model, Route, Router},
};
use data::MissingData;
use document::DocumentWriter;
use routes::Routes;

impl Registry {
    /// Checks everything and returns the router.
    ///
    /// # Errors
    ///
    /// Every error at once, each naming its subject and the remedy.
    pub fn build(&self) -> Result<Router, RegistryErrors> {
        let errors = Arc::new(self.error_policy());
        let mut builder = Builder::new(self, &errors);
        builder.check_registry();
        let mut writer = DocumentWriter::new(self);
        for operation in &self.operations {
            builder.operation(operation, &mut writer);
        }
        let missing = std::mem::take(&mut builder.missing_data);
        builder.errors.extend(missing.into_errors());
        builder
            .routes
            .add_pages(&self.places, &self.prefix, &mut builder.errors);
        let document = writer.finish(&errors, &mut builder.errors);
        builder.finish(document)
    }
}

/// The checks of one registry: what they have found and made so far.
struct Builder<'r> {
    registry: &'r Registry,
    policy: &'r Arc<ErrorPolicy>,
    errors: Vec<RegistryError>,
    routes: Routes,
    /// By operation id: the operation that declared it first.
    ids: BTreeMap<String, String>,
    /// By template without the prefix: the operation ids, for `url_for`.
    named: BTreeMap<String, Vec<String>>,
    operations: Vec<Route>,
    known: Known,
    missing_data: MissingData,
}

impl<'r> Builder<'r> {
    fn new(registry: &'r Registry, policy: &'r Arc<ErrorPolicy>) -> Self {
        Self {
            registry,
            policy,
            errors: Vec::new(),
            routes: Routes::default(),
            ids: BTreeMap::new(),
            named: BTreeMap::new(),
            operations: Vec::new(),
            known: Known::default(),
            missing_data: MissingData::default(),
        }
    }

    /// Checks what belongs to no operation.
    fn check_registry(&mut self) {
        if let Err(reason) = templates::check_prefix(&self.registry.prefix) {
            self.errors.push(RegistryError::Template {
                subject: "the registry".to_owned(),
                reason,
            });
        }
        self.check_authenticators();
        self.not_representable("the versions", self.registry.version_errors.clone());
        self.not_representable("the error style", self.policy.statuses.errors());
        for tag in checks::repeated_tags(&self.registry.tags) {
            let tag = tag.to_owned();
            self.errors.push(RegistryError::DuplicateTag { tag });
        }
    }

    fn not_representable(&mut self, subject: &str, reasons: impl IntoIterator<Item = String>) {
        let reasons = reasons.into_iter();
        self.errors
            .extend(reasons.map(|reason| RegistryError::NotRepresentable {
                subject: subject.to_owned(),
                reason,
            }));
    }

    fn finish(mut self, document: purlin_openapi::Document) -> Result<Router, RegistryErrors> {
        let registry = self.registry;
        self.routes
            .add_trailing_slash_routes(registry.trailing_slash);
        if !self.errors.is_empty() {
            return Err(RegistryErrors::new(self.errors));
        }
        self.log_warnings();
        let prefix = registry.prefix.to_string();
        let resources = Resources::new(&prefix, self.named.into_iter().collect());
        let (trie, nodes) = self.routes.into_parts();
        Ok(Router {
            model: Arc::new(Model {
                prefix,
                errors: Arc::clone(self.policy),
                first_index: registry.first_index,
                trie,
                nodes,
                routes: self.operations,
                resources,
                app_data: registry.app_data.clone(),
                version: registry.version.clone(),
                published: Published::new(document, &registry.places, &registry.prefix),
                is_scoped: AtomicBool::new(false),
            }),
        })
    }
}
