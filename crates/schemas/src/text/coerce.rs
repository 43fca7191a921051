//! Converts text to a JSON value of the types the schema expects.
//!
//! Text that has none of the types stays a string, so that the validator reports it.
//!
//! Browsers send every field of a form, blank or not, and `on` for a checkbox. In forms `on` is therefore true, and a blank
//! field is absent where it may be absent and its schema allows no empty text. (WHATWG HTML section 4.10.5: of a blank field
//! only `required` is checked.)

use serde_json::{Map, Number, Value};

use super::fields::{Field, ListStyle, Texts};
use super::grammar;
use crate::validator::{Member, Members, Readable, Shape};
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
            let members = coercion.members(validator, declared, fields);
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
                coercion.field(readable, field, InstanceLocation::ROOT),
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

struct Coercion<'v> {
    location: Location,
    style: ListStyle,
    violations: &'v mut Vec<Violation>,
}

impl Coercion<'_> {
    /// Returns the object that named texts represent.
    fn members(
        &mut self,
        validator: &Validator,
        declared: &Members,
        fields: &[Field<'_>],
    ) -> Map<String, Value> {
        let mut members = Map::new();
        for field in fields {
            let at = InstanceLocation::ROOT;
            let may_be_absent = self.is_form() && is_blank(&field.texts);
            match declared.find(&field.name) {
                Member::Own(readable) => {
                    let value = self.field(readable, field, at.field(&field.name));
                    if may_be_absent && validator.is_absent_as(&field.name, &value) {
                        continue;
                    }
                    members.insert(field.name.to_string(), value);
                }
                Member::Unknown => {
                    members.insert(field.name.to_string(), first(&field.texts).into());
                }
                Member::Inside {
                    object,
                    member,
                    readable,
                } => {
                    let at = at.field(object);
                    let value = self.field(readable, field, at.field(member));
                    if may_be_absent && validator.is_absent_inside(object, member, &value) {
                        continue;
                    }
                    let inner = members.entry(object).or_insert_with(|| Map::new().into());
                    match inner {
                        Value::Object(inner) => drop(inner.insert(member.to_owned(), value)),
                        // The object is there as a text too, `object=…`.
                        _ => self.add(at, Rule::DuplicateParameter),
                    }
                }
            }
        }
        members
    }

    fn is_form(&self) -> bool {
        self.location == Location::Body
    }

    /// Returns the value of a field at a location within the section's value.
    fn field(&mut self, readable: &Readable, field: &Field<'_>, at: InstanceLocation<'_>) -> Value {
        match readable {
            Readable::Scalar(kinds) => {
                let text = self.single(field, at);
                self.scalar(kinds, text, at)
            }
            // The validator rejects a text in place of an object.
            Readable::Object(_) => self.single(field, at).into(),
            Readable::Any => match field.texts.as_slice() {
                [text] => (&**text).into(),
                texts => texts.iter().map(|text| Value::from(&**text)).collect(),
            },
            Readable::List { items, delimiter } => {
                let style = match (self.style, delimiter) {
                    (ListStyle::Repeated, Some(delimiter)) => ListStyle::Delimited(*delimiter),
                    (style, _) => style,
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

    /// Returns the text of a field that has one.
    fn single<'f>(&mut self, field: &'f Field<'_>, at: InstanceLocation<'_>) -> &'f str {
        if field.texts.single().is_none() {
            self.add(at, Rule::DuplicateParameter);
        }
        first(&field.texts)
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
