//! What a schema demands, whatever the dialect and however it is put together:
//! references followed, `allOf` told as one, null as a type among others.

mod keywords;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::{
    limits::{Bound, LIMITS},
    source::{DocumentError, Node, Problem, Source},
    types::Types,
};
/// The formats of numbers, with those that let in fewer.
pub(super) const WIDTHS: [(&str, &[&str]); 10] = [
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
    ("float", &[]),
    ("double", &["float"]),
];

/// Everything some schemas demand together.
#[derive(Debug)]
pub(super) struct Shape<'d> {
    /// Where it stands, references followed.
    pub(super) pointer: String,
    pub(super) types: Types,
    pub(super) format: Option<&'d str>,
    /// Texts have to match all of them.
    pub(super) patterns: BTreeSet<&'d str>,
    /// The only values, null aside, by their canonical text.
    pub(super) values: Option<BTreeMap<String, &'d Value>>,
    pub(super) is_const: bool,
    /// The values of a list that may grow; empty when it only says that it may.
    pub(super) extensible: Option<BTreeMap<String, &'d Value>>,
    pub(super) bounds: [Option<Bound>; LIMITS.len()],
    pub(super) multiple_of: Option<&'d Value>,
    pub(super) unique_items: bool,
    pub(super) properties: BTreeMap<&'d str, Vec<Node<'d>>>,
    pub(super) required: BTreeSet<&'d str>,
    /// None: members nobody named are refused; empty: they are anything.
    pub(super) additional: Option<Vec<Node<'d>>>,
    pub(super) items: Vec<Node<'d>>,
    pub(super) prefix: Vec<Vec<Node<'d>>>,
    pub(super) union: Option<Union<'d>>,
    /// What cannot be told in one schema, as text, with its place.
    pub(super) demands: BTreeMap<String, String>,
    pub(super) discriminator: Option<Discriminator<'d>>,
    pub(super) default: Option<&'d Value>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
    pub(super) constraints: BTreeMap<&'static str, &'d Value>,
    /// Where each keyword stands.
    homes: BTreeMap<&'static str, String>,
    /// Alternatives of one type each are taken in as a list of types.
    takes_in_types: bool,
    /// Null is let in whatever the listed values and the members of `allOf` say.
    lets_null_in: bool,
}

/// Alternatives.
#[derive(Clone, Debug)]
pub(super) struct Union<'d> {
    /// `oneOf` or `anyOf`.
    pub(super) keyword: &'static str,
    pub(super) branches: Vec<Node<'d>>,
    pub(super) pointer: String,
}

/// What tells alternatives apart.
#[derive(Debug)]
pub(super) struct Discriminator<'d> {
    pub(super) property: &'d str,
    /// The names of the schemas that values of the property stand for.
    pub(super) mapping: BTreeMap<&'d str, &'d str>,
}

