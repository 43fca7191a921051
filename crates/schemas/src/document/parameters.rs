//! The schema of a query, of headers or of a path: one field a parameter.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Definition, Direction, Generated, REFERENCE, extension, generate::generate, mend, named,
};
use crate::{Schema, ValidatorError, ValidatorErrors};

/// How a list is written in text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListStyle {
    /// One parameter an item: `?id=1&id=2`.
    #[default]
    Repeated,
    /// Items between commas: `?ids=1,2`.
    Comma,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParameterDoc {
    /// Its name.
    pub name: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is for.
    pub description: Option<String>,
    /// New clients should not send it.
    pub deprecated: bool,
    /// What its value may be.
    pub schema: Value,
    /// How lists are written.
    pub style: ListStyle,
    /// The named schemas its schema refers to.
    pub definitions: BTreeMap<String, Definition>,
}

/// How a type reads the parameters of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum PathShape {
    /// The one there is.
    Scalar(Value),
    /// By position.
    Tuple(Vec<Value>),
    /// By name.
    Fields(Vec<ParameterDoc>),
}

/// The parameters a struct reads, in the order of their names.
///
/// # Errors
///
/// When the type is no struct, or a field is none that text can hold; and
/// everything [`describe`](crate::describe) refuses.
pub fn parameters<T: Schema>() -> Result<Vec<ParameterDoc>, ValidatorErrors> {
    let generated = generate::<T>(Direction::Input)?;
    fields(&generated, std::any::type_name::<T>())
}

/// How a type reads the parameters of a path.
///
/// # Errors
///
/// When a part of the type is none that text can hold; and everything
/// [`describe`](crate::describe) refuses.
pub fn path_shape<T: Schema>() -> Result<PathShape, ValidatorErrors> {
    let generated = generate::<T>(Direction::Input)?;
    let subject = std::any::type_name::<T>();
    let root = resolve(&generated, &generated.root);
    if let Some(items) = root.get("prefixItems").and_then(Value::as_array) {
        let items: Vec<_> = items.iter().map(|item| inline(&generated, item)).collect();
        if let Some(at) = items.iter().position(|item| !is_scalar(&generated, item)) {
            return Err(refused(format!("{subject}, item {at}")));
        }
        return Ok(PathShape::Tuple(items));
    }
    if is_object(root) {
        return fields(&generated, subject).map(PathShape::Fields);
    }
    if is_scalar(&generated, root) || is_list(&generated, root) {
        return Ok(PathShape::Scalar(inline(&generated, root)));
    }
    Err(refused(format!("`{subject}`")))
}

fn refused(subject: String) -> ValidatorErrors {
    ValidatorErrors::new(vec![ValidatorError::Schema {
        subject,
        reason: "a parameter is text: use numbers, strings, booleans, unit-only enums, or lists of these; objects belong into the body".to_owned(),
    }])
}

fn fields(generated: &Generated, subject: &str) -> Result<Vec<ParameterDoc>, ValidatorErrors> {
    let root = resolve(generated, &generated.root);
    if !is_object(root)
        || root
            .get("additionalProperties")
            .is_some_and(Value::is_object)
    {
        return Err(ValidatorErrors::new(vec![ValidatorError::Schema {
            subject: format!("`{subject}`"),
            reason: "parameters are read into a struct, one field each".to_owned(),
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
        if !is_scalar(generated, &schema) && !is_list(generated, &schema) {
            errors.extend(refused(format!("`{subject}`, field `{name}`")).into_vec());
            continue;
        }
        docs.push(document(
            generated,
            name,
            schema,
            required.contains(&name.as_str()),
        ));
    }
    if errors.is_empty() {
        Ok(docs)
    } else {
        Err(ValidatorErrors::new(errors))
    }
}

fn document(generated: &Generated, name: &str, mut schema: Value, required: bool) -> ParameterDoc {
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
    let definitions = reached(generated, &schema);
    mend::strip_extensions(&mut schema);
    ParameterDoc {
        name: name.to_owned(),
        required,
        description,
        deprecated,
        schema,
        style,
        definitions: named(definitions),
    }
}

/// A parameter is there or not; none is null.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(members) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(branches)) = members.get_mut("anyOf") {
        branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
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

fn resolve<'v>(generated: &'v Generated, schema: &'v Value) -> &'v Value {
    let mut schema = schema;
    // References to references are few; a circle of them is none we can meet.
    for _ in 0..16 {
        let name = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|to| to.strip_prefix(REFERENCE));
        match name.and_then(|name| generated.definitions.get(name)) {
            Some(definition) => schema = definition,
            None => break,
        }
    }
    schema
}

/// A schema that refers to nothing: parameters of a path are small.
fn inline(generated: &Generated, schema: &Value) -> Value {
    let mut schema = resolve(generated, schema).clone();
    mend::strip_extensions(&mut schema);
    schema
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
}

fn is_scalar(generated: &Generated, schema: &Value) -> bool {
    let schema = resolve(generated, schema);
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() {
        return kinds
            .iter()
            .all(|kind| matches!(*kind, "string" | "integer" | "number" | "boolean"));
    }
    // Enums with documented variants: one constant a branch.
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    match branches.and_then(Value::as_array) {
        Some(branches) => branches.iter().all(|branch| is_scalar(generated, branch)),
        None => {
            schema
                .get("const")
                .is_some_and(|value| !value.is_object() && !value.is_array())
                || schema.get("enum").is_some()
        }
    }
}

fn is_list(generated: &Generated, schema: &Value) -> bool {
    let schema = resolve(generated, schema);
    schema.get("type").is_some_and(|kind| kind == "array")
        && schema
            .get("items")
            .is_some_and(|items| is_scalar(generated, items))
}

/// The named schemas a schema refers to, directly or not.
fn reached(generated: &Generated, schema: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let name = members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|to| to.strip_prefix(REFERENCE));
                if let Some((name, schema)) =
                    name.and_then(|name| Some((name.to_owned(), generated.definitions.get(name)?)))
                    && !found.contains_key(&name)
                {
                    found.insert(name, schema.clone());
                    open.push(schema);
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found
}
