//! Bodies in parts: `multipart/form-data`, split by the caller, read as a declared type.
//!
//! Texts and files take the fast path of [`text`](super), on which a file is the text of its index. JSON among them, and
//! whatever cannot be read so, takes the slow one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fields::{Field, ListStyle, Texts};
use super::{charset, coerce, de};
use crate::decode::{Attempt, DecodeError, is_valid, malformed};
use crate::instance::{self, Instance};
use crate::{
    InstanceLocation, Location, Rule, Schema, Validator, Violation, Violations,
    validator::{PartContent, PartShape},
};

/// One part of a body.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// The content, for text and JSON.
    Content(Vec<u8>),
    /// The index of a file in the caller's list. The type that represents the file reads the index as text.
    File(usize),
    /// The part violates this rule.
    Broken(Rule),
}

impl Validator {
    /// Reads the parts of a `multipart/form-data` body as `T`, a struct with one field per part.
    ///
    /// Scalars are read as by [`read_query`](Self::read_query), objects from JSON; files are stored by the caller. A list
    /// is several parts of one name, in their order; other repeated parts are a `duplicate_parameter`.
    ///
    /// # Errors
    /// All violations, each with the part's name at the start of its pointer, at most
    /// [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
    ///
    /// ```
    /// # use purlin_schemas::{schema, Validator, __router::Part};
    /// #[schema(request)]
    /// struct Upload {
    ///     title: String,
    ///     size: Option<Size>,
    /// }
    ///
    /// #[schema]
    /// struct Size {
    ///     width: u32,
    /// }
    ///
    /// let validator = Validator::of::<Upload>().unwrap();
    /// let part = |name: &str, text: &str| (name.to_owned(), Part::Content(text.into()));
    /// let parts = vec![part("title", "A house"), part("size", r#"{"width": 3}"#)];
    /// let upload: Upload = validator.read_parts(parts).unwrap();
    /// assert_eq!(upload.size.unwrap().width, 3);
    ///
    /// let parts = vec![part("size", r#"{"width": -3}"#)];
    /// let violations = validator.read_parts::<Upload>(parts).err().unwrap();
    /// let found: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.code())).collect();
    /// assert_eq!(found, [("/size/width", "minimum"), ("/title", "required")]);
    /// ```
    #[doc(hidden)]
    pub fn read_parts<T: DeserializeOwned + Schema>(
        &self,
        parts: Vec<(impl AsRef<str>, Part)>,
    ) -> Result<T, Violations> {
        if let Some(value) = self.read_texts(&parts) {
            return Ok(value);
        }
        let parts = parts.into_iter();
        let owned = parts.map(|(name, part)| (name.as_ref().to_owned(), part));
        self.read_parts_slow(owned.collect())
    }

    /// The fast path, for parts that are texts and files.
    fn read_texts<T: DeserializeOwned + Schema>(
        &self,
        parts: &[(impl AsRef<str>, Part)],
    ) -> Option<T> {
        if self.is_strict() {
            return None;
        }
        let shapes = self.parts();
        let mut fields: Vec<Field<'_>> = Vec::with_capacity(parts.len().min(shapes.len()));
        for (name, part) in parts {
            let name = name.as_ref();
            let text = match (part, &shapes.get(name)?.content) {
                (Part::Content(text), PartContent::Text) => {
                    Cow::Borrowed(std::str::from_utf8(text).ok()?)
                }
                (Part::File(index), PartContent::File(_)) => Cow::Owned(index.to_string()),
                _ => return None,
            };
            // As many as the type has members.
            match fields.iter_mut().find(|field| field.name == name) {
                Some(field) => field.texts.push(text),
                None => fields.push(Field {
                    name: Cow::Borrowed(name),
                    texts: Texts::One(text),
                }),
            }
        }
        let value = T::deserialize(de::Section {
            fields: &fields,
            style: ListStyle::Repeated,
            guide: self.guide(),
        });
        value.ok().filter(is_valid)
    }

