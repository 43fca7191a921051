//! The OpenAPI document, written from the notes of the operations. Names of
//! schemas are settled here: one component per name, and where a type's input
//! and output contracts differ the input one is called `NameInput`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use purlin_openapi::{
    Components, Document, Header, MediaType, Method, NameClash, Operation, Parameter,
    ParameterLocation, Response, Schema, SecurityRequirement,
    references::{self, schema_name},
};
use purlin_schemas::{
    __router::{ParameterDoc, PathShape},
    Definition, SchemaWithDefinitions, Validator,
};
use serde_json::Value;

use super::{RegistryError, extras, links, shared, templates::Template};
use crate::{
    auth::Guards,
    describe::{Notes, ResponseNotes},
    error::policy::ErrorPolicy,
    middleware::MiddlewareDescription,
    operation::info::OperationInfo,
    registry::Registry,
    time_limit,
};

/// An operation that passed its checks.
pub(super) struct Declared<'o> {
    pub(super) operation: &'o crate::Operation,
    pub(super) info: &'o OperationInfo,
    /// `None` for an operation that has no route: only its schemas are added.
    pub(super) template: Option<&'o Template>,
    pub(super) guards: &'o Guards,
    pub(super) time_limit: Option<Duration>,
    /// The schema of errors; none if it cannot be described, which is reported elsewhere.
    pub(super) error: Option<Arc<SchemaWithDefinitions>>,
    pub(super) policy: &'o ErrorPolicy,
    /// The day on which it ends.
    pub(super) sunset: Option<&'o str>,
    pub(super) subject: &'o str,
    /// The media types of the body, each with its validator.
    pub(super) media_types: &'o [(&'static str, Option<Arc<Validator>>)],
}

/// Collects operations and schemas, then settles names.
pub(super) struct DocumentWriter<'r> {
    registry: &'r Registry,
    document: Document,
    inputs: Named,
    outputs: Named,
    security_schemes: BTreeSet<String>,
}

/// Schemas of one direction, by name.
#[derive(Default)]
struct Named {
    components: Components,
    origins: BTreeMap<String, String>,
    /// Types whose schemas are in already, by address.
    added: BTreeMap<*const SchemaWithDefinitions, Arc<SchemaWithDefinitions>>,
}

impl Named {
    fn add_all(&mut self, described: Arc<SchemaWithDefinitions>) -> Vec<NameClash> {
        if self.added.contains_key(&Arc::as_ptr(&described)) {
            return Vec::new();
        }
        let definitions = described.definitions.iter();
        let clashes = definitions.filter_map(|(name, definition)| self.add(name, definition).err());
        let clashes = clashes.collect();
        self.added.insert(Arc::as_ptr(&described), described);
        clashes
    }

    fn add(&mut self, name: &str, definition: &Definition) -> Result<(), NameClash> {
        let Definition { schema, origin, .. } = definition;
        self.components
            .add_schema(name, Schema(schema.clone()), origin)?;
        self.origins
            .entry(name.to_owned())
            .or_insert_with(|| origin.clone());
        Ok(())
    }
}

impl<'r> DocumentWriter<'r> {
    pub(super) fn new(registry: &'r Registry) -> Self {
        let mut document = Document::new(registry.info.clone());
        document.tags.clone_from(&registry.tags);
        document.servers.clone_from(&registry.servers);
        document.external_docs.clone_from(&registry.external_docs);
        Self {
            registry,
            document,
            inputs: Named::default(),
            outputs: Named::default(),
            security_schemes: BTreeSet::new(),
        }
    }

