//! Writes an object and its parts as one schema.
//!
//! Alternatives of which a value matches one at most (`oneOf`, tagged) stay beside the members they share, and
//! `unevaluatedProperties` closes the whole. Others (`anyOf`, untagged) each get a copy of what they share and are closed by
//! themselves, since otherwise a value that has the members of two of them would be valid, which serde reads as neither.

use serde_json::{Value, json};

use super::{
    Members,
    object::{Object, Union},
};

/// The number of alternatives, at most, that are written out.
const MOST: usize = 256;

/// Writes an object; a closed one allows no undeclared members, unless it has a map.
///
/// # Errors
///
/// When it has too many alternatives.
pub(super) fn emit(object: Object, is_closed: bool) -> Result<Members, String> {
    let count = combinations(&object);
    if count > MOST {
        return Err(format!(
            "it combines untagged enums to {count} alternatives (at most {MOST}): tag them with `#[serde(tag = \"…\")]`, or give each a field of its own"
        ));
    }
    Ok(write(object, is_closed))
}

/// Returns the number of alternatives that are written out.
fn combinations(object: &Object) -> usize {
    let of_union = |union: &Union| {
        let branches = union.branches.iter().map(combinations);
        let all = branches.fold(usize::from(union.is_optional), usize::saturating_add);
        if union.is_exclusive() { 1 } else { all }
    };
    let unions = object.unions.iter().map(of_union);
    unions.fold(1, usize::saturating_mul)
}

fn write(mut object: Object, is_closed: bool) -> Members {
    let shared = object.unions.iter().position(|it| !it.is_exclusive());
    if let Some(at) = shared {
        let union = object.unions.remove(at);
        return alternatives(&object, union, is_closed);
    }
    let mut members = object.annotations;
    members.insert("type".to_owned(), "object".into());
    let mut insert = |key: &str, value: Value| {
        members.insert(key.to_owned(), value);
    };
    if !object.properties.is_empty() {
        insert("properties", Value::Object(object.properties));
    }
    if !object.required.is_empty() {
        insert("required", object.required.into());
    }
    if !object.dependent.is_empty() {
        insert("dependentRequired", json!(object.dependent));
    }
    if !object.patterns.is_empty() {
        insert("patternProperties", Value::Object(object.patterns));
    }
    let closing = if object.unions.is_empty() {
        "additionalProperties"
    } else {
        "unevaluatedProperties"
    };
    let mut unions: Vec<Value> = object.unions.into_iter().map(open).collect();
    match (unions.len(), unions.pop()) {
        (1, Some(Value::Object(only))) => members.extend(only),
        (0, _) | (_, None) => {}
        (_, Some(last)) => {
            unions.push(last);
            members.insert("allOf".to_owned(), unions.into());
        }
    }
    let rest = object.rest.or(is_closed.then_some(Value::Bool(false)));
    if let Some(rest) = rest {
        members.insert(closing.to_owned(), rest);
    }
    members
}

/// Writes alternatives that allow the members of the object around them.
fn open(union: Union) -> Value {
    let branches = union.branches.into_iter();
    let branches: Vec<Value> = branches
        .map(|branch| Value::Object(write(branch, false)))
        .collect();
    json!({ union.keyword: branches })
}

/// Writes an object as alternatives, each with the members they share.
fn alternatives(object: &Object, union: Union, is_closed: bool) -> Members {
    let absent = union.is_optional.then(Object::default);
    let keyword = match union.is_optional && !is_closed {
        true => "anyOf",
        false => union.keyword,
    };
    let branches = union.branches.into_iter().chain(absent).map(|branch| {
        let mut whole = object.clone();
        whole.annotations = branch.annotations.clone();
        whole.merge(branch);
        Value::Object(write(whole, is_closed))
    });
    let branches: Vec<Value> = branches.collect();
    let mut members = object.annotations.clone();
    members.insert("type".to_owned(), "object".into());
    members.insert(keyword.to_owned(), branches.into());
    members
}
