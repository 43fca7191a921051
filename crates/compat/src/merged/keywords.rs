//! Adding the keywords of a schema to a merged schema.

use std::collections::{BTreeMap, HashSet};

use purlin_openapi::Dialect;
use serde_json::{Map, Value};

use super::{
    Discriminator, MergedSchema, Restriction, Union, canonical,
    interpreted::{CONSTRAINTS, discriminator_property, is_interpreted},
};
use crate::{
    annotations::is_annotation,
    bounds::BOUNDS,
    error::DocumentError,
    source::{Node, Source},
    type_set::TypeSet,
};

impl<'d> MergedSchema<'d> {
    /// Adds the keywords of one schema; schemas it refers to are added to `open`.
    pub(crate) fn add(
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
        for (limit, bound) in BOUNDS.iter().zip(&mut self.bounds) {
            if let Some(stated) = limit.read(schema, source.dialect) {
                let pointer = format!("{}/{}", node.pointer, stated.keyword);
                self.keyword_pointers
                    .entry(limit.keyword)
                    .or_insert(pointer);
                *bound = limit.tighter(bound.take(), Some(stated));
            }
        }
        if let Some(multiple) = schema.get("multipleOf").filter(|it| it.is_number()) {
            self.record(node, "multipleOf");
            let known = *self.multiple_of.get_or_insert(multiple);
            if known != multiple {
                self.unmerged
                    .insert(format!("multiples of {multiple}"), node.pointer.clone());
            }
        }
        self.add_members(source, node, schema)?;
        self.add_discriminator(source, node, schema);
        for keyword in CONSTRAINTS {
            // `unevaluated…: true` allows everything, as without the keyword.
            let is_trivial = keyword.starts_with("unevaluated")
                && schema.get(keyword).is_some_and(is_unconstrained);
            if let Some(value) = source.child(node, keyword).filter(|_| !is_trivial)
                && !(keyword == "unevaluatedProperties" && value.value == &Value::Bool(false))
            {
                self.record(node, keyword);
                self.constraints.entry(keyword).or_default().push(value);
            }
        }
        for (keyword, value) in schema {
            if !is_interpreted(source.dialect, node, keyword, value) {
                let known = self.uninterpreted.entry(keyword).or_default();
                known.extend(source.child(node, keyword));
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

    fn record(&mut self, node: &Node<'_>, keyword: &'static str) {
        let pointer = || format!("{}/{keyword}", node.pointer);
        self.keyword_pointers.entry(keyword).or_insert_with(pointer);
    }

    fn add_types(&mut self, source: &Source<'d>, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let is_nullable = node.is_true("x-nullable")
            || (source.dialect != Dialect::V3_1 && node.is_true("nullable"));
        if is_nullable {
            self.is_nullable = true;
        }
        if let Some(types) = schema.get("type").and_then(TypeSet::parse) {
            self.record(node, "type");
            self.types = self.types.and(types);
            self.own_types = self.own_types.and(types);
        }
    }

    fn add_values(&mut self, node: &Node<'d>, schema: &'d Map<String, Value>) {
        let constant = schema.get("const");
        let listed = schema.get("enum").and_then(Value::as_array);
        if let Some(constant) = constant {
            self.record(node, "const");
            self.is_const = true;
            self.restrict(by_text([constant]));
        }
        if let Some(listed) = listed {
            self.record(node, "enum");
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
            self.record(node, "default");
            // The outermost default takes precedence.
            self.default.get_or_insert(default);
        }
    }

    /// Restricts the values to these.
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
            // The equivalent formats of OpenAPI 3.0 (3.1.1 section 4.8.14.4.1).
            None => match (node.text("contentEncoding"), node.text("contentMediaType")) {
                (Some("base64"), _) => Some("byte"),
                (None, Some(_)) => Some("binary"),
                _ => None,
            },
        };
        if let Some(format) = format {
            self.record(node, "format");
            let known = *self.format.get_or_insert(format);
            if known != format {
                self.unmerged
                    .insert(format!("the format `{format}`"), node.pointer.clone());
            }
        }
        for (keyword, known) in ["contentEncoding", "contentMediaType"]
            .into_iter()
            .zip(&mut self.content)
        {
            *known = known.or(node.text(keyword));
        }
        // Every string matches an empty pattern.
        if let Some(pattern) = node.text("pattern").filter(|it| !it.is_empty()) {
            self.record(node, "pattern");
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
        if let Some(it) = source
            .child(node, "additionalProperties")
            .filter(|it| !is_unconstrained(it.value))
        {
            match &mut self.additional {
                _ if it.value == &Value::Bool(false) => self.additional = None,
                Some(additional) => additional.push(it.clone()),
                None => {}
            }
            // It applies to the properties of other schemas, unless a pattern describes them.
            if !schema.contains_key("patternProperties") {
                let listed = schema.get("properties").and_then(Value::as_object);
                let listed = listed.into_iter().flatten().map(|(name, _)| name.as_str());
                self.restrictions.push(Restriction {
                    listed: listed.collect(),
                    schema: it,
                });
            }
        }
        if schema.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
            self.is_closed_by_unevaluated = true;
            self.additional = None;
        }
        if schema.get("items").is_some_and(Value::is_array) {
            self.add_prefix(source.items(node, "items")?);
        } else if let Some(items) = source
            .child(node, "items")
            .filter(|it| !is_unconstrained(it.value))
        {
            self.items.push(items);
        }
        self.add_prefix(source.items(node, "prefixItems")?);
        Ok(())
    }

    fn add_prefix(&mut self, items: Vec<Node<'d>>) {
        for (index, item) in items.into_iter().enumerate() {
            match self.prefix.get_mut(index) {
                Some(schemas) => schemas.push(item),
                None => self.prefix.push(vec![item]),
            }
        }
    }

    fn add_discriminator(
        &mut self,
        source: &Source<'d>,
        node: &Node<'d>,
        schema: &'d Map<String, Value>,
    ) {
        let Some(discriminator) = schema.get("discriminator") else {
            return;
        };
        let Some(property) = discriminator_property(discriminator) else {
            return;
        };
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let mapping = mapping.into_iter().flatten().filter_map(|(value, target)| {
            let target = target.as_str()?;
            let name = last_segment(target);
            Some((value.as_str(), (name, source.named(target))))
        });
        self.record(node, "discriminator");
        self.discriminator = Some(Discriminator {
            home: node.pointer.clone(),
            property,
            mapping: mapping.collect(),
            default_mapping: discriminator
                .get("defaultMapping")
                .and_then(Value::as_str)
                .map(last_segment),
        });
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
            self.is_nullable |= has_null;
            return Ok(());
        }
        let mut types = if has_null {
            TypeSet::NULL
        } else {
            TypeSet::NONE
        };
        let constants = union.branches.iter().map(|it| constants(it.value));
        if let Some(constants) = constants
            .collect::<Option<Vec<_>>>()
            .filter(|it| !it.is_empty())
        {
            let mut values = by_text(constants.iter().flatten().copied());
            if union.keyword == "oneOf" {
                // A value of two alternatives is not valid.
                let mut counts: BTreeMap<String, usize> = BTreeMap::new();
                for text in constants
                    .iter()
                    .flat_map(|it| by_text(it.iter().copied()).into_keys())
                {
                    *counts.entry(text).or_default() += 1;
                }
                values.retain(|text, _| counts.get(text) == Some(&1));
            }
            self.keyword_pointers.entry("enum").or_insert(union.pointer);
            types = values
                .values()
                .map(|it| TypeSet::of(it))
                .fold(types, TypeSet::or);
            self.restrict(values);
            self.is_nullable |= has_null;
        } else {
            let mut branches = Vec::with_capacity(union.branches.len());
            for branch in &union.branches {
                let branch = Self::anything().gather(source, std::slice::from_ref(branch), seen)?;
                types = types.or(branch.types);
                branches.push(branch);
            }
            let is_merged = self.merges_branches && self.merge_branches(&branches);
            if !is_merged {
                self.unions.push(union);
            }
        }
        if types != TypeSet::NONE {
            self.types = self.types.and(types.or(if self.is_nullable {
                TypeSet::NULL
            } else {
                TypeSet::NONE
            }));
        }
        Ok(())
    }
}

