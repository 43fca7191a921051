//! Makes values up from the schema in the document, most of them valid.

use purlin_schemas::SchemaWithDefinitions;
use serde_json::{Map, Value, json};

use crate::random::Random;

/// Beyond this depth optional parts are left out.
const DEEP: usize = 12;

/// Makes up values of one schema.
pub(crate) struct Sampler<'d> {
    described: &'d SchemaWithDefinitions,
}

impl<'d> Sampler<'d> {
    pub(crate) fn new(described: &'d SchemaWithDefinitions) -> Self {
        Self { described }
    }

    pub(crate) fn sample(&self, random: &mut Random) -> Value {
        self.value(&self.described.root, random, 0)
    }

    fn value(&self, schema: &Value, random: &mut Random, depth: usize) -> Value {
        let Some(schema) = schema.as_object() else {
            return json!("anything");
        };
        if depth > 40 {
            return Value::Null;
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return random.pick(values).cloned().unwrap_or_default();
        }
        let mut value = self.own(schema, random, depth);
        let references = schema.get("$ref").and_then(Value::as_str);
        let target = references.and_then(|to| {
            let name = to.strip_prefix("#/components/schemas/")?;
            self.described.definitions.get(name)
        });
        if let Some(target) = target {
            merge(&mut value, self.value(&target.schema, random, depth + 1));
        }
        for part in list(schema, "allOf") {
            merge(&mut value, self.value(part, random, depth + 1));
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(branch) = random.pick(list(schema, union)) {
                merge(&mut value, self.value(branch, random, depth + 1));
            }
        }
        value.unwrap_or_default()
    }

    /// Makes up what the keywords of a schema itself describe.
    fn own(&self, schema: &Map<String, Value>, random: &mut Random, depth: usize) -> Option<Value> {
        let kind = match schema.get("type") {
            Some(Value::Array(kinds)) => random.pick(kinds)?.as_str()?,
            Some(kind) => kind.as_str()?,
            None if schema.contains_key("properties") => "object",
            None => return None,
        };
        Some(match kind {
            "object" => Value::Object(self.object(schema, random, depth)),
            "array" => Value::Array(self.array(schema, random, depth)),
            "integer" => integer(schema, random),
            "number" => json!(random.below(100) as f64 / 4.0),
            "string" => text(schema, random),
            "boolean" => Value::Bool(random.one_in(2)),
            _ => Value::Null,
        })
    }

    fn object(
        &self,
        schema: &Map<String, Value>,
        random: &mut Random,
        depth: usize,
    ) -> Map<String, Value> {
        let mut object = Map::new();
        let required = list(schema, "required");
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.iter().any(|one| one == name);
            if is_required || (depth < DEEP && random.one_in(2)) {
                object.insert(name.clone(), self.value(property, random, depth + 1));
            }
        }
        let most = if depth < DEEP { 3 } else { 1 };
        if let Some(values) = schema
            .get("additionalProperties")
            .filter(|it| it.is_object())
        {
            for _ in 0..random.below(most) {
                let name = *random.pick(&["k", "x", "a", "", "kind"]).unwrap_or(&"k");
                object.insert(name.to_owned(), self.value(values, random, depth + 1));
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for (_, values) in patterns.into_iter().flatten() {
            for _ in 0..random.below(most) {
                let name = random.below(256).to_string();
                object.insert(name, self.value(values, random, depth + 1));
            }
        }
        object
    }

    fn array(&self, schema: &Map<String, Value>, random: &mut Random, depth: usize) -> Vec<Value> {
        let mut array: Vec<Value> = list(schema, "prefixItems")
            .iter()
            .map(|item| self.value(item, random, depth + 1))
            .collect();
        if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
            let size = |key: &str| schema.get(key).and_then(Value::as_u64);
            let least = size("minItems").unwrap_or(0) as usize;
            let beyond = if depth < DEEP { random.below(3) } else { 0 };
            let most = size("maxItems").map_or(usize::MAX, |most| most as usize);
            for _ in 0..(least + beyond).min(most) {
                array.push(self.value(items, random, depth + 1));
            }
        }
        array
    }
}

/// Merges what several schemas describe of one value: members of objects are united.
fn merge(value: &mut Option<Value>, more: Value) {
    match (value, more) {
        (Some(Value::Object(members)), Value::Object(more)) => {
            for (name, member) in more {
                match members.remove(&name) {
                    Some(known) => {
                        let mut both = Some(known);
                        merge(&mut both, member);
                        members.extend(both.map(|both| (name, both)));
                    }
                    None => drop(members.insert(name, member)),
                }
            }
        }
        (Some(_), _) => {}
        (value, more) => *value = Some(more),
    }
}

fn list<'s>(schema: &'s Map<String, Value>, key: &str) -> &'s [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn integer(schema: &Map<String, Value>, random: &mut Random) -> Value {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    let (least, most) = (
        bound("minimum").unwrap_or(-1000),
        bound("maximum").unwrap_or(1000),
    );
    match random.below(4) {
        0 => json!(least),
        1 => json!(most),
        _ => {
            let span = most.saturating_sub(least).clamp(0, 1 << 20) as usize + 1;
            json!(least.saturating_add(random.below(span) as i64))
        }
    }
}

fn text(schema: &Map<String, Value>, random: &mut Random) -> Value {
    if schema.get("format").is_some_and(|format| format == "uuid") {
        return json!("67e55044-10b1-426f-9247-bb680e5fe0c8");
    }
    let texts = ["", "a", "One", "Two", "Nothing", "12", "long enough"];
    json!(random.pick(&texts))
}
