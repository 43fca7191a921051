//! Generates a value for a schema from its examples; the rest is made up, always in the same way.

mod numbers;
mod texts;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    Definition, Location, SchemaWithDefinitions, Validator, Violations, document::REFERENCE,
};

/// The depth below which only required members are generated, for an illustrative example.
const PLENTY: usize = 6;
/// The maximum depth: a schema that requires itself has no value.
const DEEPEST: usize = 32;

/// The error of generating an example.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ExampleError {
    /// The schema allows no value, or requires itself without end.
    #[error("no value of this schema can be made up; state one as an `example`")]
    Nothing,
    /// The generated value violates the schema.
    #[error("the generated value violates the schema ({0}); state a value as an `example`")]
    Broken(Violations),
}

/// Returns a value that matches the schema, always the same one. Examples, defaults and constants of the schema are used;
/// the rest is made up.
///
/// # Errors
///
/// When no value is found: the rules contradict each other, or are too difficult (a pattern beside a length, items that
/// differ). State an `example` in that case.
///
/// ```
/// use purlin_schemas::{Direction, describe, example, schema};
///
/// #[schema]
/// struct Guest {
///     #[schemars(example = "Ada Lovelace")]
///     name: String,
///     #[garde(range(min = 18))]
///     age: u8,
/// }
///
/// let guest = example(&describe::<Guest>(Direction::Input)?).unwrap();
/// assert_eq!(guest, serde_json::json!({"name": "Ada Lovelace", "age": 18}));
/// # Ok::<(), purlin_schemas::ValidatorErrors>(())
/// ```
pub fn example(described: &SchemaWithDefinitions) -> Result<Value, ExampleError> {
    let maker = Maker {
        definitions: &described.definitions,
        plenty: PLENTY,
    };
    let value = maker
        .value(&described.root, 0, 0)
        .ok_or(ExampleError::Nothing)?;
    // A schema that cannot be compiled is reported elsewhere.
    if let Ok(validator) = Validator::from_schema(described) {
        let violations = validator.validate(Location::Body, &value);
        if !violations.is_empty() {
            return Err(ExampleError::Broken(violations));
        }
    }
    Ok(value)
}

/// Returns values that probably match the schema: one with all members, and one with as few as possible.
pub(crate) fn candidates(described: &SchemaWithDefinitions) -> impl Iterator<Item = Value> {
    [PLENTY, 0].into_iter().filter_map(|plenty| {
        let maker = Maker {
            definitions: &described.definitions,
            plenty,
        };
        maker.value(&described.root, 0, 0)
    })
}

struct Maker<'d> {
    definitions: &'d BTreeMap<String, Definition>,
    /// Below this depth only required members are generated.
    plenty: usize,
}

type Members = Map<String, Value>;

