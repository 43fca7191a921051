//! Paths, operations and components.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    base_url::BaseUrl, bodies, parameters::parameters, responses, schema::Schemas,
    security::Security,
};
use crate::{
    Document, Method, Operation,
    dialect::{security::OperationSecurity, value},
};

/// Writes the operations of a document.
pub(super) struct Writer<'d> {
    document: &'d Document,
    base_url: &'d BaseUrl,
    schemas: Schemas,
    security: Security,
}

impl<'d> Writer<'d> {
    pub(super) fn new(document: &'d Document, base_url: &'d BaseUrl) -> Self {
        Self {
            document,
            base_url,
            schemas: Schemas::of(document),
            security: Security::of(document),
        }
    }

    /// Returns the paths. Paths without operations are omitted.
    pub(super) fn paths(&self) -> Value {
        let items = self.document.paths.iter().filter_map(|(template, item)| {
            let operations: Map<String, Value> = item
                .operations
                .iter()
                .filter_map(|(method, it)| Some((method.to_string(), self.operation(*method, it)?)))
                .collect();
            (!operations.is_empty()).then(|| (template.clone(), Value::Object(operations)))
        });
        Value::Object(items.collect())
    }

    /// Returns the members of the document that operations refer to.
    pub(super) fn components(&self) -> Vec<(&'static str, Value)> {
        let required = self.document.security.iter();
        let required: Vec<_> = required.flat_map(|it| self.security.stated(it)).collect();
        let required = (!required.is_empty()).then(|| value(&required));
        let members = [
            ("definitions", self.schemas.definitions()),
            ("securityDefinitions", self.security.definitions()),
            ("security", required),
        ];
        let members = members.into_iter();
        members.filter_map(|(key, it)| Some((key, it?))).collect()
    }

    /// Returns an operation; none for TRACE and for operations with another
    /// base URL, which Swagger 2.0 does not support.
    fn operation(&self, method: Method, operation: &Operation) -> Option<Value> {
        let schemes = self.base_url.reaches(operation)?;
        if method == Method::Trace {
            return None;
        }
        let mut written = Map::new();
        let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
        self.metadata(operation, &mut put);
        let (consumes, of_body) = operation
            .request_body
            .as_ref()
            .map(|it| bodies::body(it, &self.schemas))
            .unwrap_or_default();
        let of_request = operation.parameters.iter();
        let mut all: Vec<Value> = of_request
            .flat_map(|it| parameters(it, &self.schemas))
            .collect();
        all.extend(of_body);
        let produces: BTreeSet<String> = operation
            .responses
            .values()
            .flat_map(responses::produced)
            .collect();
        for (key, list) in [
            ("schemes", schemes),
            ("consumes", consumes),
            ("produces", produces.into_iter().collect()),
        ] {
            if !list.is_empty() {
                put(key, list.into());
            }
        }
        if !all.is_empty() {
            put("parameters", all.into());
        }
        put(
            "responses",
            responses::responses(&operation.responses, &self.schemas),
        );
        Some(Value::Object(written))
    }

    /// Adds the members that are neither parameters nor responses.
    fn metadata(&self, operation: &Operation, mut put: impl FnMut(&str, Value) -> Option<Value>) {
        let access = OperationSecurity::of(operation, self.document, |it| self.security.stated(it));
        put("operationId", operation.operation_id.as_str().into());
        if let Some(summary) = &operation.summary {
            put("summary", summary.as_str().into());
        }
        if let Some(description) = access.description(operation) {
            put("description", description.into());
        }
        if !operation.tags.is_empty() {
            put("tags", operation.tags.clone().into());
        }
        if operation.deprecated {
            put("deprecated", true.into());
        }
        if let Some(docs) = &operation.external_docs {
            put("externalDocs", value(docs));
        }
        if let Some(security) = access.security {
            put("security", value(&security));
        }
        for (name, extension) in operation.extensions.iter() {
            put(name, extension.clone());
        }
    }
}
