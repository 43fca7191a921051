//! The keywords of a schema, taken into a shape one by one.

use std::collections::{BTreeMap, HashSet};

use purlin_openapi::Dialect;
use serde_json::{Map, Value};

use super::{Discriminator, Shape, Union, short, text};
use crate::{
    limits::LIMITS,
    source::{DocumentError, Node, Source},
    types::Types,
};

/// Keywords that are compared as they are written.
const CONSTRAINTS: [&str; 14] = [
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "not",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

impl<'d> Shape<'d> {
    /// Takes in what one schema says itself; what it refers to is left open.
    pub(super) fn add(
        &mut self,
        source: &Source<'d>,
        node: &Node<'d>,
        schema: &'d Map<String, Value>,
        open: &mut Vec<Node<'d>>,
        seen: &mut HashSet<usize>,
    ) -> Result<(), DocumentError> {
        self.add_types(source, node, schema);
        self.add_values(node, schema);
        self.add_texts(node, schema);
        for (limit, bound) in LIMITS.iter().zip(&mut self.bounds) {
            if let Some(said) = limit.said(schema, source.dialect) {
                let place = format!("{}/{}", node.pointer, said.keyword);
                self.homes.entry(limit.keyword).or_insert(place);
                *bound = limit.tighter(bound.take(), Some(said));
            }
        }
        if let Some(multiple) = schema.get("multipleOf").filter(|it| it.is_number()) {
            self.take_home(node, "multipleOf");
            let known = *self.multiple_of.get_or_insert(multiple);
            if known != multiple {
                self.demands
                    .insert(format!("multiples of {multiple}"), node.pointer.clone());
            }
        }
        self.add_members(source, node, schema)?;
        self.add_discriminator(node, schema);
        for keyword in CONSTRAINTS {
            if let Some(value) = schema.get(keyword) {
                self.take_home(node, keyword);
                let known = *self.constraints.entry(keyword).or_insert(value);
                if known != value {
                    let demand = format!("`{keyword}` {}", short(value));
                    self.demands.insert(demand, node.pointer.clone());
                }
            }
        }
        for (keyword, spellings) in [
            ("oneOf", ["oneOf", "x-oneOf"]),
            ("anyOf", ["anyOf", "x-anyOf"]),
        ] {
            for spelling in spellings {
                if schema.contains_key(spelling) {
                    let branches = source.items(node, spelling)?;
                    let pointer = format!("{}/{spelling}", node.pointer);
                    self.add_union(
                        source,
                        Union {
                            keyword,
                            branches,
                            pointer,
                        },
                        open,
                        seen,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn take_home(&mut self, node: &Node<'_>, keyword: &'static str) {
        let place = || format!("{}/{keyword}", node.pointer);
        self.homes.entry(keyword).or_insert_with(place);
    }

    fn add_types(&mut self, source: &Source<'d>, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let is_nullable = node.is_true("x-nullable")
            || (source.dialect != Dialect::V3_1 && node.is_true("nullable"));
        if is_nullable {
            self.lets_null_in = true;
        }
        if let Some(types) = schema.get("type").and_then(Types::said) {
            self.take_home(node, "type");
            self.types = self.types.and(types);
        }
    }

    fn add_values(&mut self, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let constant = schema.get("const");
        let listed = schema.get("enum").and_then(Value::as_array);
        if let Some(constant) = constant {
            self.take_home(node, "const");
            self.is_const = true;
            self.restrict(by_text([constant]));
        }
        if let Some(listed) = listed {
            self.take_home(node, "enum");
            self.restrict(by_text(listed));
        }
        match schema.get("x-extensible-enum") {
            Some(Value::Array(values)) => self.extensible = Some(by_text(values)),
            Some(Value::Bool(true)) => {
                self.extensible.get_or_insert_default();
            }
            _ => {}
        }
        for (keyword, flag) in [
            ("readOnly", &mut self.read_only),
            ("writeOnly", &mut self.write_only),
            ("deprecated", &mut self.deprecated),
            ("uniqueItems", &mut self.unique_items),
        ] {
            *flag |= node.is_true(keyword);
        }
        self.deprecated |= node.is_true("x-deprecated");
        if let Some(default) = schema.get("default") {
            self.take_home(node, "default");
            // What stands outermost outweighs what it refers to.
            self.default.get_or_insert(default);
        }
    }

    /// Only these values.
    fn restrict(&mut self, values: BTreeMap<String, &'d Value>) {
        match &mut self.values {
            Some(known) => known.retain(|text, _| values.contains_key(text)),
            None => self.values = Some(values),
        }
    }

    fn add_texts(&mut self, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let is_file = schema.get("type").is_some_and(|it| it == "file");
        let format = match node.text("format") {
            Some(format) => Some(format),
            None if is_file => Some("binary"),
            // What OpenAPI 3.0 has formats for (3.1.1 section 4.8.14.4.1).
            None => match (node.text("contentEncoding"), node.text("contentMediaType")) {
                (Some("base64"), _) => Some("byte"),
                (None, Some(_)) => Some("binary"),
                _ => None,
            },
        };
        if let Some(format) = format {
            self.take_home(node, "format");
            let known = *self.format.get_or_insert(format);
            if known != format {
                self.demands
                    .insert(format!("the format `{format}`"), node.pointer.clone());
            }
        }
        if let Some(pattern) = node.text("pattern") {
            self.take_home(node, "pattern");
            self.patterns.insert(pattern);
        }
    }

    fn add_members(
        &mut self,
        source: &Source<'d>,
        node: &Node<'d>,
        schema: &'d Map<String, Value>,
    ) -> Result<(), DocumentError> {
        for (name, property) in source.members(node, "properties")? {
            self.properties.entry(name).or_default().push(property);
        }
        let required = schema.get("required").and_then(Value::as_array);
        self.required
            .extend(required.into_iter().flatten().filter_map(Value::as_str));
        match source.child(node, "additionalProperties") {
            Some(it) if it.value == &Value::Bool(false) => self.additional = None,
            Some(it) if !says_nothing(it.value) => {
                if let Some(additional) = &mut self.additional {
                    additional.push(it);
                }
            }
            _ => {}
        }
        if schema.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
            self.additional = None;
        }
        if schema.get("items").is_some_and(Value::is_array) {
            self.add_prefix(source.items(node, "items")?);
        } else if let Some(items) = source
            .child(node, "items")
            .filter(|it| !says_nothing(it.value))
        {
            self.items.push(items);
        }
        self.add_prefix(source.items(node, "prefixItems")?);
        Ok(())
    }

    fn add_prefix(&mut self, items: Vec<Node<'d>>) {
        for (index, item) in items.into_iter().enumerate() {
            match self.prefix.get_mut(index) {
                Some(place) => place.push(item),
                None => self.prefix.push(vec![item]),
            }
        }
    }

    fn add_discriminator(&mut self, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let Some(discriminator) = schema.get("discriminator") else {
            return;
        };
        let property = match discriminator {
            Value::String(property) => Some(property.as_str()),
            other => other.get("propertyName").and_then(Value::as_str),
        };
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let names = mapping.into_iter().flatten().filter_map(|(value, target)| {
            let name = target.as_str()?.rsplit('/').next()?;
            Some((value.as_str(), name))
        });
        if let Some(property) = property {
            self.take_home(node, "discriminator");
            self.discriminator = Some(Discriminator {
                property,
                mapping: names.collect(),
            });
        }
    }

    fn add_union(
        &mut self,
        source: &Source<'d>,
        mut union: Union<'d>,
        open: &mut Vec<Node<'d>>,
        seen: &mut HashSet<usize>,
    ) -> Result<(), DocumentError> {
        let all = union.branches.len();
        union.branches.retain(|branch| !is_null(branch.value));
        let has_null = union.branches.len() < all;
        if let [only] = union.branches.as_slice() {
            open.push(only.clone());
            self.lets_null_in |= has_null;
            return Ok(());
        }
        let mut types = if has_null { Types::NULL } else { Types::NONE };
        let constants = union.branches.iter().map(|it| constants(it.value));
        if let Some(constants) = constants
            .collect::<Option<Vec<_>>>()
            .filter(|it| !it.is_empty())
        {
            let values = by_text(constants.into_iter().flatten());
            self.homes.entry("enum").or_insert(union.pointer);
            types = values
                .values()
                .map(|it| Types::of(it))
                .fold(types, Types::or);
            self.restrict(values);
            self.lets_null_in |= has_null;
        } else {
            let mut branches = Vec::with_capacity(union.branches.len());
            for branch in &union.branches {
                let branch = Self::anything().gather(source, std::slice::from_ref(branch), seen)?;
                types = types.or(branch.types);
                branches.push(branch);
            }
            let is_taken_in = self.takes_in_types && self.take_in(&branches);
            if is_taken_in {
                // Nothing is left to choose from.
            } else if self.union.is_some() {
                let text = union.branches.iter().map(|it| short(it.value));
                let text = text.collect::<Vec<_>>().join(", ");
                self.demands
                    .insert(format!("`{}` {text}", union.keyword), union.pointer);
            } else {
                self.union = Some(union);
            }
        }
        if types != Types::NONE {
            self.types = self.types.and(types.or(if self.lets_null_in {
                Types::NULL
            } else {
                Types::NONE
            }));
        }
        Ok(())
    }
}

/// Values by the text that is the same for equal ones: 1 is 1.0.
fn by_text<'d>(values: impl IntoIterator<Item = &'d Value>) -> BTreeMap<String, &'d Value> {
    let texts = values.into_iter().map(|value| (text(value), value));
    texts.collect()
}

fn says_nothing(schema: &Value) -> bool {
    matches!(schema, Value::Bool(true)) || schema.as_object().is_some_and(Map::is_empty)
}

fn is_null(schema: &Value) -> bool {
    let only = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => matches!(items.as_slice(), [Value::Null]),
        _ => false,
    };
    let is_type = schema.get("type").and_then(Types::said) == Some(Types::NULL);
    is_type || only(schema.get("enum")) || schema.get("const").is_some_and(Value::is_null)
}

/// The values of a schema that is a constant or a list of them, and no more.
fn constants(schema: &Value) -> Option<Vec<&Value>> {
    let words = [
        "const",
        "enum",
        "type",
        "title",
        "description",
        "deprecated",
    ];
    let members = schema.as_object()?;
    let is_plain = members
        .keys()
        .all(|key| words.contains(&key.as_str()) || key.starts_with("x-"));
    if !is_plain {
        return None;
    }
    if let Some(constant) = members.get("const") {
        return Some(vec![constant]);
    }
    let values = members.get("enum")?.as_array()?;
    Some(values.iter().collect())
}
