//! Conversion of the Schema Object of OpenAPI 3.0 to that of Swagger 2.0, which
//! has no unions, no `not` and no `nullable`. Without these constraints more
//! values are allowed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    Document, Schema,
    dialect::lower::{Lowering, null::is_null_schema},
    references::schema_name,
    subschemas,
};

/// The maximum depth of references and unions that are followed to determine a
/// type.
const DEPTH: u8 = 8;

/// The document's schemas in OpenAPI 3.0.
pub(super) struct Schemas {
    lowering: Lowering,
    components: BTreeMap<String, Value>,
}

impl Schemas {
    pub(super) fn of(document: &Document) -> Self {
        let schemas = crate::dialect::value(&document.components.schemas);
        let lowering = Lowering::of(Some(&schemas));
        let components = &document.components.schemas;
        let components = components.iter().map(|(name, schema)| {
            let mut schema = schema.0.clone();
            lowering.lower(&mut schema);
            (name.clone(), schema)
        });
        let components = components.collect();
        Self {
            lowering,
            components,
        }
    }

    /// Returns `definitions`; none if there are no components.
    pub(super) fn definitions(&self) -> Option<Value> {
        let components = self.components.iter();
        let definitions: Map<String, Value> = components
            .map(|(name, schema)| (name.clone(), self.written(schema.clone())))
            .collect();
        (!definitions.is_empty()).then_some(Value::Object(definitions))
    }

    /// Converts a schema of the model to OpenAPI 3.0.
    pub(super) fn lowered(&self, schema: &Schema) -> Value {
        let mut schema = schema.0.clone();
        self.lowering.lower(&mut schema);
        schema
    }

    /// Converts a schema of the model to Swagger 2.0.
    pub(super) fn write(&self, schema: &Schema) -> Value {
        self.written(self.lowered(schema))
    }

    /// Returns the component that a schema refers to.
    pub(super) fn referred(&self, schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
        let name = schema_name(schema.get("$ref")?.as_str()?)?;
        self.components.get(name)?.as_object()
    }

    fn written(&self, mut schema: Value) -> Value {
        self.visit(&mut schema);
        schema
    }

    fn visit(&self, schema: &mut Value) {
        let Value::Object(schema) = schema else {
            return;
        };
        // Types are determined from unconverted schemas, so the outermost
        // schema is first.
        for (keyword, kept) in [("anyOf", "x-anyOf"), ("oneOf", "x-oneOf")] {
            self.union(schema, keyword, kept);
        }
        schema.remove("not");
        schema.remove("writeOnly");
        rename(schema, "nullable", "x-nullable");
        without_null(schema);
        rename(schema, "deprecated", "x-deprecated");
        rename(schema, "discriminator", "x-discriminator");
        if let Some(mapping) = schema
            .get_mut("x-discriminator")
            .and_then(|it| it.get_mut("mapping"))
        {
            let targets = mapping
                .as_object_mut()
                .into_iter()
                .flat_map(|it| it.values_mut());
            targets.for_each(point_at_definition);
        }
        if let Some(to) = schema.get_mut("$ref") {
            point_at_definition(to);
        }
        subschemas::for_each_mut(schema, |_, child| self.visit(child));
        for kept in ["x-anyOf", "x-oneOf"] {
            if let Some(Value::Array(branches)) = schema.get_mut(kept) {
                branches.iter_mut().for_each(|branch| self.visit(branch));
            }
        }
    }

    /// Replaces a union by the common type of its branches and an extension.
    fn union(&self, schema: &mut Map<String, Value>, keyword: &str, kept: &str) {
        let Some(Value::Array(mut branches)) = schema.remove(keyword) else {
            return;
        };
        let all = branches.len();
        branches.retain(|branch| !is_null_schema(branch));
        if branches.len() < all || branches.iter().any(|it| self.allows_null(it, DEPTH)) {
            schema.insert("x-nullable".to_owned(), true.into());
        }
        if let [_] = branches.as_slice() {
            let others = schema.entry("allOf").or_insert_with(|| json!([]));
            others
                .as_array_mut()
                .into_iter()
                .for_each(|it| it.append(&mut branches));
        } else {
            if !schema.contains_key("type")
                && let Some(shared) = self.shared(&branches)
            {
                schema.insert("type".to_owned(), shared.into());
            }
            schema.insert(kept.to_owned(), Value::Array(branches));
        }
    }

    /// Returns the common type of all branches.
    pub(super) fn shared(&self, branches: &[Value]) -> Option<String> {
        self.shared_type(branches, DEPTH)
    }

    fn shared_type(&self, branches: &[Value], depth: u8) -> Option<String> {
        let types = branches
            .iter()
            .map(|it| self.type_of(it.as_object()?, depth));
        let types: Vec<String> = types.collect::<Option<_>>()?;
        let (first, others) = types.split_first()?;
        others.iter().all(|it| it == first).then(|| first.clone())
    }

    /// Returns whether a schema with a type allows `null`, directly or by
    /// reference.
    fn allows_null(&self, schema: &Value, depth: u8) -> bool {
        let (Some(depth), Some(schema)) = (depth.checked_sub(1), schema.as_object()) else {
            return false;
        };
        if schema.contains_key("type") {
            return schema.get("nullable").is_some_and(|it| *it == true);
        }
        let parts = ["allOf", "anyOf", "oneOf"].map(|it| schema.get(it).and_then(Value::as_array));
        let referred = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(schema_name);
        let referred = referred.and_then(|name| self.components.get(name));
        let mut within = parts.into_iter().flatten().flatten().chain(referred);
        within.any(|it| self.allows_null(it, depth))
    }

    /// Returns the type of all values of a schema, if it is known.
    fn type_of(&self, schema: &Map<String, Value>, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        if let Some(Value::String(named)) = schema.get("type") {
            return Some(named.clone());
        }
        if let Some(component) = self.referred(schema) {
            return self.type_of(component, depth);
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            let mut objects = all.iter().filter_map(Value::as_object);
            return objects.find_map(|it| self.type_of(it, depth));
        }
        let union = schema.get("oneOf").or_else(|| schema.get("anyOf"));
        let branches = union?.as_array()?.iter();
        let branches: Vec<_> = branches.filter(|it| !is_null_schema(it)).cloned().collect();
        self.shared_type(&branches, depth)
    }
}

/// Removes `null` from an `enum`, as `x-nullable` expresses it.
fn without_null(schema: &mut Map<String, Value>) {
    if !schema.contains_key("x-nullable") {
        return;
    }
    match schema.get_mut("enum") {
        Some(Value::Array(values)) if values.iter().all(Value::is_null) => {
            schema.remove("type");
        }
        Some(Value::Array(values)) => values.retain(|it| !it.is_null()),
        _ => {}
    }
}

fn rename(schema: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = schema.remove(from) {
        schema.insert(to.to_owned(), value);
    }
}

fn point_at_definition(reference: &mut Value) {
    if let Some(name) = reference.as_str().and_then(schema_name) {
        *reference = format!("#/definitions/{name}").into();
    }
}
