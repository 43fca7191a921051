//! Types, constants and bounds: OpenAPI 3.0 has one type per schema, no
//! constants, and flags for exclusive bounds.

use serde_json::{Map, Value, json};

use super::{
    all_of, constraints,
    null::{make_nullable, null_schema},
};

/// The keywords of each type, which move to its branch.
const OF_TYPE: [(&str, &[&str]); 5] = [
    (
        "array",
        &[
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "uniqueItems",
        ],
    ),
    ("integer", NUMERIC),
    ("number", NUMERIC),
    (
        "object",
        &[
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "minProperties",
            "maxProperties",
        ],
    ),
    ("string", &["minLength", "maxLength", "pattern"]),
];

const NUMERIC: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// Replaces `const` by an `enum` with one value.
pub(super) fn constants(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
}

/// Reduces several types to one with `nullable`, or to a branch for each.
/// Returns whether a constraint was lost.
pub(super) fn types(schema: &mut Map<String, Value>) -> bool {
    let stated = schema.contains_key("type");
    let types = match schema.remove("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(several)) => several
            .into_iter()
            .filter_map(|it| it.as_str().map(ToOwned::to_owned))
            .collect(),
        _ => of_values(schema),
    };
    let null = types.iter().any(|it| it == "null") && admits_null(schema);
    let mut types: Vec<_> = types.into_iter().filter(|it| it != "null").collect();
    if types.iter().any(|it| it == "number") {
        types.retain(|it| it != "integer");
    }
    match types.as_slice() {
        [] if null => {
            only_null(schema);
            false
        }
        // There is no type, or none that matches a value of the `enum`.
        [] => stated,
        [only] => {
            schema.insert("type".to_owned(), only.as_str().into());
            if null {
                make_nullable(schema);
            }
            false
        }
        // The `enum` implies the types, except that they could have been
        // narrower.
        _ if schema.contains_key("enum") => stated,
        several => branches(schema, several, null),
    }
}

fn admits_null(schema: &Map<String, Value>) -> bool {
    match schema.get("enum") {
        Some(Value::Array(values)) => values.contains(&Value::Null),
        _ => true,
    }
}

fn only_null(schema: &mut Map<String, Value>) {
    if let Value::Object(null) = null_schema() {
        schema.extend(null);
    }
}

/// Returns the types of the values of an `enum` without `type`.
fn of_values(schema: &Map<String, Value>) -> Vec<String> {
    let values = schema.get("enum").and_then(Value::as_array);
    let mut types: Vec<_> = values.into_iter().flatten().map(type_of).collect();
    types.sort_unstable();
    types.dedup();
    types.into_iter().map(ToOwned::to_owned).collect()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Creates a branch for each type. Returns whether a constraint was lost.
fn branches(schema: &mut Map<String, Value>, types: &[String], null: bool) -> bool {
    let mut lossy = false;
    let mut branches = Vec::new();
    for name in types {
        let mut branch = Map::from_iter([("type".to_owned(), name.as_str().into())]);
        if null {
            make_nullable(&mut branch);
        }
        for keyword in keywords_of(name) {
            if let Some(value) = schema.get(keyword) {
                branch.insert(keyword.to_owned(), value.clone());
            }
        }
        lossy |= constraints(&mut branch);
        branches.push(Value::Object(branch));
    }
    for keyword in OF_TYPE.iter().flat_map(|(_, keywords)| *keywords) {
        schema.remove(*keyword);
    }
    if schema.contains_key("anyOf") {
        all_of::add(schema, json!({"anyOf": branches}));
    } else {
        schema.insert("anyOf".to_owned(), branches.into());
    }
    lossy
}

fn keywords_of(name: &str) -> impl Iterator<Item = &'static str> {
    let of = OF_TYPE.iter().filter(move |(of, _)| *of == name);
    of.flat_map(|(_, keywords)| keywords.iter().copied())
}

/// Replaces exclusive bounds by flags.
pub(super) fn bounds(schema: &mut Map<String, Value>) {
    let tighter = |of: f64, than: f64| of >= than;
    bound(schema, "minimum", "exclusiveMinimum", tighter);
    bound(schema, "maximum", "exclusiveMaximum", |of, than| {
        tighter(than, of)
    });
}

fn bound(
    schema: &mut Map<String, Value>,
    inclusive: &str,
    exclusive: &str,
    tighter: impl Fn(f64, f64) -> bool,
) {
    // A flag is a bound that has been converted already.
    let Some(Value::Number(limit)) = schema.get(exclusive).cloned() else {
        return;
    };
    let other = schema.get(inclusive).and_then(Value::as_f64);
    let holds = |other| limit.as_f64().is_none_or(|limit| tighter(limit, other));
    if other.is_none_or(holds) {
        schema.insert(inclusive.to_owned(), limit.into());
        schema.insert(exclusive.to_owned(), true.into());
    } else {
        schema.remove(exclusive);
    }
}