impl<'d> Shape<'d> {
    /// What these schemas demand together.
    pub(super) fn of(source: &Source<'d>, nodes: &[Node<'d>]) -> Result<Self, DocumentError> {
        Self::anything().gather(source, nodes, &mut HashSet::new())
    }

    /// The same, with alternatives of one type each as a list of types.
    pub(super) fn of_types(source: &Source<'d>, nodes: &[Node<'d>]) -> Result<Self, DocumentError> {
        let mut shape = Self::anything();
        shape.takes_in_types = true;
        shape.gather(source, nodes, &mut HashSet::new())
    }

    fn gather(
        self,
        source: &Source<'d>,
        nodes: &[Node<'d>],
        seen: &mut HashSet<usize>,
    ) -> Result<Self, DocumentError> {
        let mut shape = self;
        let mut open: Vec<Node<'d>> = nodes.iter().rev().cloned().collect();
        let mut is_circle = true;
        while let Some(node) = open.pop() {
            if !seen.insert(node.address()) {
                continue;
            }
            is_circle &= node
                .value
                .as_object()
                .is_some_and(|it| it.len() == 1 && it.contains_key("$ref"));
            match node.value {
                Value::Bool(true) => {}
                Value::Bool(false) => shape.types = Types::NONE,
                Value::Object(schema) => {
                    if let Some(target) = source.step(&node)? {
                        open.push(target);
                        if schema.len() == 1 {
                            continue;
                        }
                    }
                    open.extend(source.items(&node, "allOf")?.into_iter().rev());
                    if shape.pointer.is_empty() {
                        shape.pointer.clone_from(&node.pointer);
                    }
                    shape.add(source, &node, schema, &mut open, seen)?;
                }
                _ => return Err(source.error(&node.pointer, Problem::Expected("a schema"))),
            }
        }
        if shape.pointer.is_empty() {
            shape.pointer = nodes
                .first()
                .map(|it| it.pointer.clone())
                .unwrap_or_default();
        }
        if is_circle && !nodes.is_empty() {
            // Told already, further out.
            shape.types = Types::NONE;
        }
        shape.settle();
        Ok(shape)
    }

    fn anything() -> Self {
        Self {
            pointer: String::new(),
            types: Types::ANY,
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
            union: None,
            demands: BTreeMap::new(),
            discriminator: None,
            default: None,
            read_only: false,
            write_only: false,
            deprecated: false,
            constraints: BTreeMap::new(),
            homes: BTreeMap::new(),
            takes_in_types: false,
            lets_null_in: false,
        }
    }

    /// Where a keyword stands; the schema itself where it has none.
    pub(super) fn place(&self, keyword: &str) -> String {
        let home = self.homes.get(keyword);
        home.unwrap_or(&self.pointer).clone()
    }

    /// What follows from everything together.
    fn settle(&mut self) {
        if let Some(values) = &mut self.values {
            let types = values
                .values()
                .map(|it| Types::of(it))
                .fold(Types::NONE, Types::or);
            self.types = self.types.and(types);
            values.retain(|_, value| !value.is_null());
        }
        if self.lets_null_in {
            self.types = self.types.or(Types::NULL);
        }
        for (limit, bound) in LIMITS.iter().zip(&mut self.bounds) {
            if !self.types.meets(limit.types) || self.values.is_some() {
                *bound = None;
            }
            let is_whole = self.types.and(Types::NUMBER) == Types::INTEGER;
            if is_whole && limit.types == Types::NUMBER {
                *bound = bound.take().map(|it| it.of_integers(limit));
            }
        }
        // A width says no more than both bounds do.
        let is_width = |format| WIDTHS.iter().any(|(name, _)| *name == format);
        if let [Some(_), Some(_), ..] = &self.bounds
            && self.format.is_some_and(is_width)
        {
            self.format = None;
        }
    }

    /// How many items a list has at most.
    pub(super) fn most_items(&self) -> Option<usize> {
        let at = LIMITS.iter().position(|it| it.keyword == "maxItems")?;
        self.bounds.get(at)?.as_ref()?.as_size()
    }

    /// Whether it is a type or several, with bounds, and nothing else.
    fn is_simple(&self) -> bool {
        self.union.is_none()
            && self.values.is_none()
            && self.properties.is_empty()
            && self.required.is_empty()
            && self.additional.as_ref().is_some_and(Vec::is_empty)
            && self.items.is_empty()
            && self.prefix.is_empty()
            && self.demands.is_empty()
            && self.constraints.is_empty()
            && self.multiple_of.is_none()
    }

    /// Takes alternatives in that are simple and of types of their own.
    fn take_in(&mut self, branches: &[Self]) -> bool {
        let mut types = Types::NONE;
        for branch in branches {
            let own = branch.types.without(Types::NULL);
            if !branch.is_simple() || own.meets(types) {
                return false;
            }
            types = types.or(own);
        }
        for branch in branches {
            for (limit, (bound, own)) in LIMITS
                .iter()
                .zip(self.bounds.iter_mut().zip(&branch.bounds))
            {
                *bound = limit.tighter(bound.take(), own.clone());
            }
            self.patterns.extend(&branch.patterns);
            self.format = self.format.or(branch.format);
            for (keyword, place) in &branch.homes {
                self.homes.entry(keyword).or_insert_with(|| place.clone());
            }
        }
        true
    }

    /// Whether all it demands is one of its alternatives.
    pub(super) fn is_union_alone(&self) -> bool {
        self.union.is_some()
            && self.properties.is_empty()
            && self.required.is_empty()
            && self.values.is_none()
            && self.items.is_empty()
            && self.patterns.is_empty()
            && self.bounds.iter().all(Option::is_none)
    }
}

/// The text of a value, the same for equal numbers.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(it) if it.fract() == 0.0 && it.abs() < 1e15 => format!("{it:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// A value as a message shows it.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
