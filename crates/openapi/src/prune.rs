//! Removal of unused components.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use crate::{
    Document, Header, MediaType, Operation, Schema,
    references::{self, schema_name},
};

impl Document {
    /// Removes component schemas without references and security schemes
    /// without requirements.
    pub fn prune(&mut self) {
        let schemas = self.needed_schemas();
        let schemes = self.required_schemes();
        let components = &mut self.components;
        components.schemas.retain(|name, _| schemas.contains(name));
        components
            .security_schemes
            .retain(|name, _| schemes.contains(name));
    }

    fn needed_schemas(&self) -> BTreeSet<String> {
        let mut open = Vec::new();
        for schema in self.operations().flat_map(schemas) {
            referenced(schema, &mut open);
        }
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(schema) = self.components.schemas.get(name)
                && reached.insert(name.to_owned())
            {
                referenced(schema, &mut open);
            }
        }
        reached
    }

    fn required_schemes(&self) -> BTreeSet<String> {
        let of_operations = self.operations().filter_map(|it| it.security.as_ref());
        let requirements = of_operations.flatten().chain(&self.security);
        requirements
            .flat_map(|requirement| requirement.schemes().map(ToOwned::to_owned))
            .collect()
    }
}

/// Returns all schemas in an operation.
fn schemas(operation: &Operation) -> impl Iterator<Item = &Schema> {
    let parameters = operation.parameters.iter().map(|it| &it.schema);
    let body = operation.request_body.iter().flat_map(|it| of(&it.content));
    let responses = operation.responses.values();
    let responses = responses.flat_map(|it| headers(&it.headers).chain(of(&it.content)));
    parameters.chain(body).chain(responses)
}

fn of(content: &BTreeMap<String, MediaType>) -> impl Iterator<Item = &Schema> {
    content.values().flat_map(|media_type| {
        let parts = media_type.encoding.values();
        iter::once(&media_type.schema).chain(parts.flat_map(|part| headers(&part.headers)))
    })
}

fn headers(headers: &BTreeMap<String, Header>) -> impl Iterator<Item = &Schema> {
    headers.values().map(|header| &header.schema)
}

/// Adds the names of the component schemas that a schema refers to.
fn referenced<'s>(schema: &'s Schema, names: &mut Vec<&'s str>) {
    references::for_each(&schema.0, &mut |target| names.extend(schema_name(target)));
}
