//! The constraints of a schema in any dialect, merged into one: references are
//! followed, `allOf` is combined and `null` is a type like the others.

mod interpreted;
mod keywords;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use crate::{
    bounds::{BOUNDS, Bound},
    error::{DocumentError, DocumentErrorKind},
    source::{Node, Source},
    type_set::TypeSet,
};

/// The ranges of the formats of integers.
const INTEGER_RANGES: [(&str, i128, i128); 8] = [
    ("int8", i8::MIN as i128, i8::MAX as i128),
    ("int16", i16::MIN as i128, i16::MAX as i128),
    ("int32", i32::MIN as i128, i32::MAX as i128),
    ("int64", i64::MIN as i128, i64::MAX as i128),
    ("uint8", 0, u8::MAX as i128),
    ("uint16", 0, u16::MAX as i128),
    ("uint32", 0, u32::MAX as i128),
    ("uint64", 0, u64::MAX as i128),
];

/// The formats of numbers, each with the formats that allow fewer values.
pub(crate) const NUMBER_FORMATS: [(&str, &[&str]); 10] = [
    ("int8", &[]),
    ("int16", &["int8", "uint8"]),
    ("int32", &["int8", "int16", "uint8", "uint16"]),
    (
        "int64",
        &["int8", "int16", "int32", "uint8", "uint16", "uint32"],
    ),
    ("uint8", &[]),
    ("uint16", &["uint8"]),
    ("uint32", &["uint8", "uint16"]),
    ("uint64", &["uint8", "uint16", "uint32"]),
    ("float", &["int8", "int16", "uint8", "uint16"]),
    (
        "double",
        &[
            "float", "int8", "int16", "int32", "uint8", "uint16", "uint32",
        ],
    ),
];

pub(crate) fn is_number_format(format: &str) -> bool {
    NUMBER_FORMATS.iter().any(|(name, _)| *name == format)
}

pub(crate) fn is_integer_format(format: &str) -> bool {
    INTEGER_RANGES.iter().any(|(name, ..)| *name == format)
}

/// The combined constraints of several schemas.
#[derive(Debug)]
pub(crate) struct MergedSchema<'d> {
    /// The pointer of the first schema that is not a reference.
    pub(crate) pointer: String,
    pub(crate) types: TypeSet,
    /// The types regardless of alternatives.
    pub(crate) own_types: TypeSet,
    pub(crate) format: Option<&'d str>,
    /// The patterns, all of which a string has to match.
    pub(crate) patterns: BTreeSet<&'d str>,
    /// The allowed values other than `null`, by their canonical text.
    pub(crate) values: Option<BTreeMap<String, &'d Value>>,
    pub(crate) is_const: bool,
    /// The values of `x-extensible-enum`; empty if it is only `true`.
    pub(crate) extensible: Option<BTreeMap<String, &'d Value>>,
    pub(crate) bounds: [Option<Bound>; BOUNDS.len()],
    pub(crate) multiple_of: Option<&'d Value>,
    pub(crate) unique_items: bool,
    pub(crate) properties: BTreeMap<&'d str, Vec<Node<'d>>>,
    pub(crate) required: BTreeSet<&'d str>,
    /// The schemas of unknown properties; none if they are rejected, empty if they
    /// may be anything.
    pub(crate) additional: Option<Vec<Node<'d>>>,
    pub(crate) items: Vec<Node<'d>>,
    pub(crate) prefix: Vec<Vec<Node<'d>>>,
    /// The alternatives; of several lists, one of each is needed.
    pub(crate) unions: Vec<Union<'d>>,
    /// The constraints that cannot be merged, as text, with their pointers.
    pub(crate) unmerged: BTreeMap<String, String>,
    pub(crate) discriminator: Option<Discriminator<'d>>,
    pub(crate) default: Option<&'d Value>,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    /// The schemas or values of keywords that stand alone, by keyword; several
    /// through `allOf`.
    pub(crate) constraints: BTreeMap<&'static str, Vec<Node<'d>>>,
    /// The keywords that are not interpreted, or have a value of the wrong type.
    pub(crate) uninterpreted: BTreeMap<&'d str, Vec<Node<'d>>>,
    /// `contentEncoding` and `contentMediaType`.
    pub(crate) content: [Option<&'d str>; 2],
    /// Whether `unevaluatedProperties` rejects unknown properties, which takes
    /// those of alternatives into account.
    pub(crate) is_closed_by_unevaluated: bool,
    /// The schemas of properties that one of the merged schemas does not list.
    restrictions: Vec<Restriction<'d>>,
    /// The pointer of each keyword.
    keyword_pointers: BTreeMap<&'static str, String>,
    /// Whether alternatives of one type each are merged into a list of types.
    merges_branches: bool,
    /// Whether `null` is allowed regardless of `enum` and `allOf`.
    is_nullable: bool,
}