/// Returns values by their canonical text: 1 equals 1.0.
fn by_text<'d>(values: impl IntoIterator<Item = &'d Value>) -> BTreeMap<String, &'d Value> {
    let texts = values.into_iter().map(|value| (canonical(value), value));
    texts.collect()
}

fn is_unconstrained(schema: &Value) -> bool {
    matches!(schema, Value::Bool(true)) || schema.as_object().is_some_and(Map::is_empty)
}

fn is_null(schema: &Value) -> bool {
    let only = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => matches!(items.as_slice(), [Value::Null]),
        _ => false,
    };
    let is_type = schema.get("type").and_then(TypeSet::parse) == Some(TypeSet::NULL);
    is_type || only(schema.get("enum")) || schema.get("const").is_some_and(Value::is_null)
}

/// Returns the values of a schema that is a constant or an enum without other
/// constraints.
fn constants(schema: &Value) -> Option<Vec<&Value>> {
    let allowed = [
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
        .all(|key| allowed.contains(&key.as_str()) || is_annotation(key));
    if !is_plain {
        return None;
    }
    // A type beside the values may exclude some of them.
    let types = members.get("type").map(TypeSet::parse);
    let is_typed = |value: &Value| match types {
        Some(types) => types.is_some_and(|types| types.contains(TypeSet::of(value))),
        None => true,
    };
    match (members.get("const"), members.get("enum")) {
        (Some(constant), None) => is_typed(constant).then(|| vec![constant]),
        (None, Some(Value::Array(values))) => {
            values.iter().all(is_typed).then(|| values.iter().collect())
        }
        _ => None,
    }
}

fn last_segment(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
