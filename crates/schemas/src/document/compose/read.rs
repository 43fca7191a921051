//! Reads the schema of an object, and those of its parts, as members.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Members,
    object::{Object, Union},
};
use crate::{
    Direction,
    document::{REFERENCE, origin::origin},
    extension,
};

/// The keywords of an object that are composed; the others stay as they are.
pub(super) const COMPOSED: [&str; 12] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "dependentRequired",
    "oneOf",
    "patternProperties",
    "properties",
    "propertyNames",
    "required",
    "type",
    "unevaluatedProperties",
];

/// The annotations of a part that are those of the object, unless it has its own.
const ANNOTATIONS: [&str; 3] = ["title", "description", "deprecated"];

/// The keywords of a part that would apply to all members of the object.
const OF_ALL_MEMBERS: [&str; 2] = ["minProperties", "maxProperties"];

/// The number of types within each other, at most.
const DEEPEST: usize = 64;

/// Reads schemas as objects.
pub(super) struct Reader<'d> {
    known: &'d BTreeMap<String, Value>,
    direction: Direction,
    /// The named type that is read, for error messages.
    owner: String,
    /// The named types that are read.
    within: Vec<&'d str>,
    /// Whether what is read is tried by an untagged enum, as a value of its own.
    is_tried: bool,
    errors: Vec<String>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(
        known: &'d BTreeMap<String, Value>,
        direction: Direction,
        owner: &str,
    ) -> Self {
        Self {
            known,
            direction,
            owner: owner.to_owned(),
            within: Vec::new(),
            is_tried: false,
            errors: Vec::new(),
        }
    }

    pub(super) fn into_errors(self) -> Vec<String> {
        self.errors
    }

    /// Reads an object with its parts.
    pub(super) fn object(&mut self, members: &Members) -> Option<Object> {
        let tag = tag(members);
        let mut object = Object {
            is_closed: true,
            ..Object::default()
        };
        for (name, property) in entries(members, "properties") {
            let owner = match tag {
                Some(tag) if tag == name => format!("the tag of {}", self.owner),
                _ => self.owner.clone(),
            };
            object.owners.insert(name.clone(), owner);
            object.properties.insert(name.clone(), property.clone());
        }
        object.required = strings(members.get("required"));
        for (name, needs) in entries(members, "dependentRequired") {
            object.dependent.insert(name.clone(), strings(Some(needs)));
        }
        for (pattern, schema) in entries(members, "patternProperties") {
            object.patterns.insert(pattern.clone(), schema.clone());
        }
        self.rest(members, &mut object);
        if let Some(to) = members.get("$ref").and_then(Value::as_str) {
            let part = self.reference(to)?;
            self.add(&mut object, part);
        }
        for one in items(members, "allOf") {
            let part = self.part(one)?;
            self.add(&mut object, part);
        }
        for keyword in ["oneOf", "anyOf"] {
            if members.contains_key(keyword) {
                let part = self.union(keyword, items(members, keyword))?;
                self.add(&mut object, part);
            }
        }
        if self.direction == Direction::Input && object.rest.is_some() && !object.unions.is_empty()
        {
            self.errors.push("it flattens a map beside an enum, and a member of another variant would be one of the map: give the map a field of its own".to_owned());
        }
        Some(object)
    }

    /// Reads a schema in place: that of a part, or of an alternative.
    fn part(&mut self, schema: &'_ Value) -> Option<Object> {
        let members = match schema {
            Value::Object(members) => members,
            // Any member: a `serde_json::Value`.
            Value::Bool(true) => return Some(anything()),
            _ => return self.fail("a part allows no value"),
        };
        if self.within.len() > DEEPEST {
            return self.fail("its parts are nested too deeply");
        }
        let Some(part) = members.get(extension::PART) else {
            return self.in_place(members);
        };
        let text = |key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default();
        let (of_type, kind) = (text("type"), text("kind"));
        let is_nullable = items(members, "allOf").iter().any(is_nullable);
        if kind == "content" && is_nullable && self.direction == Direction::Output {
            return self.fail(&format!("`{of_type}` beside a tag cannot be written, since serde has no form for it: leave the `Option` out, or make it a field of a struct variant"));
        }
        let is_optional = kind == "optional" || (kind == "part" && is_nullable);
        let owner = std::mem::replace(&mut self.owner, format!("`{of_type}`"));
        let is_tried = std::mem::take(&mut self.is_tried);
        let read = self.in_place(members);
        (self.owner, self.is_tried) = (owner, is_tried);
        let mut object = read?;
        // What is no object elsewhere is read by trial.
        object.is_strict |= kind == "content" && is_nullable;
        if !is_optional {
            return Some(object);
        }
        if object.has_map() && self.direction == Direction::Input {
            self.errors.push(format!("`Option<{of_type}>` is flattened, and whether it is present cannot be seen: a map without entries has no members; flatten the map without the `Option`"));
        }
        Some(object.into_optional())
    }

    fn in_place(&mut self, members: &Members) -> Option<Object> {
        if let Some(names) = self.unit_variants(members) {
            let branches = names.into_iter().map(|name| self.unit_variant(&name));
            let branches: Vec<_> = branches.collect();
            return Some(union("oneOf", branches, false));
        }
        let is_object = |kind: &Value| kind == "object";
        let (is_possible, is_nullable) = match members.get("type") {
            None => (true, false),
            Some(Value::Array(kinds)) => (
                kinds.iter().any(is_object),
                kinds.iter().any(|kind| kind == "null"),
            ),
            Some(kind) => (is_object(kind), kind == "null"),
        };
        if !is_possible && is_nullable {
            // A unit struct has no members.
            return Some(Object {
                is_strict: true,
                is_closed: true,
                ..Object::default()
            });
        }
        if !is_possible {
            let owner = self.owner.clone();
            return self.fail(&format!("{owner} is written as no object, so that it cannot be a part of one: give it a field of its own"));
        }
        if members.is_empty() {
            return Some(anything());
        }
        for keyword in OF_ALL_MEMBERS {
            if members.contains_key(keyword) {
                self.errors.push(format!(
                    "`{keyword}` of {} would count all members of the object: give it a field of its own, or check it with `custom(…)`",
                    self.owner
                ));
            }
        }
        let mut object = self.object(members)?;
        object.is_strict |=
            members.contains_key(extension::STRICT) && !members.contains_key(extension::MEMBERWISE);
        for key in ANNOTATIONS {
            if let Some(value) = members.get(key) {
                object
                    .annotations
                    .entry(key)
                    .or_insert_with(|| value.clone());
            }
        }
        Some(object)
    }

    fn reference(&mut self, to: &str) -> Option<Object> {
        let name = to.strip_prefix(REFERENCE).unwrap_or(to);
        let Some((name, schema)) = self.known.get_key_value(name) else {
            return self.fail(&format!("the reference `{to}` has no target"));
        };
        if self.within.contains(&name.as_str()) {
            return self.fail("it is a part of itself, so that reading it never ends; put the inner one into a field");
        }
        self.within.push(name);
        let owner = std::mem::replace(&mut self.owner, origin(name, schema));
        let read = self.part(schema);
        self.owner = owner;
        self.within.pop();
        read
    }

    /// Adds a part to an object.
    fn add(&mut self, object: &mut Object, part: Object) {
        self.errors.extend(object.clashes(&part));
        object.merge(part);
    }

    fn union(&mut self, keyword: &'static str, schemas: &[Value]) -> Option<Object> {
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
        let nulls = schemas.iter().filter(is_null).count();
        let others: Vec<&Value> = schemas.iter().filter(|schema| !is_null(schema)).collect();
        if nulls > 0 && others.len() > 1 {
            let owner = self.owner.clone();
            return self.fail(&format!("{owner} has a variant without members, which is read as no value here: give the enum a field of its own, or the variant members"));
        }
        let is_tried = self.is_tried;
        self.is_tried |= keyword == "anyOf" && nulls == 0;
        let branches = self.branches(&others);
        self.is_tried = is_tried;
        let mut branches = branches?;
        Some(match (branches.len(), branches.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                branches.extend(last);
                union(keyword, branches, false)
            }
        })
    }

    fn branches(&mut self, schemas: &[&Value]) -> Option<Vec<Object>> {
        let mut branches = Vec::new();
        for schema in schemas {
            let names = schema.as_object().and_then(|it| self.unit_variants(it));
            match names {
                Some(names) => {
                    branches.extend(names.iter().map(|name| self.unit_variant(name)));
                }
                None => branches.push(self.part(schema)?),
            }
        }
        Some(branches)
    }

    /// Returns the names of unit variants, which are written as strings elsewhere.
    fn unit_variants(&mut self, schema: &Members) -> Option<Vec<String>> {
        if schema.get("type").is_none_or(|kind| kind != "string") {
            return None;
        }
        let names = match (schema.get("const"), schema.get("enum")) {
            (Some(Value::String(name)), _) => vec![name.clone()],
            (None, Some(names)) => strings(Some(names)),
            _ => return None,
        };
        if self.is_tried && self.direction == Direction::Input {
            self.errors.push(format!(
                "{} has a unit variant and is inside of an untagged enum, which reads it as a string and not as a member: give the untagged enum a field of its own, or the variant members",
                self.owner
            ));
        }
        Some(names)
    }

    /// serde writes a unit variant as a member that is null, where it has no place for a string.
    fn unit_variant(&self, name: &str) -> Object {
        Object {
            properties: Map::from_iter([(name.to_owned(), json!({"type": "null"}))]),
            owners: BTreeMap::from([(name.to_owned(), self.owner.clone())]),
            required: vec![name.to_owned()],
            is_closed: true,
            ..Object::default()
        }
    }

    /// Reads what an object states of undeclared members.
    fn rest(&self, members: &Members, object: &mut Object) {
        let stated = ["additionalProperties", "unevaluatedProperties"];
        match stated.iter().find_map(|key| members.get(*key)) {
            Some(Value::Bool(false)) => {}
            Some(schema) => {
                object.rest = Some(schema.clone());
                object.is_closed = false;
            }
            None => object.is_closed = has_only_parts(members),
        }
    }

    fn fail<T>(&mut self, reason: &str) -> Option<T> {
        self.errors.push(reason.to_owned());
        None
    }
}