    /// Adds an operation. The notes are consumed: whatever else is made of them is made before.
    pub(super) fn operation(
        &mut self,
        declared: &Declared<'_>,
        mut notes: Notes,
        errors: &mut Vec<RegistryError>,
    ) {
        let Declared {
            operation: declared,
            info,
            template,
            guards,
            time_limit,
            ref error,
            policy,
            sunset,
            subject,
            media_types,
        } = *declared;
        let mut operation = Operation::new(info.operation_id.as_ref());
        operation.summary = info.summary.as_ref().map(ToString::to_string);
        operation.description = info.description.as_ref().map(ToString::to_string);
        operation.tags = info.tags.iter().map(ToString::to_string).collect();
        operation.deprecated = info.deprecated;
        if let Some(template) = template {
            operation.parameters = path_parameters(template, &mut notes);
        }
        operation.parameters.append(&mut notes.parameters);
        operation.request_body = notes.body.take();
        for (status, noted) in &notes.responses {
            let response = response(*status, noted, policy.style.media_type());
            operation.responses.insert(status.to_string(), response);
        }
        if let Some(error) = error {
            let mut described = MiddlewareDescription {
                operation: &mut operation,
                info,
                policy,
                error: Schema(error.root.clone()),
            };
            if time_limit.is_some() {
                time_limit::describe(&mut described);
            }
            for middleware in &self.registry.middleware {
                middleware.describe(&mut described);
            }
        }
        operation.security = self.security(guards);
        operation.external_docs.clone_from(&declared.external_docs);
        extras::add_examples(&mut operation, &declared.examples, media_types);
        if let Some(sunset) = sunset {
            // The name begins with `x-`, so it is accepted; an extension of the user replaces it.
            let _ = operation.extensions.insert("x-sunset", sunset);
        }
        let invalid = extras::extend(&mut operation.extensions, &declared.extensions);
        errors.extend(
            invalid
                .into_iter()
                .map(|reason| RegistryError::NotRepresentable {
                    subject: subject.to_owned(),
                    reason,
                }),
        );

        let (inputs, outputs) = (&mut self.inputs, &mut self.outputs);
        let mut clashes: Vec<NameClash> = Vec::new();
        for (name, definition) in notes.of_parameters.drain(..) {
            clashes.extend(inputs.add(&name, &definition).err());
        }
        for (name, definition) in notes.of_headers.drain(..) {
            clashes.extend(outputs.add(&name, &definition).err());
        }
        for described in notes.inputs.drain(..) {
            clashes.extend(inputs.add_all(described));
        }
        for described in notes.outputs.drain(..) {
            clashes.extend(outputs.add_all(described));
        }
        errors.extend(clashes.into_iter().map(|source| RegistryError::SchemaName {
            subject: subject.to_owned(),
            source,
        }));
        // OpenAPI 3.1 has no place for other methods; such an operation is rejected.
        if let (Some(template), Ok(method)) = (template, info.method.as_str().parse::<Method>()) {
            self.document
                .operation(template.documented.clone(), method, operation);
        }
    }

    /// Returns every alternative. Where the registry has any authenticator, an
    /// operation without any has an empty list.
    fn security(&mut self, guards: &Guards) -> Option<Vec<SecurityRequirement>> {
        let names = guards.authenticators.iter().map(|named| &named.name);
        self.security_schemes.extend(names.map(ToString::to_string));
        let alternatives = guards.alternatives.iter().map(|steps| {
            let steps = steps.iter().filter_map(|step| {
                let named = guards.authenticators.get(step.authenticator)?;
                Some((
                    named.name.to_string(),
                    step.scopes.iter().map(ToString::to_string),
                ))
            });
            steps.fold(SecurityRequirement::default(), |all, (name, scopes)| {
                all.scopes(name, scopes)
            })
        });
        let is_stated = !guards.are_open() || !self.registry.authenticators.is_empty();
        is_stated.then(|| alternatives.collect())
    }

    pub(super) fn finish(
        mut self,
        policy: &ErrorPolicy,
        errors: &mut Vec<RegistryError>,
    ) -> Document {
        for named in &self.registry.authenticators {
            if self.security_schemes.contains(named.name.as_ref()) {
                self.document
                    .components
                    .security_schemes
                    .insert(named.name.to_string(), named.authenticator.scheme());
            }
        }
        let renamed = differing(&self.inputs.components, &self.outputs.components);
        for item in self.document.paths.values_mut() {
            for operation in item.operations.values_mut() {
                rename_inputs(operation, &renamed);
            }
        }
        let outputs = std::mem::take(&mut self.outputs);
        for (name, schema) in outputs.components.schemas {
            self.add(name, schema, &outputs.origins, errors);
        }
        let inputs = std::mem::take(&mut self.inputs);
        for (name, mut schema) in inputs.components.schemas {
            let origin = inputs.origins.get(&name).cloned().unwrap_or_default();
            rename(&mut schema.0, &renamed);
            let (name, origin) = if renamed.contains(&name) {
                (format!("{name}Input"), format!("{origin} as input"))
            } else {
                (name, origin)
            };
            self.add(
                name.clone(),
                schema,
                &BTreeMap::from([(name, origin)]),
                errors,
            );
        }
        let invalid = extras::extend(&mut self.document.extensions, &self.registry.extensions);
        errors.extend(
            invalid
                .into_iter()
                .map(|reason| RegistryError::NotRepresentable {
                    subject: "the registry".to_owned(),
                    reason,
                }),
        );
        if policy.compatibility.routes_by_type() {
            shared::add(&mut self.document, policy);
        }
        links::add(&mut self.document);
        self.document
    }