/// The alternatives of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Union<'d> {
    /// `oneOf` or `anyOf`.
    pub(crate) keyword: &'static str,
    pub(crate) branches: Vec<Node<'d>>,
    pub(crate) pointer: String,
}

/// The discriminator of alternatives.
#[derive(Debug)]
pub(crate) struct Discriminator<'d> {
    pub(crate) property: &'d str,
    /// The names of the schemas by value of the property, and the schemas.
    pub(crate) mapping: BTreeMap<&'d str, (&'d str, Option<Node<'d>>)>,
    /// The name of the schema for values that are not mapped (OpenAPI 3.2).
    pub(crate) default_mapping: Option<&'d str>,
    /// The pointer of the schema that has the discriminator.
    pub(crate) home: String,
}

/// The schema of the properties that a schema does not list.
#[derive(Debug)]
struct Restriction<'d> {
    listed: BTreeSet<&'d str>,
    schema: Node<'d>,
}

impl<'d> MergedSchema<'d> {
    /// Merges schemas.
    pub(crate) fn of(source: &Source<'d>, nodes: &[Node<'d>]) -> Result<Self, DocumentError> {
        Self::anything().gather(source, nodes, &mut HashSet::new())
    }

    /// Merges schemas and turns alternatives of one type each into a list of types.
    pub(crate) fn with_merged_branches(
        source: &Source<'d>,
        nodes: &[Node<'d>],
    ) -> Result<Self, DocumentError> {
        let mut merged = Self::anything();
        merged.merges_branches = true;
        merged.gather(source, nodes, &mut HashSet::new())
    }

    fn gather(
        self,
        source: &Source<'d>,
        nodes: &[Node<'d>],
        seen: &mut HashSet<usize>,
    ) -> Result<Self, DocumentError> {
        let mut merged = self;
        let mut open: Vec<Node<'d>> = nodes.iter().rev().cloned().collect();
        let mut is_cycle = true;
        while let Some(node) = open.pop() {
            if !seen.insert(node.address()) {
                continue;
            }
            is_cycle &= node
                .value
                .as_object()
                .is_some_and(|it| it.len() == 1 && it.contains_key("$ref"));
            match node.value {
                Value::Bool(true) => {}
                Value::Bool(false) => {
                    merged.types = TypeSet::NONE;
                    merged.own_types = TypeSet::NONE;
                }
                Value::Object(schema) => {
                    if let Some(target) = source.step(&node)? {
                        open.push(target);
                        if schema.len() == 1 {
                            continue;
                        }
                    }
                    if schema.contains_key("$dynamicRef") {
                        match source.dynamic_targets(&node).as_slice() {
                            [only] => open.push(only.clone()),
                            // Compared with what the reference may lead to.
                            _ => merged
                                .uninterpreted
                                .entry("$dynamicRef")
                                .or_default()
                                .push(node.clone()),
                        }
                    }
                    open.extend(source.items(&node, "allOf")?.into_iter().rev());
                    if merged.pointer.is_empty() {
                        merged.pointer.clone_from(&node.pointer);
                    }
                    merged.add(source, &node, schema, &mut open, seen)?;
                }
                _ => {
                    return Err(
                        source.error(&node.pointer, DocumentErrorKind::Expected("a schema"))
                    );
                }
            }
        }
        if merged.pointer.is_empty() {
            merged.pointer = nodes
                .first()
                .map(|it| it.pointer.clone())
                .unwrap_or_default();
        }
        if is_cycle && !nodes.is_empty() {
            // The values are described by the enclosing schema.
            merged.types = TypeSet::NONE;
            merged.own_types = TypeSet::NONE;
        }
        merged.finish();
        Ok(merged)
    }

    fn anything() -> Self {
        Self {
            pointer: String::new(),
            types: TypeSet::ANY,
            own_types: TypeSet::ANY,
            format: None,
            patterns: BTreeSet::new(),
            values: None,
            is_const: false,
            extensible: None,
            bounds: std::array::from_fn(|_| None),
            multiple_of: None,
            unique_items: false,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            additional: Some(Vec::new()),
            items: Vec::new(),
            prefix: Vec::new(),
            unions: Vec::new(),
            unmerged: BTreeMap::new(),
            discriminator: None,
            default: None,
            read_only: false,
            write_only: false,
            deprecated: false,
            constraints: BTreeMap::new(),
            uninterpreted: BTreeMap::new(),
            content: [None, None],
            is_closed_by_unevaluated: false,
            restrictions: Vec::new(),
            keyword_pointers: BTreeMap::new(),
            merges_branches: false,
            is_nullable: false,
        }
    }

    /// Returns the pointer of a keyword, or of the schema if it does not have it.
    pub(crate) fn pointer_of(&self, keyword: &str) -> String {
        let home = self.keyword_pointers.get(keyword);
        home.unwrap_or(&self.pointer).clone()
    }

    /// Removes constraints that the others imply.
    fn finish(&mut self) {
        if let Some(values) = &mut self.values {
            let types = values
                .values()
                .map(|it| TypeSet::of(it))
                .fold(TypeSet::NONE, TypeSet::or);
            self.types = self.types.and(types);
            self.own_types = self.own_types.and(types);
            values.retain(|_, value| !value.is_null());
        }
        if self.is_nullable {
            self.types = self.types.or(TypeSet::NULL);
            self.own_types = self.own_types.or(TypeSet::NULL);
        }
        for (limit, bound) in BOUNDS.iter().zip(&mut self.bounds) {
            if !self.types.intersects(limit.types) || self.values.is_some() {
                *bound = None;
            }
            let is_whole = self.types.and(TypeSet::NUMBER) == TypeSet::INTEGER;
            if is_whole && limit.types == TypeSet::NUMBER {
                *bound = bound.take().map(|it| it.for_integers(limit));
            }
        }
        // The format of an integer adds nothing to bounds within its range.
        if let [Some(upper), Some(lower), ..] = &self.bounds
            && let Some(format) = self.format
            && INTEGER_RANGES.iter().any(|(name, least, most)| {
                *name == format && lower.is_at_least(*least) && upper.is_at_most(*most)
            })
        {
            self.format = None;
        }
        for Restriction { listed, schema } in &self.restrictions {
            for (name, nodes) in &mut self.properties {
                if !listed.contains(name) {
                    nodes.push(schema.clone());
                }
            }
        }
    }

    /// Writes the format of an integer as bounds if the other schema has bounds instead.
    pub(crate) fn align_formats(old: &mut Self, new: &mut Self) {
        let has_bounds =
            |it: &Self| it.format.is_none() && matches!(it.bounds, [Some(_), Some(_), ..]);
        if has_bounds(new) {
            old.bound_format();
        } else if has_bounds(old) {
            new.bound_format();
        }
    }

    fn bound_format(&mut self) {
        let range = INTEGER_RANGES
            .iter()
            .find(|(name, ..)| Some(*name) == self.format);
        let is_whole = self.types.and(TypeSet::NUMBER) == TypeSet::INTEGER;
        let (Some((_, least, most)), true) = (range, is_whole) else {
            return;
        };
        let ([most_of, least_of, ..], [upper, lower, ..]) = (&BOUNDS, &mut self.bounds);
        *upper = most_of.tighter(upper.take(), Bound::of_integer(*most, most_of));
        *lower = least_of.tighter(lower.take(), Bound::of_integer(*least, least_of));
        self.format = None;
    }

    /// Returns the schemas of a property that is not listed: none if it is
    /// rejected, empty if it may be anything.
    pub(crate) fn unlisted(&self) -> Option<&[Node<'d>]> {
        self.additional.as_deref()
    }

    /// Returns whether more properties than the listed ones may be described
    /// somewhere: by patterns, alternatives or conditions.
    pub(crate) fn has_more_properties(&self) -> bool {
        let keywords = [
            "patternProperties",
            "dependentSchemas",
            "if",
            "then",
            "else",
        ];
        !self.unions.is_empty()
            || keywords
                .iter()
                .any(|keyword| self.constraints.contains_key(keyword))
    }

    /// Returns the maximum number of items.
    pub(crate) fn max_items(&self) -> Option<usize> {
        let at = BOUNDS.iter().position(|it| it.keyword == "maxItems")?;
        self.bounds.get(at)?.as_ref()?.as_size()
    }

    /// Returns whether it has no constraints but types, formats, patterns, bounds and
    /// discriminators.
    fn is_simple(&self) -> bool {
        self.unions.is_empty() && self.is_plain()
    }

    /// The same, regardless of alternatives.
    fn is_plain(&self) -> bool {
        self.values.is_none()
            && self.properties.is_empty()
            && self.required.is_empty()
            && self.additional.as_ref().is_some_and(Vec::is_empty)
            && self.items.is_empty()
            && self.prefix.is_empty()
            && self.unmerged.is_empty()
            && self.constraints.is_empty()
            && self.uninterpreted.is_empty()
            && self.content == [None, None]
            && self.multiple_of.is_none()
            && !self.unique_items
    }

    /// Returns whether it allows any value.
    pub(crate) fn is_anything(&self) -> bool {
        self.types == TypeSet::ANY && self.is_simple() && self.has_no_texts()
    }

    fn has_no_texts(&self) -> bool {
        self.format.is_none() && self.patterns.is_empty() && self.bounds.iter().all(Option::is_none)
    }

    /// Merges alternatives that are simple and have disjoint types.
    fn merge_branches(&mut self, branches: &[Self]) -> bool {
        let mut types = TypeSet::NONE;
        for branch in branches {
            let own = branch.types.difference(TypeSet::NULL);
            if !branch.is_simple() || own.intersects(types) {
                return false;
            }
            types = types.or(own);
        }
        // A schema has one format, and a bound of its own for each type.
        let formats = branches.iter().filter(|it| it.format.is_some()).count();
        if formats + usize::from(self.format.is_some()) > 1 {
            return false;
        }
        for branch in branches {
            for (limit, (bound, own)) in BOUNDS
                .iter()
                .zip(self.bounds.iter_mut().zip(&branch.bounds))
            {
                *bound = limit.tighter(bound.take(), own.clone());
            }
            self.patterns.extend(&branch.patterns);
            self.format = self.format.or(branch.format);
            for (keyword, pointer) in &branch.keyword_pointers {
                self.keyword_pointers
                    .entry(keyword)
                    .or_insert_with(|| pointer.clone());
            }
        }
        true
    }

    /// Returns whether it has no constraints but its alternatives.
    pub(crate) fn is_only_union(&self) -> bool {
        self.unions.len() == 1 && self.is_plain() && self.has_no_texts()
    }
}

/// Returns the text of a value, which is equal for equal numbers.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(it) if it.fract() == 0.0 && it.abs() < 1e15 => format!("{it:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// Returns the text of a value, shortened for a message.
pub(crate) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
