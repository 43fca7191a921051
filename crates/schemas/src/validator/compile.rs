//! Compiles a JSON Schema to nodes.

use std::{collections::BTreeMap, sync::OnceLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::{
    Validator,
    file::FileRules,
    guide::Steps,
    node::{Constant, Format, Node, NodeId, ObjectRules, Property},
};
use crate::{
    JsonType, ValidatorError, ValidatorErrors,
    delimiter::Delimiter,
    document::{self, REFERENCE, is_integer_type},
    extension, formats,
};

pub(super) struct Compiler<'s> {
    definitions: &'s BTreeMap<String, Value>,
    named: BTreeMap<&'s str, NodeId>,
    nodes: Vec<Node>,
    errors: Vec<ValidatorError>,
}

impl<'s> Compiler<'s> {
    pub(super) fn new(definitions: &'s BTreeMap<String, Value>) -> Self {
        Self {
            definitions,
            named: BTreeMap::new(),
            nodes: Vec::new(),
            errors: Vec::new(),
        }
    }

    pub(super) fn compile(mut self, root: &'s Value) -> Result<Validator, ValidatorErrors> {
        let root = self.schema(root);
        let mut validator = Validator {
            nodes: self.nodes,
            root,
            steps: Steps::default(),
            names: Vec::new(),
            has_objects: false,
            collects_unknown: false,
            rereads: false,
            shape: OnceLock::new(),
            parts: OnceLock::new(),
        };
        let endless = self
            .named
            .iter()
            .filter(|(_, id)| validator.applies_to_itself(**id));
        self.errors.extend(endless.map(|(name, _)| ValidatorError::Schema {
            subject: format!("`{name}`"),
            reason: "it directly contains itself, so that reading it never ends; put the inner one into a field".to_owned(),
        }));
        if !self.errors.is_empty() {
            return Err(ValidatorErrors::new(self.errors));
        }
        validator.rereads = validator.has_unions_within_themselves();
        validator.steps = Steps::of(&validator);
        let mut names: Vec<String> = Vec::new();
        let mut has_objects = false;
        for (name, node) in validator.properties(root) {
            has_objects |= validator.is_object(node);
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        validator.names = names;
        validator.has_objects = has_objects;
        validator.collects_unknown = validator.has_rest();
        Ok(validator)
    }

    fn reserve(&mut self) -> NodeId {
        self.nodes.push(Node::default());
        NodeId(self.nodes.len() - 1)
    }

    fn schema(&mut self, schema: &'s Value) -> NodeId {
        let id = self.reserve();
        self.fill(id, schema);
        id
    }

    /// Compiles a named schema once; it may refer to itself.
    fn reference(&mut self, to: &'s str) -> NodeId {
        let name = to.strip_prefix(REFERENCE).unwrap_or(to);
        if let Some(id) = self.named.get(name) {
            return *id;
        }
        let id = self.reserve();
        self.named.insert(name, id);
        match self.definitions.get(name) {
            Some(schema) => self.fill(id, schema),
            None => self.errors.push(ValidatorError::Schema {
                subject: format!("`{name}`"),
                reason: format!("the reference `{to}` has no target"),
            }),
        }
        id
    }

    fn fill(&mut self, id: NodeId, schema: &'s Value) {
        let node = match schema {
            Value::Object(members) => self.members(members),
            Value::Bool(false) => Node {
                never: true,
                ..Node::default()
            },
            _ => Node::default(),
        };
        if let Some(place) = self.nodes.get_mut(id.0) {
            *place = node;
        }
    }

    fn members(&mut self, members: &'s Map<String, Value>) -> Node {
        let mut node = Node::default();
        for (key, value) in members {
            match key.as_str() {
                "type" => node.kinds = types(value),
                "enum" => {
                    let values = value.as_array();
                    node.allowed = values.map(|values| values.iter().map(Constant::from).collect());
                }
                "const" => node.allowed = Some(vec![value.into()]),
                "minimum" => node.number.minimum = value.as_number().cloned(),
                "maximum" => node.number.maximum = value.as_number().cloned(),
                "exclusiveMinimum" => node.number.exclusive_minimum = value.as_number().cloned(),
                "exclusiveMaximum" => node.number.exclusive_maximum = value.as_number().cloned(),
                "multipleOf" => node.number.multiple_of = value.as_number().cloned(),
                "minLength" => node.string.min_length = value.as_u64(),
                "maxLength" => node.string.max_length = value.as_u64(),
                "pattern" => node.string.pattern = self.regex(value),
                // An annotation of a file, which JSON Schema states by its media type.
                "format" if value == "binary" && members.contains_key("contentMediaType") => {}
                "format" => self.format(&mut node, value),
                "prefixItems" => node.array.prefix = self.list(value),
                "items" => node.array.items = Some(self.schema(value)),
                "minItems" => node.array.min_items = value.as_u64(),
                "maxItems" => node.array.max_items = value.as_u64(),
                "uniqueItems" => {
                    node.array.unique = value == &Value::Bool(true);
                    // A set drops duplicate items.
                    node.is_strict |= node.array.unique;
                }
                "properties" => node.object.properties = self.properties(value),
                "required" => node.object.required = strings(value),
                "dependentRequired" => {
                    let names = value.as_object().into_iter().flatten();
                    node.object.dependent = names
                        .map(|(name, others)| (name.clone(), strings(others)))
                        .collect();
                    // serde takes a part that is present by half for one that is absent.
                    node.is_strict = true;
                }
                "patternProperties" => {
                    for (pattern, schema) in value.as_object().into_iter().flatten() {
                        // Keys are not checked by the type itself.
                        node.is_strict |= !is_integer_type(pattern);
                        let node_of_pattern = self.schema(schema);
                        match Regex::new(pattern) {
                            Ok(regex) => node.object.patterns.push((regex, node_of_pattern)),
                            Err(error) => self.invalid_pattern(pattern, &error),
                        }
                    }
                }
                "additionalProperties" => node.object.additional = Some(self.schema(value)),
                "unevaluatedProperties" => {
                    node.object.unevaluated = Some(self.schema(value));
                    node.is_strict = true;
                }
                "minProperties" => node.object.min_properties = value.as_u64(),
                "maxProperties" => node.object.max_properties = value.as_u64(),
                "propertyNames" => {
                    node.object.names = Some(self.schema(value));
                    node.is_strict = true;
                }
                "$ref" => {
                    if let Some(to) = value.as_str() {
                        let target = self.reference(to);
                        node.all_of.push(target);
                    }
                }
                "allOf" => {
                    let all = self.list(value);
                    node.all_of.extend(all);
                }
                "anyOf" => {
                    node.any_of = self.list(value);
                    node.is_strict |= is_buffered(value);
                    node.by_trial |= is_buffered(value);
                }
                "oneOf" => {
                    node.one_of = self.list(value);
                    node.is_strict |= is_buffered(value);
                    node.by_trial |= is_buffered(value) && !is_tagged(value);
                }
                "not" => node.not = Some(self.schema(value)),
                extension::STRICT => node.is_strict = true,
                extension::MEMBERWISE => node.is_memberwise = true,
                extension::LIST => node.delimiter = value.as_str().and_then(Delimiter::of_keyword),
                extension::FILE => node.file = Some(FileRules::read(value)),
                key if annotates(key) => {}
                key => self.errors.push(ValidatorError::Schema {
                    subject: format!("the keyword `{key}`"),
                    reason: "the document would state a rule that the server does not enforce; state it with another keyword, or as a `custom` rule".to_owned(),
                }),
            }
        }
        mark_required(&mut node.object);
        node
    }

    fn list(&mut self, schemas: &'s Value) -> Vec<NodeId> {
        let schemas = schemas.as_array().into_iter().flatten();
        schemas.map(|schema| self.schema(schema)).collect()
    }

    fn properties(&mut self, schemas: &'s Value) -> Vec<Property> {
        let schemas = schemas.as_object().into_iter().flatten();
        let mut properties: Vec<_> = schemas
            .map(|(name, schema)| Property {
                name: name.clone(),
                node: self.schema(schema),
                is_required: false,
            })
            .collect();
        properties.sort_by(|one, other| one.name.cmp(&other.name));
        properties
    }

    fn format(&mut self, node: &mut Node, value: &Value) {
        let Some(name) = value.as_str() else { return };
        match formats::test(name) {
            Some(test) => {
                node.string.format = Some(Format {
                    name: name.to_owned(),
                    test,
                    is_read_laxly: formats::is_read_laxly(name),
                });
            }
            None if formats::UNENFORCED.contains(&name) => {
                self.errors.push(ValidatorError::Schema {
                    subject: format!("the format `{name}`"),
                    reason: "the document would state a format that the server does not enforce; state it as a pattern, or as a `custom` rule".to_owned(),
                });
            }
            None => node.number.width = document::width(name),
        }
    }

    fn regex(&mut self, pattern: &Value) -> Option<Regex> {
        let pattern = pattern.as_str()?;
        Regex::new(pattern)
            .map_err(|error| self.invalid_pattern(pattern, &error))
            .ok()
    }

    fn invalid_pattern(&mut self, pattern: &str, error: &regex::Error) {
        self.errors.push(ValidatorError::Schema {
            subject: format!("the pattern `{pattern}`"),
            reason: error.to_string(),
        });
    }
}

/// Marks the properties that are required.
fn mark_required(object: &mut ObjectRules) {
    let mut required: Vec<&String> = object.required.iter().collect();
    required.sort_unstable();
    for property in &mut object.properties {
        property.is_required = required.binary_search(&&property.name).is_ok();
    }
}

/// Returns whether a keyword is an annotation, without effect on validation.
fn annotates(key: &str) -> bool {
    key.starts_with("x-")
        || matches!(
            key,
            "title"
                | "description"
                | "default"
                | "example"
                | "examples"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "$comment"
                | "$schema"
                | "$id"
                | "contentEncoding"
                | "contentMediaType"
                | "externalDocs"
                | "discriminator"
                | "xml"
        )
}

fn strings(list: &Value) -> Vec<String> {
    let strings = list.as_array().into_iter().flatten();
    strings
        .filter_map(|text| text.as_str().map(ToOwned::to_owned))
        .collect()
}

fn types(value: &Value) -> Vec<JsonType> {
    let names: Vec<&Value> = match value {
        Value::Array(names) => names.iter().collect(),
        name => vec![name],
    };
    let kinds = names.into_iter().filter_map(|name| {
        Some(match name.as_str()? {
            "null" => JsonType::Null,
            "boolean" => JsonType::Boolean,
            "integer" => JsonType::Integer,
            "number" => JsonType::Number,
            "string" => JsonType::String,
            "array" => JsonType::Array,
            "object" => JsonType::Object,
            _ => return None,
        })
    });
    kinds.collect()
}

/// Returns whether a member is a different constant in each of these branches.
fn is_tagged(branches: &Value) -> bool {
    let branches: Vec<&Value> = branches.as_array().into_iter().flatten().collect();
    let constants = |branch: &Value| -> Vec<String> {
        let properties = branch.get("properties").and_then(Value::as_object);
        let is_constant = |(_, schema): &(&String, &Value)| schema.get("const").is_some();
        let properties = properties.into_iter().flatten().filter(is_constant);
        properties.map(|(name, _)| name.clone()).collect()
    };
    let Some(first) = branches.first() else {
        return true;
    };
    constants(first).iter().any(|tag| {
        branches
            .iter()
            .all(|branch| constants(branch).contains(tag))
    })
}

/// Returns whether serde buffers these branches before it reads them, out of reach of the strict deserializer: untagged and
/// tagged enums. A nullable schema, an enum of unit variants and an externally tagged one are read directly.
fn is_buffered(branches: &Value) -> bool {
    let branches: Vec<&Value> = branches.as_array().into_iter().flatten().collect();
    let is_null = |branch: &&Value| branch.get("type").is_some_and(|kind| kind == "null");
    if branches.len() == 2 && branches.iter().any(is_null) {
        return false;
    }
    let is_unit = |branch: &Value| {
        branch.get("type").is_some_and(|kind| kind == "string")
            && (branch.get("const").is_some() || branch.get("enum").is_some())
    };
    let is_external = |branch: &Value| {
        let properties = branch.get("properties").and_then(Value::as_object);
        properties.is_some_and(|properties| {
            properties.len() == 1
                && properties
                    .values()
                    .all(|schema| schema.get("const").is_none())
        }) && branch.get("additionalProperties") == Some(&Value::Bool(false))
    };
    !branches
        .iter()
        .all(|branch| is_unit(branch) || is_external(branch))
}
