//! The parameters a type reads from a query, headers or a path: one per field.

use std::collections::BTreeMap;

use schemars::{Schema, transform::Transform};
use serde_json::{Map, Value};

use super::{Definition, GeneratedSchema, generate::definition, strip::strip_extensions, walk};
use crate::{ValidatorError, ValidatorErrors, extension};

/// How a list is written in text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListStyle {
    /// One parameter per item: `?id=1&id=2`.
    #[default]
    Repeated,
    /// Comma-separated items: `?ids=1,2`.
    Comma,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParameterDoc {
    /// Its name.
    pub name: String,
    /// Whether it is required.
    pub required: bool,
    /// Its description.
    pub description: Option<String>,
    /// Whether new clients should not send it.
    pub deprecated: bool,
    /// The schema of its value.
    pub schema: Value,
    /// How lists are written.
    pub style: ListStyle,
    /// The named schemas its schema refers to.
    pub definitions: BTreeMap<String, Definition>,
}

/// How a type reads the parameters of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum PathShape {
    /// As the only parameter.
    Scalar(Value),
    /// By position.
    Tuple(Vec<Value>),
    /// By name.
    Fields(Vec<ParameterDoc>),
}

impl GeneratedSchema {
    /// Returns the parameters a struct reads, in the order of their names.
    ///
    /// # Errors
    ///
    /// When the type is no struct, or a field cannot be read from text.
    pub fn parameters(&self) -> Result<Vec<ParameterDoc>, ValidatorErrors> {
        let root = self.resolve(&self.root);
        if !is_object(root)
            || root
                .get("additionalProperties")
                .is_some_and(Value::is_object)
        {
            return Err(ValidatorErrors::new(vec![ValidatorError::Schema {
                subject: format!("`{}`", self.type_name),
                reason: "parameters are read into a struct, one per field".to_owned(),
            }]));
        }
        let required: Vec<&str> = root
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let none = Map::new();
        let properties = root
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let mut errors = Vec::new();
        let mut docs = Vec::new();
        for (name, schema) in properties {
            let schema = without_null(schema);
            if !self.is_scalar(&schema) && !self.is_list(&schema) {
                let subject = format!("`{}`, field `{name}`", self.type_name);
                errors.push(not_text(subject));
                continue;
            }
            let is_required = required.contains(&name.as_str());
            docs.push(self.parameter(name, schema, is_required));
        }
        if errors.is_empty() {
            Ok(docs)
        } else {
            Err(ValidatorErrors::new(errors))
        }
    }

    /// Returns how the type reads the parameters of a path.
    ///
    /// # Errors
    ///
    /// When a part of the type cannot be read from text.
    pub fn path_shape(&self) -> Result<PathShape, ValidatorErrors> {
        let root = self.resolve(&self.root);
        if let Some(items) = root.get("prefixItems").and_then(Value::as_array) {
            let items: Vec<_> = items.iter().map(|item| self.inline(item)).collect();
            if let Some(at) = items.iter().position(|item| !self.is_scalar(item)) {
                let subject = format!("{}, item {at}", self.type_name);
                return Err(ValidatorErrors::new(vec![not_text(subject)]));
            }
            return Ok(PathShape::Tuple(items));
        }
        if is_object(root) {
            return self.parameters().map(PathShape::Fields);
        }
        if self.is_scalar(root) || self.is_list(root) {
            return Ok(PathShape::Scalar(self.inline(root)));
        }
        let subject = format!("`{}`", self.type_name);
        Err(ValidatorErrors::new(vec![not_text(subject)]))
    }

    fn parameter(&self, name: &str, mut schema: Value, required: bool) -> ParameterDoc {
        let style = match schema.get(extension::LIST).and_then(Value::as_str) {
            Some("comma") => ListStyle::Comma,
            _ => ListStyle::Repeated,
        };
        let mut description = None;
        let mut deprecated = false;
        if let Some(members) = schema.as_object_mut() {
            description = members
                .remove("description")
                .and_then(|text| text.as_str().map(ToOwned::to_owned));
            deprecated = members.remove("deprecated") == Some(Value::Bool(true));
        }
        let definitions = self.reachable(&schema);
        strip_extensions(&mut schema);
        ParameterDoc {
            name: name.to_owned(),
            required,
            description,
            deprecated,
            schema,
            style,
            definitions,
        }
    }

    /// Returns a schema with its reference resolved. Schemas of path parameters are small.
    fn inline(&self, schema: &Value) -> Value {
        let mut schema = self.resolve(schema).clone();
        strip_extensions(&mut schema);
        schema
    }

    fn is_scalar(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema);
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() {
            return types
                .iter()
                .all(|one| matches!(*one, "string" | "integer" | "number" | "boolean"));
        }
        // Enums with documented variants: one constant per branch.
        let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"));
        match branches.and_then(Value::as_array) {
            Some(branches) => branches.iter().all(|branch| self.is_scalar(branch)),
            None => {
                schema
                    .get("const")
                    .is_some_and(|value| !value.is_object() && !value.is_array())
                    || schema.get("enum").is_some()
            }
        }
    }

    fn is_list(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema);
        schema.get("type").is_some_and(|one| one == "array")
            && schema
                .get("items")
                .is_some_and(|items| self.is_scalar(items))
    }

    /// Returns the named schemas a schema refers to, directly or not.
    fn reachable(&self, schema: &Value) -> BTreeMap<String, Definition> {
        let mut found = BTreeMap::new();
        let mut open = References::of(schema);
        while let Some(reference) = open.pop() {
            if let Some((name, schema)) = self.target(&reference)
                && !found.contains_key(name)
            {
                found.insert(name.to_owned(), definition(name, schema));
                open.extend(References::of(schema));
            }
        }
        found
    }
}

/// The schemas with a `$ref` within a schema, itself included.
#[derive(Default)]
struct References(Vec<Value>);

impl References {
    fn of(schema: &Value) -> Vec<Value> {
        let mut references = Self::default();
        walk::transform_value(&mut references, &mut schema.clone());
        references.0
    }
}

impl Transform for References {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("$ref").is_some() {
            self.0.push(schema.as_value().clone());
        }
        walk::transform_subschemas(self, schema);
    }
}

fn not_text(subject: String) -> ValidatorError {
    ValidatorError::Schema {
        subject,
        reason: "a parameter is text: use numbers, strings, booleans, enums of unit variants, or lists of these; objects belong in the body".to_owned(),
    }
}

/// Returns a schema without null: a parameter, or a field of a form, is present or missing, never null.
#[must_use]
pub fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(members) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(branches)) = members.get_mut("anyOf") {
        branches.retain(|branch| branch.get("type").is_none_or(|one| one != "null"));
        if let [Value::Object(one)] = branches.as_slice() {
            let one = one.clone();
            members.remove("anyOf");
            for (key, value) in one {
                members.entry(key).or_insert(value);
            }
        }
    }
    schema
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|one| one == "object")
}
