//! Discriminators of tagged unions: if every branch of a `oneOf` is an object
//! with the same required property and a distinct constant in it, the property
//! is the discriminator (OpenAPI 3.1.1 section 4.8.25). A mapping refers only
//! to components: inline branches become components if the union is one, named
//! after it; elsewhere they are left unchanged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::visit;
use crate::{
    references::{SCHEMA_PREFIX, schema_name},
    subschemas,
};

/// The values of constant properties by name.
type Constants = BTreeMap<String, String>;

/// The constant properties of every component that has any.
#[derive(Default)]
pub(super) struct Tags(BTreeMap<String, Constants>);

/// Adds the discriminator to every union that has one.
pub(super) fn add(document: &mut Value) {
    if let Some(Value::Object(components)) = document.pointer_mut("/components/schemas") {
        name_branches(components);
    }
    let tags = Tags::of(document.pointer("/components/schemas"));
    if !tags.0.is_empty() {
        visit::for_each_schema(document, &mut |schema| add_to(schema, &tags));
    }
}

/// Moves the inline branches of every component that is a tagged union to
/// components.
fn name_branches(components: &mut Map<String, Value>) {
    let tags = Tags::of_schemas(components.iter());
    let unions: Vec<_> = components
        .iter()
        .filter_map(|(union, schema)| {
            let schema = schema.as_object()?;
            let branches = schema.get("oneOf")?.as_array()?;
            if schema.contains_key("discriminator") || branches.iter().all(is_reference) {
                return None;
            }
            let (_, values) = tags.distinguish(branches)?;
            Some((union.clone(), values))
        })
        .collect();
    for (union, values) in unions {
        let names: Vec<String> = values
            .iter()
            .map(|value| format!("{union}{}", pascal(value)))
            .collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        let is_free = |name| name != &union && !components.contains_key(name);
        if distinct.len() < names.len() || !names.iter().all(is_free) {
            continue;
        }
        let Some(Value::Array(branches)) = components
            .get_mut(&union)
            .and_then(|schema| schema.get_mut("oneOf"))
        else {
            continue;
        };
        let mut named = Vec::new();
        for (branch, name) in branches.iter_mut().zip(names) {
            if !is_reference(branch) {
                let reference = json!({"$ref": format!("{SCHEMA_PREFIX}{name}")});
                named.push((name, std::mem::replace(branch, reference)));
            }
        }
        components.extend(named);
    }
}

fn is_reference(branch: &Value) -> bool {
    reference(branch).is_some()
}

/// Converts a value such as `in-progress` to a part of a component's name:
/// `InProgress`.
fn pascal(value: &str) -> String {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters)
        })
        .collect()
}

fn add_to(schema: &mut Value, tags: &Tags) {
    let Value::Object(schema) = schema else {
        return;
    };
    subschemas::for_each_mut(schema, |_, child| add_to(child, tags));
    if !schema.contains_key("discriminator")
        && let Some(Value::Array(branches)) = schema.get("oneOf")
        && let Some(discriminator) = discriminator(branches, tags)
    {
        schema.insert("discriminator".to_owned(), discriminator);
    }
}

fn discriminator(branches: &[Value], tags: &Tags) -> Option<Value> {
    let references: Vec<&str> = branches.iter().map(reference).collect::<Option<_>>()?;
    let (member, values) = tags.distinguish(branches)?;
    let mapping: BTreeMap<_, _> = values.into_iter().zip(references).collect();
    Some(json!({"propertyName": member, "mapping": mapping}))
}

/// Returns the reference of a branch that has no other keyword.
fn reference(branch: &Value) -> Option<&str> {
    let branch = branch.as_object().filter(|branch| branch.len() == 1)?;
    branch.get("$ref")?.as_str()
}

impl Tags {
    /// Collects the constants of component schemas.
    pub(super) fn of(components: Option<&Value>) -> Self {
        let components = components.and_then(Value::as_object);
        Self::of_schemas(components.into_iter().flatten())
    }

    fn of_schemas<'v>(schemas: impl Iterator<Item = (&'v String, &'v Value)>) -> Self {
        let constants = schemas.filter_map(|(name, it)| Some((name.clone(), constants_of(it)?)));
        Self(constants.filter(|(_, it)| !it.is_empty()).collect())
    }

    /// Returns the property that has a distinct value in every branch, and the
    /// values: no object matches two of these branches.
    pub(super) fn distinguish(&self, branches: &[Value]) -> Option<(String, Vec<String>)> {
        let branches: Vec<Constants> = branches
            .iter()
            .map(|branch| self.constants(branch))
            .collect::<Option<_>>()?;
        let (first, others) = branches.split_first()?;
        let mut members = first.keys().filter(|_| !others.is_empty());
        members.find_map(|member| {
            let values = branches.iter().map(|it| it.get(member).cloned());
            let values: Vec<String> = values.collect::<Option<_>>()?;
            let distinct: BTreeSet<_> = values.iter().collect();
            let apart = distinct.len() == values.len();
            apart.then(|| (member.clone(), values))
        })
    }

    /// Returns the constant properties of a branch or of the component it
    /// refers to.
    fn constants(&self, branch: &Value) -> Option<Constants> {
        let name = branch
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(schema_name);
        match name {
            Some(name) => self.0.get(name).cloned(),
            None => constants_of(branch),
        }
    }
}

/// Returns the required properties of an object with a constant string. Without
/// `type: object`, other values match as well, and no property distinguishes
/// those.
fn constants_of(schema: &Value) -> Option<Constants> {
    if schema.get("type").is_none_or(|it| it != "object") {
        return None;
    }
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required")?.as_array()?;
    let names = required.iter().filter_map(Value::as_str);
    let constants = names.filter_map(|name| {
        let value = constant(properties.get(name)?.as_object()?)?;
        Some((name.to_owned(), value.to_owned()))
    });
    Some(constants.collect())
}

fn constant(schema: &Map<String, Value>) -> Option<&str> {
    if let Some(value) = schema.get("const") {
        return value.as_str();
    }
    match schema.get("enum")?.as_array()?.as_slice() {
        [value] => value.as_str(),
        _ => None,
    }
}