    fn add(
        &mut self,
        name: String,
        schema: Schema,
        origins: &BTreeMap<String, String>,
        errors: &mut Vec<RegistryError>,
    ) {
        let origin = origins.get(&name).cloned().unwrap_or_default();
        let added = self.document.components.add_schema(name, schema, &origin);
        if let Err(source) = added {
            errors.push(RegistryError::SchemaName {
                subject: "the registry".to_owned(),
                source,
            });
        }
    }
}

fn path_parameters(template: &Template, notes: &mut Notes) -> Vec<Parameter> {
    let mut fields: BTreeMap<String, ParameterDoc> = BTreeMap::new();
    let mut by_position: Vec<Value> = Vec::new();
    match notes.path.take() {
        Some(PathShape::Scalar(schema)) => by_position.push(schema),
        Some(PathShape::Tuple(schemas)) => by_position = schemas,
        Some(PathShape::Fields(docs)) => {
            fields.extend(docs.into_iter().map(|doc| (doc.name.clone(), doc)));
        }
        None => {}
    }
    let mut by_position = by_position.into_iter();
    let parameters = template.names.iter().map(|name| {
        let mut parameter = Parameter::new(
            name.clone(),
            ParameterLocation::Path,
            Schema(serde_json::json!({"type": "string"})),
        );
        parameter.required = true;
        if let Some(doc) = fields.remove(name) {
            notes.of_parameters.extend(doc.definitions);
            parameter.description = doc.description;
            parameter.deprecated = doc.deprecated;
            parameter.schema = Schema(doc.schema);
        } else if let Some(schema) = by_position.next() {
            parameter.schema = Schema(schema);
        }
        parameter
    });
    parameters.collect()
}

/// Returns the response of a status; bodies of the media type of errors have an example.
fn response(status: u16, notes: &ResponseNotes, error_type: &str) -> Response {
    let mut description = notes.descriptions.join(" ");
    if description.is_empty() {
        description = format!("Status {status}.");
    }
    let mut response = Response::new(description);
    for (name, note) in &notes.headers {
        let mut header = Header::new(Schema(note.schema.clone()));
        header.description.clone_from(&note.description);
        header.required = note.is_required;
        response.headers.insert(name.clone(), header);
    }
    for (media_type, described) in &notes.content {
        let schema = Schema(described.root.clone());
        let mut content = MediaType::new(schema);
        if media_type == error_type {
            content.example.clone_from(&notes.example);
        }
        response.content.insert(media_type.clone(), content);
    }
    response
}

/// The names whose input and output contracts are not the same, those that
/// refer to such names included.
fn differing(inputs: &Components, outputs: &Components) -> BTreeSet<String> {
    let both = |name: &&String| outputs.schemas.contains_key(*name);
    let mut differ: BTreeSet<String> = inputs
        .schemas
        .keys()
        .filter(both)
        .filter(|name| inputs.schemas.get(*name) != outputs.schemas.get(*name))
        .cloned()
        .collect();
    loop {
        let more: Vec<String> = inputs
            .schemas
            .iter()
            .filter(|(name, _)| both(name) && !differ.contains(*name))
            .filter(|(_, schema)| refers(&schema.0, &differ))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return differ;
        }
        differ.extend(more);
    }
}

fn refers(schema: &Value, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    references::for_each(schema, &mut |target| {
        found |= schema_name(target).is_some_and(|name| names.contains(name));
    });
    found
}

fn rename_inputs(operation: &mut Operation, names: &BTreeSet<String>) {
    for parameter in &mut operation.parameters {
        rename(&mut parameter.schema.0, names);
    }
    if let Some(body) = &mut operation.request_body {
        for media_type in body.content.values_mut() {
            rename(&mut media_type.schema.0, names);
        }
    }
}

/// Points references to the renamed schemas at their new names.
fn rename(schema: &mut Value, names: &BTreeSet<String>) {
    references::for_each_mut(schema, &mut |target| {
        if schema_name(target).is_some_and(|name| names.contains(name)) {
            target.push_str("Input");
        }
    });
}