    #[cold]
    fn read_parts_slow<T: DeserializeOwned + Schema>(
        &self,
        parts: Vec<(String, Part)>,
    ) -> Result<T, Violations> {
        let mut by_name: BTreeMap<String, Vec<Part>> = BTreeMap::new();
        for (name, part) in parts {
            by_name.entry(name).or_default().push(part);
        }
        let shapes = self.parts();
        let mut violations = Vec::new();
        let mut members = Map::new();
        let mut unread = Vec::new();
        for (name, parts) in by_name {
            let shape = shapes.get(name.as_str());
            if shape.is_none() && name == charset::FIELD {
                violations.extend(parts.iter().filter_map(|part| match part {
                    Part::Content(stated) => charset::check(stated),
                    _ => None,
                }));
                continue;
            }
            let is_blank = is_blank(&parts);
            let is_json = shape.is_some_and(|shape| shape.content == PartContent::Json);
            if is_blank && is_json && self.is_optional(&name) {
                // No JSON is empty.
                continue;
            }
            let mut reader = Reader {
                validator: self,
                name: &name,
                violations: &mut violations,
            };
            match reader.member(shape, parts) {
                Some(value) if is_blank && self.is_absent_as(&name, &value) => {}
                Some(value) => drop(members.insert(name, value)),
                None => unread.push(InstanceLocation::ROOT.field(&name).pointer()),
            }
        }
        let value = Value::Object(members);
        let instance = Instance::from(&value);
        self.validate_into(Location::Body, &instance, &mut violations);
        self.finish(Location::Body, &instance, violations, Attempt::None)
            .map_err(|mut violations| {
                // What was sent but could not be read is not missing.
                violations.retain(|violation| {
                    !matches!(violation.rule, Rule::Required)
                        || !unread.contains(&violation.pointer)
                });
                violations
            })
    }
}

/// Returns whether all parts are empty.
fn is_blank(parts: &[Part]) -> bool {
    let is_empty = |part: &Part| matches!(part, Part::Content(content) if content.is_empty());
    parts.iter().all(is_empty)
}

/// Reads the parts of one name.
struct Reader<'r> {
    validator: &'r Validator,
    name: &'r str,
    violations: &'r mut Vec<Violation>,
}

impl Reader<'_> {
    /// Returns the member these parts form, unless one of them cannot be read.
    fn member(&mut self, shape: Option<&PartShape>, mut parts: Vec<Part>) -> Option<Value> {
        let is_list = shape.is_some_and(|shape| shape.is_list);
        if !is_list && parts.len() > 1 {
            self.at(None, "", Rule::DuplicateParameter);
            parts.truncate(1);
        }
        if matches!(
            shape,
            None | Some(PartShape {
                content: PartContent::Text,
                ..
            })
        ) {
            return self.text(is_list, parts);
        }
        let mut values = Vec::with_capacity(parts.len());
        let mut is_whole = true;
        for (index, part) in parts.into_iter().enumerate() {
            let value = match part {
                Part::Content(json) => self.json(is_list.then_some(index), &json),
                Part::File(number) => Ok(Value::String(number.to_string())),
                Part::Broken(rule) => Err(rule),
            };
            match value {
                Ok(value) => values.push(value),
                Err(rule) => {
                    is_whole = false;
                    self.at(is_list.then_some(index), "", rule);
                }
            }
        }
        if !is_whole {
            return None;
        }
        if is_list {
            Some(Value::Array(values))
        } else {
            values.pop()
        }
    }

    fn text(&mut self, is_list: bool, parts: Vec<Part>) -> Option<Value> {
        let mut texts = Vec::with_capacity(parts.len());
        let count = parts.len();
        for (index, part) in parts.into_iter().enumerate() {
            let text = match part {
                Part::Content(bytes) => String::from_utf8(bytes).map_err(|_| Rule::Encoding),
                Part::File(_) => Err(Rule::Encoding),
                Part::Broken(rule) => Err(rule),
            };
            match text {
                Ok(text) => texts.push(Cow::Owned(text)),
                Err(rule) => self.at(is_list.then_some(index), "", rule),
            }
        }
        if texts.len() < count {
            return None;
        }
        let field = Field {
            name: Cow::Borrowed(self.name),
            texts: Texts::Many(texts),
        };
        let readable = self.validator.readable_of(self.name);
        Some(coerce::one(
            &readable,
            Location::Body,
            &field,
            self.violations,
        ))
    }

    fn json(&mut self, index: Option<usize>, json: &[u8]) -> Result<Value, Rule> {
        let text = std::str::from_utf8(json).map_err(|_| Rule::Encoding)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut found = Vec::new();
        let instance =
            instance::read(text, &mut found).map_err(|error| match malformed(&error) {
                DecodeError::Malformed {
                    line,
                    column,
                    message,
                } => Rule::MalformedJson {
                    line,
                    column,
                    message: message.into(),
                },
                _ => Rule::Encoding,
            })?;
        for Violation { pointer, rule, .. } in found {
            self.at(index, &pointer, rule);
        }
        Ok(instance.into())
    }

    fn at(&mut self, index: Option<usize>, rest: &str, rule: Rule) {
        let part = InstanceLocation::ROOT.field(self.name);
        let pointer = match index {
            Some(index) => part.index(index).pointer(),
            None => part.pointer(),
        };
        self.violations.push(Violation {
            location: Location::Body,
            pointer: format!("{pointer}{rest}"),
            rule,
        });
    }
}