impl Maker<'_> {
    /// Returns the value at a depth; the `nth` of a list differs from its neighbours where possible.
    fn value(&self, schema: &Value, depth: usize, nth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let schema = match schema {
            Value::Object(members) => self.flattened(members, depth)?,
            Value::Bool(true) => return Some(Value::Null),
            _ => return None,
        };
        if let Some(stated) = stated(&schema, nth) {
            return Some(stated.clone());
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = schema.get(union) {
                return self.branch(&schema, union, branches, depth, nth);
            }
        }
        match kind(&schema) {
            "object" => self.object(&schema, depth).map(Value::Object),
            "array" => self.array(&schema, depth).map(Value::Array),
            "string" => texts::text(&schema, nth).map(Value::String),
            "integer" => numbers::integer(&schema, nth),
            "number" => numbers::number(&schema, nth),
            "boolean" => Some(Value::Bool(true)),
            _ => Some(Value::Null),
        }
    }

    /// Merges a schema with all it refers to.
    fn flattened(&self, schema: &Members, depth: usize) -> Option<Members> {
        if depth > DEEPEST {
            return None;
        }
        let mut flat = schema.clone();
        if let Some(Value::String(to)) = flat.remove("$ref") {
            let definition = self.definitions.get(to.strip_prefix(REFERENCE)?)?;
            let target = definition.schema.as_object()?;
            merge(&mut flat, self.flattened(target, depth + 1)?);
        }
        if let Some(Value::Array(all)) = flat.remove("allOf") {
            for part in all.iter().filter_map(Value::as_object) {
                merge(&mut flat, self.flattened(part, depth + 1)?);
            }
        }
        Some(flat)
    }

    /// Returns the value of the first branch that has one; null is the last resort.
    fn branch(
        &self,
        schema: &Members,
        union: &str,
        branches: &[Value],
        depth: usize,
        nth: usize,
    ) -> Option<Value> {
        let mut rest = schema.clone();
        rest.remove(union);
        let is_null = |branch: &&Value| branch.get("type").is_some_and(|kind| kind == "null");
        let some = branches.iter().filter(|branch| !is_null(branch));
        let null = branches.iter().filter(is_null);
        // Neighbours take different branches where there are several.
        let some: Vec<&Value> = some.collect();
        let turn = nth % some.len().max(1);
        let in_turn = some.iter().cycle().skip(turn).take(some.len()).copied();
        in_turn.chain(null).find_map(|branch| {
            let mut whole = self.flattened(branch.as_object()?, depth + 1)?;
            merge(&mut whole, rest.clone());
            self.value(&Value::Object(whole), depth + 1, nth)
        })
    }

    fn object(&self, schema: &Members, depth: usize) -> Option<Members> {
        let required = strings(schema, "required");
        let mut object = Members::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if !is_required && depth >= self.plenty {
                continue;
            }
            match self.value(property, depth + 1, 0) {
                Some(value) => object.insert(name.clone(), value),
                None if is_required => return None,
                None => continue,
            };
        }
        self.entries(schema, &mut object, depth);
        Some(object)
    }

    /// Generates undeclared members: the required number, or one as an illustration.
    fn entries(&self, schema: &Members, object: &mut Members, depth: usize) {
        let least = size(schema, "minProperties").unwrap_or(0);
        let shown = usize::from(object.is_empty() && depth < self.plenty);
        let most = size(schema, "maxProperties").unwrap_or(usize::MAX);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let by_pattern = patterns.into_iter().flatten().next();
        let others = schema
            .get("additionalProperties")
            .filter(|it| it.is_object());
        for nth in 0..least.max(shown).min(most).saturating_sub(object.len()) {
            let (key, value) = match (by_pattern, others) {
                (Some((pattern, value)), _) => (texts::matching(pattern, 0, nth), value),
                (None, Some(value)) => (self.key(schema, depth, nth), value),
                (None, None) => return,
            };
            if let Some((key, value)) = key.zip(self.value(value, depth + 1, nth)) {
                object.insert(key, value);
            }
        }
    }

    fn key(&self, schema: &Members, depth: usize, nth: usize) -> Option<String> {
        let Some(names) = schema.get("propertyNames").and_then(Value::as_object) else {
            return Some(format!("key{}", nth + 1));
        };
        let mut names = names.clone();
        names.entry("type").or_insert("string".into());
        match self.value(&Value::Object(names), depth + 1, nth)? {
            Value::String(key) => Some(key),
            _ => None,
        }
    }

    fn array(&self, schema: &Members, depth: usize) -> Option<Vec<Value>> {
        let prefix = schema.get("prefixItems").and_then(Value::as_array);
        let prefix = prefix.into_iter().flatten();
        let mut array: Vec<Value> = prefix
            .map(|item| self.value(item, depth + 1, 0))
            .collect::<Option<_>>()?;
        let Some(items) = schema.get("items").filter(|items| items.is_object()) else {
            return Some(array);
        };
        let least = size(schema, "minItems").unwrap_or(0);
        let most = size(schema, "maxItems").unwrap_or(usize::MAX);
        let shown = if depth < self.plenty { 1 } else { 0 };
        while array.len() < least.max(shown).min(most) {
            match self.value(items, depth + 1, array.len()) {
                Some(item) => array.push(item),
                None if array.len() >= least => break,
                None => return None,
            }
        }
        Some(array)
    }
}

/// Returns the values a schema lists, the most meaningful first.
fn stated(schema: &Members, nth: usize) -> Option<&Value> {
    let of_list = |key: &str| {
        let list = schema.get(key)?.as_array()?;
        list.get(nth % list.len().max(1))
    };
    let first = |key: &str| schema.get(key)?.as_array()?.first().filter(|_| nth == 0);
    let one = |key: &str| schema.get(key).filter(|_| nth == 0);
    schema
        .get("const")
        .or_else(|| first("examples"))
        .or_else(|| one("example"))
        .or_else(|| one("default").filter(|it| !it.is_null()))
        .or_else(|| of_list("enum"))
}

/// Returns the type to generate: the first that is not null.
fn kind(schema: &Members) -> &str {
    let known = match schema.get("type") {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            kinds.find(|kind| *kind != "null")
        }
        _ => None,
    };
    let hints = [
        ("properties", "object"),
        ("required", "object"),
        ("items", "array"),
        ("pattern", "string"),
        ("format", "string"),
    ];
    let hint = || hints.iter().find(|(key, _)| schema.contains_key(*key));
    known
        .or_else(|| hint().map(|(_, kind)| *kind))
        .unwrap_or("null")
}

fn strings<'s>(schema: &'s Members, key: &str) -> Vec<&'s str> {
    let list = schema.get(key).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn size(schema: &Members, key: &str) -> Option<usize> {
    usize::try_from(schema.get(key)?.as_u64()?).ok()
}

/// Merges another schema of the same value; existing keywords take precedence.
fn merge(schema: &mut Members, more: Members) {
    for (key, value) in more {
        match (key.as_str(), schema.get_mut(&key), value) {
            ("properties", Some(Value::Object(known)), Value::Object(more)) => {
                for (name, property) in more {
                    match (known.get_mut(&name), property) {
                        (Some(Value::Object(known)), Value::Object(more)) => merge(known, more),
                        (Some(_), _) => {}
                        (None, property) => {
                            known.insert(name, property);
                        }
                    }
                }
            }
            ("required" | "allOf", Some(Value::Array(known)), Value::Array(more)) => {
                known.extend(more);
            }
            // A second union is considered once there is a branch of the first one.
            ("oneOf" | "anyOf", Some(_), union) => {
                let all = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.push(json!({ key: union }));
                }
            }
            (_, Some(_), _) => {}
            (_, None, value) => {
                schema.insert(key, value);
            }
        }
    }
}
