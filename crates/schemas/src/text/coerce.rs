//! Converts text to a JSON value of the types the schema expects.
//!
//! Text that has none of the types stays a string, so that the validator reports it.
//!
//! Browsers send every field of a form, blank or not, and `on` for a checkbox. In forms `on` is therefore true, and a blank
//! field is absent where it may be absent and its schema allows no empty text. (WHATWG HTML section 4.10.5: of a blank field
//! only `required` is checked.)

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::fields::{Field, ListStyle, Texts};
use super::grammar;
use crate::validator::{Readable, Shape};
use crate::{InstanceLocation, JsonType, Location, MAX_VIOLATIONS, Rule, Validator, Violation};

/// The text of a checkbox without a value of its own.
const CHECKED: &str = "on";

/// How the parts of a section's value are identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    ByName,
    ByPosition,
    /// There is one, and it is the value.
    Whole,
}

/// Returns the value of a section of text; what a value cannot represent is added to the violations.
pub(super) fn value(
    validator: &Validator,
    location: Location,
    fields: &[Field<'_>],
    style: ListStyle,
    violations: &mut Vec<Violation>,
) -> (Value, Parts) {
    let mut coercion = Coercion {
        location,
        style,
        violations,
    };
    match validator.shape() {
        Shape::Fields(declared) => {
            let declared = by_name(declared);
            let members = fields.iter().filter_map(|field| {
                let value = match declared.get(&*field.name) {
                    Some(readable) => {
                        coercion.field(readable, field, InstanceLocation::ROOT.field(&field.name))
                    }
                    None => first(&field.texts).into(),
                };
                let is_absent = coercion.is_form()
                    && is_blank(&field.texts)
                    && validator.is_absent_as(&field.name, &value);
                (!is_absent).then(|| (field.name.to_string(), value))
            });
            let members: Map<_, _> = members.collect();
            (members.into(), Parts::ByName)
        }
        Shape::Tuple(items) => {
            let items = items.iter().zip(fields).enumerate();
            let items = items.map(|(position, (readable, field))| {
                coercion.field(readable, field, InstanceLocation::ROOT.index(position))
            });
            (items.collect(), Parts::ByPosition)
        }
        Shape::Single(readable) => match fields {
            [field] => (
                coercion.field(&readable, field, InstanceLocation::ROOT),
                Parts::Whole,
            ),
            _ => (Value::Null, Parts::Whole),
        },
    }
}

/// Returns the value of one field.
pub(super) fn one(
    readable: &Readable,
    location: Location,
    field: &Field<'_>,
    violations: &mut Vec<Violation>,
) -> Value {
    Coercion {
        location,
        style: ListStyle::Repeated,
        violations,
    }
    .field(readable, field, InstanceLocation::ROOT.field(&field.name))
}

/// Returns whether all texts of a field are empty.
fn is_blank(texts: &Texts<'_>) -> bool {
    texts.as_slice().iter().all(|text| text.is_empty())
}

/// Merges what several alternatives of a type declare under one name.
fn by_name(declared: Vec<(String, Readable)>) -> BTreeMap<String, Readable> {
    let mut all: BTreeMap<String, Readable> = BTreeMap::new();
    for (name, readable) in declared {
        match (all.get_mut(&name), readable) {
            (Some(Readable::Scalar(kinds)), Readable::Scalar(more)) => kinds.extend(more),
            (Some(_), _) => {}
            (None, readable) => drop(all.insert(name, readable)),
        }
    }
    all
}

struct Coercion<'v> {
    location: Location,
    style: ListStyle,
    violations: &'v mut Vec<Violation>,
}

impl Coercion<'_> {
    fn is_form(&self) -> bool {
        self.location == Location::Body
    }

    /// Returns the value of a field at a location within the section's value.
    fn field(&mut self, readable: &Readable, field: &Field<'_>, at: InstanceLocation<'_>) -> Value {
        match readable {
            Readable::Scalar(kinds) => {
                let text = match field.texts.single() {
                    Some(text) => text,
                    None => {
                        self.add(at, Rule::DuplicateParameter);
                        first(&field.texts)
                    }
                };
                self.scalar(kinds, text, at)
            }
            Readable::List { items, comma } => {
                let style = match self.style {
                    ListStyle::Repeated if *comma => ListStyle::Comma,
                    style => style,
                };
                match field.texts.items(style) {
                    Some(texts) => texts
                        .into_iter()
                        .enumerate()
                        .map(|(index, text)| self.scalar(items, text, at.index(index)))
                        .collect(),
                    None => {
                        self.add(at, Rule::DuplicateParameter);
                        Value::Array(Vec::new())
                    }
                }
            }
        }
    }

    fn scalar(&mut self, kinds: &[JsonType], text: &str, at: InstanceLocation<'_>) -> Value {
        let number = kinds.contains(&JsonType::Number);
        if (number || kinds.contains(&JsonType::Integer)) && grammar::is_integer(text) {
            return self.integer(text, number, at);
        }
        if number && grammar::is_number(text) {
            return self.float(text, at);
        }
        if kinds.contains(&JsonType::Boolean) {
            if let Some(boolean) = grammar::boolean(text) {
                return boolean.into();
            }
            if self.is_form() && text == CHECKED && !kinds.contains(&JsonType::String) {
                return true.into();
            }
        }
        text.into()
    }

    fn integer(&mut self, text: &str, may_be_float: bool, at: InstanceLocation<'_>) -> Value {
        if let Ok(integer) = text.parse::<u64>() {
            return integer.into();
        }
        if let Ok(integer) = text.parse::<i64>() {
            return integer.into();
        }
        if may_be_float {
            return self.float(text, at);
        }
        // Beyond every integer, so that its bounds are violated.
        let float = text.parse::<f64>().unwrap_or_default();
        finite(float.clamp(f64::MIN, f64::MAX))
    }

    fn float(&mut self, text: &str, at: InstanceLocation<'_>) -> Value {
        let float = text.parse::<f64>().unwrap_or_default();
        if float == f64::INFINITY {
            self.add(
                at,
                Rule::Maximum {
                    limit: f64::MAX.into(),
                    minimum: None,
                },
            );
        } else if float == f64::NEG_INFINITY {
            self.add(
                at,
                Rule::Minimum {
                    limit: f64::MIN.into(),
                    maximum: None,
                },
            );
        }
        finite(float.clamp(f64::MIN, f64::MAX))
    }

    fn add(&mut self, at: InstanceLocation<'_>, rule: Rule) {
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation {
                location: self.location,
                pointer: at.pointer(),
                rule,
            });
        }
    }
}

fn first<'a>(texts: &'a Texts<'_>) -> &'a str {
    texts.as_slice().first().map_or("", |text| text)
}

fn finite(float: f64) -> Value {
    Number::from_f64(float).map_or(Value::Null, Value::Number)
}