/// Returns whether only the parts of an object state which members there are.
fn has_only_parts(members: &Members) -> bool {
    ["$ref", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|key| members.contains_key(*key))
}

/// Returns whether a schema is that of an `Option`.
fn is_nullable(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let kinds = schema.get("type").and_then(Value::as_array);
    let branches = schema.get("anyOf").and_then(Value::as_array);
    let mut branches = branches.into_iter().flatten();
    kinds.is_some_and(|kinds| kinds.iter().any(is_null))
        || branches.any(|branch| branch.get("type").is_some_and(is_null))
}

fn anything() -> Object {
    Object {
        rest: Some(Value::Bool(true)),
        ..Object::default()
    }
}

fn union(keyword: &'static str, branches: Vec<Object>, is_optional: bool) -> Object {
    Object {
        is_closed: branches.iter().all(|branch| branch.is_closed),
        unions: vec![Union {
            keyword,
            branches,
            is_optional,
        }],
        ..Object::default()
    }
}

/// Returns the required member that is a constant.
fn tag(members: &Members) -> Option<&String> {
    let properties = members.get("properties")?.as_object()?;
    let mut properties = properties.iter();
    let (name, _) = properties.find(|(_, schema)| schema.get("const").is_some())?;
    Some(name)
}

fn entries<'m>(
    members: &'m Members,
    key: &str,
) -> impl Iterator<Item = (&'m String, &'m Value)> + use<'m> {
    let entries = members.get(key).and_then(Value::as_object);
    entries.into_iter().flatten()
}

fn items<'m>(members: &'m Members, key: &str) -> &'m [Value] {
    let items = members.get(key).and_then(Value::as_array);
    items.map_or(&[], Vec::as_slice)
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    let strings = list.filter_map(Value::as_str);
    strings.map(ToOwned::to_owned).collect()
}
