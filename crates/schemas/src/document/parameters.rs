//! The parameters a type reads from a query, headers, cookies or a path: one per field.

use std::collections::BTreeMap;

use schemars::{Schema, transform::Transform};
use serde_json::{Map, Value, json};

use super::{Definition, GeneratedSchema, generate::definition, strip::strip_extensions, walk};
use crate::{Location, ValidatorError, ValidatorErrors, delimiter::Delimiter, extension};

/// How the value of a parameter is written in text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextStyle {
    /// As its location has it: a list in a query or a form as one parameter per item, `?id=1&id=2`, elsewhere
    /// comma-separated.
    #[default]
    Plain,
    /// A list as one text: `?ids=1,2`.
    Delimited(Delimiter),
    /// An object as one parameter per member: `?filter[name]=x` (`deepObject`).
    DeepObject,
    /// An object whose members are all the parameters of other names.
    Others,
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
    /// How the value is written.
    pub style: TextStyle,
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
    /// Returns the parameters a struct reads from a section, in the order of their names. What a flattened map collects is
    /// the last one, in queries and forms; the document has no place for other headers and cookies.
    ///
    /// # Errors
    ///
    /// When the type is no struct, or a field cannot be read from the text of that section.
    pub fn parameters(&self, location: Location) -> Result<Vec<ParameterDoc>, ValidatorErrors> {
        let root = self.resolve(&self.root);
        let subject = || format!("`{}`", self.type_name);
        if !is_object(root) {
            return Err(error(
                subject(),
                "parameters are read into a struct, one per field",
            ));
        }
        let others = ["additionalProperties", "unevaluatedProperties"]
            .iter()
            .find_map(|key| root.get(*key))
            .filter(|others| **others != Value::Bool(false));
        let mut errors = Vec::new();
        let mut docs = Vec::new();
        for (name, (schema, is_required)) in members(root) {
            let schema = without_null(&schema);
            let subject = || format!("`{}`, field `{name}`", self.type_name);
            match self.style(&schema, location) {
                Ok(style) => docs.push(self.parameter(&name, schema, style, is_required)),
                Err(reason) => errors.push(schema_error(subject(), reason)),
            }
        }
        if let Some(others) = others {
            match self.check_others(others, location) {
                Ok(true) => docs.push(self.others(others, &docs)),
                Ok(false) => {}
                Err(reason) => errors.push(schema_error(subject(), reason)),
            }
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
                return Err(error(subject, NOT_TEXT));
            }
            return Ok(PathShape::Tuple(items));
        }
        if is_object(root) {
            return self.parameters(Location::Path).map(PathShape::Fields);
        }
        if self.is_scalar(root) || self.is_list(root) {
            return Ok(PathShape::Scalar(self.inline(root)));
        }
        Err(error(format!("`{}`", self.type_name), NOT_TEXT))
    }

    /// Returns how a field is written in a section, or why it cannot be.
    fn style(&self, schema: &Value, location: Location) -> Result<TextStyle, &'static str> {
        let is_form = matches!(location, Location::Query | Location::Body);
        if self.is_scalar(schema) {
            return Ok(TextStyle::Plain);
        }
        if self.is_list(schema) {
            let delimiter = schema.get(extension::LIST).and_then(Value::as_str);
            return match delimiter.and_then(Delimiter::of_keyword) {
                _ if location == Location::Cookie => Err(
                    "a cookie has one text (RFC 6265 section 4.1.1), and is no list: take a `String`",
                ),
                Some(delimiter) if is_form => Ok(TextStyle::Delimited(delimiter)),
                Some(Delimiter::Comma) | None => Ok(TextStyle::Plain),
                Some(_) => Err(
                    "lists in headers and paths are comma-separated: use `Vec` or `CommaSeparated`",
                ),
            };
        }
        if is_form && self.is_flat_object(schema) {
            return Ok(TextStyle::DeepObject);
        }
        Err(if is_form { NOT_TEXT_OR_FLAT } else { NOT_TEXT })
    }

    /// Returns whether the document has a parameter for a flattened map, or why the map cannot be read.
    fn check_others(&self, others: &Value, location: Location) -> Result<bool, &'static str> {
        let is_any = *others == Value::Bool(true) || others.as_object().is_some_and(Map::is_empty);
        match location {
            Location::Query | Location::Body => {
                if is_any || self.is_scalar(others) || self.is_list(others) {
                    Ok(location == Location::Query)
                } else {
                    Err(
                        "the values of a flattened map are text here: use a map of scalars, of lists of scalars, or of `Value`",
                    )
                }
            }
            Location::Header | Location::Cookie => {
                let is_string = others.as_object().is_some_and(|members| {
                    members.len() == 1 && members.get("type").is_some_and(|kind| kind == "string")
                });
                // Requests have many headers that their senders do not choose.
                (is_any || is_string).then_some(false).ok_or(
                    "the values of a flattened map are any text here: use a map of `String`s",
                )
            }
            _ => Err("a path has the parameters of its template, and no others: remove the map"),
        }
    }

    /// Returns the parameter that stands for those a flattened map collects.
    fn others(&self, others: &Value, declared: &[ParameterDoc]) -> ParameterDoc {
        let names: Vec<&str> = declared.iter().map(|doc| doc.name.as_str()).collect();
        let mut name = "additionalParameters".to_owned();
        while names.contains(&name.as_str()) {
            name.push('_');
        }
        let mut schema = json!({"type": "object", "additionalProperties": others});
        if !names.is_empty() {
            schema["propertyNames"] = json!({"not": {"enum": names}});
        }
        let mut doc = self.parameter(&name, schema, TextStyle::Others, false);
        doc.description = Some("Parameters of any other name.".to_owned());
        doc
    }

    /// Returns an object within a query or a form with the schemas of its members, which are never null in text.
    fn flat_object(&self, schema: &Value, required: bool) -> Value {
        let mut object = self.resolve(schema).clone();
        let requires_member = object
            .get("required")
            .and_then(Value::as_array)
            .is_some_and(|names| !names.is_empty());
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            for property in properties.values_mut() {
                *property = without_null(property);
            }
        }
        if let Some(members) = object.as_object_mut() {
            // Without a member nothing is written, and the parameter is missing.
            if required && !requires_member {
                members.entry("minProperties").or_insert(1.into());
            }
            if let Some(text) = schema.get("description") {
                members.insert("description".to_owned(), text.clone());
            }
        }
        object
    }

    fn parameter(
        &self,
        name: &str,
        mut schema: Value,
        style: TextStyle,
        required: bool,
    ) -> ParameterDoc {
        if style == TextStyle::DeepObject {
            schema = self.flat_object(&schema, required);
        }
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

    /// Returns whether a schema is an object of scalars.
    fn is_flat_object(&self, schema: &Value) -> bool {
        let schema = self.resolve(schema);
        let is_plain = ["anyOf", "oneOf", "allOf", "unevaluatedProperties"]
            .iter()
            .all(|key| schema.get(*key).is_none());
        let properties = schema.get("properties").and_then(Value::as_object);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        let others = others.filter(|others| **others != Value::Bool(false));
        let mut values = properties.into_iter().flatten();
        is_object(schema)
            && is_plain
            && patterns.is_none()
            && values.all(|(_, value)| self.is_scalar(&without_null(value)))
            && others.is_none_or(|others| self.is_scalar(others))
            && (properties.is_some_and(|all| !all.is_empty()) || others.is_some())
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

const NOT_TEXT: &str = "a parameter is text: use numbers, strings, booleans, enums of unit variants, or lists of these; objects belong in the body";
const NOT_TEXT_OR_FLAT: &str = "a parameter is text: use numbers, strings, booleans, enums of unit variants, lists of these, or a struct or map of them (without lists); other objects belong in a JSON body";

fn error(subject: String, reason: &str) -> ValidatorErrors {
    ValidatorErrors::new(vec![schema_error(subject, reason)])
}

fn schema_error(subject: String, reason: &str) -> ValidatorError {
    ValidatorError::Schema {
        subject,
        reason: reason.to_owned(),
    }
}

/// Returns whether an object requires a member.
fn requires(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|required| required == name))
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

/// The schemas of members by name, and whether they are required.
type Fields = BTreeMap<String, (Value, bool)>;

/// Returns the members of an object, those of its alternatives included: parameters cannot state which of them go together.
fn members(schema: &Value) -> Fields {
    let list = |key: &str| {
        schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let own = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| (name.clone(), (property.clone(), requires(schema, name))));
    let mut fields: Fields = own.collect();
    for part in list("allOf") {
        fields.extend(members(part));
    }
    for keyword in ["oneOf", "anyOf"] {
        let branches: Vec<Fields> = list(keyword).map(members).collect();
        let count = branches.len();
        let mut known: BTreeMap<String, (Vec<Value>, usize)> = BTreeMap::new();
        for (name, (schema, is_required)) in branches.into_iter().flatten() {
            let (schemas, requiring) = known.entry(name).or_default();
            *requiring += usize::from(is_required);
            if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        fields.extend(
            known
                .into_iter()
                .map(|(name, (schemas, requiring))| (name, (any_of(schemas), requiring == count))),
        );
    }
    fields
}

/// Returns the schema of a member that has one of several: a tag is one of its names.
fn any_of(mut schemas: Vec<Value>) -> Value {
    let constants = schemas.iter().map(|schema| schema.get("const").cloned());
    if let Some(constants) = constants.collect::<Option<Vec<_>>>()
        && constants.len() > 1
        && constants.iter().all(Value::is_string)
    {
        return json!({"type": "string", "enum": constants});
    }
    match (schemas.len(), schemas.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            schemas.extend(last);
            json!({ "anyOf": schemas })
        }
    }
}

fn is_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|one| one == "object")
}
