//! Where serde is guided while it reads a value: the rules that neither serde nor the checks of the type know, found once
//! for each validator.
//!
//! Most schemas have none, and their values are read without a guide. A guide knows the places of a value where there are
//! such rules, and leads to them; everywhere else it is [`Guide::NONE`], which costs a comparison.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Validator,
    node::{Node, NodeId},
};
use crate::{JsonType, buffer::Buffer, instance::Instance};

/// The rules for one place of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guide<'v>(Option<Position<'v>>);

#[derive(Clone, Copy, Debug)]
struct Position<'v> {
    validator: &'v Validator,
    step: &'v Step,
}

impl<'v> Guide<'v> {
    /// The guide of a value that serde and the checks of its type read as the schema states.
    pub(crate) const NONE: Self = Self(None);

    /// Returns whether there are no rules here and further inside.
    #[inline]
    pub(crate) fn is_none(self) -> bool {
        self.0.is_none()
    }

    /// Returns the guide of a member.
    #[inline]
    pub(crate) fn member(self, name: &str) -> Self {
        self.next(|step| step.member(name))
    }

    /// Returns the guide of an item.
    #[inline]
    pub(crate) fn item(self, index: usize) -> Self {
        self.next(|step| step.prefix.get(index).copied().unwrap_or(step.items))
    }

    #[inline]
    fn next(self, at: impl FnOnce(&Step) -> Option<usize>) -> Self {
        Self(self.0.and_then(|Position { validator, step }| {
            let step = validator.steps.all.get(at(step)?)?;
            Some(Position { validator, step })
        }))
    }

    /// Returns whether a text satisfies the rules.
    #[inline]
    pub(crate) fn accepts_text(self, text: &str) -> bool {
        match self.0 {
            None => true,
            Some(place) => match place.step.check {
                Check::Nothing => true,
                Check::Format(test) => test(text),
                Check::Schema(schema) => {
                    place.accepts(schema, &Instance::String(Cow::Borrowed(text)))
                }
            },
        }
    }

    /// Returns whether a scalar that is no text satisfies the rules; for a format, everything else does.
    #[inline]
    pub(crate) fn accepts_scalar(self, value: impl Into<Value>) -> bool {
        match self.0.map(|place| (place, place.step.check)) {
            Some((place, Check::Schema(schema))) => {
                let value: Value = value.into();
                place.accepts(schema, &Instance::from(value))
            }
            _ => true,
        }
    }
}

impl<'v> Guide<'v> {
    /// Returns what validates the value as a whole before it is read, where it may have parts.
    #[inline]
    pub(crate) fn whole(self) -> Option<WholeSchema<'v>> {
        let place = self.0?;
        match place.step.check {
            Check::Schema(schema) => Some(WholeSchema {
                validator: place.validator,
                schema,
            }),
            _ => None,
        }
    }
}

/// The schema of a value that is validated as a whole before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeSchema<'v> {
    validator: &'v Validator,
    schema: NodeId,
}

impl WholeSchema<'_> {
    pub(crate) fn accepts(self, value: &Buffer<'_>) -> bool {
        self.validator.satisfies_buffered(self.schema, value)
    }
}

impl Position<'_> {
    #[cold]
    fn accepts(self, schema: NodeId, value: &Instance<'_>) -> bool {
        self.validator.satisfies(schema, value)
    }
}

/// The places of a schema that need a guide.
#[derive(Debug, Default)]
pub(super) struct Steps {
    all: Vec<Step>,
    root: Option<usize>,
    /// Whether a part of a value that is an array or object has to be validated as a whole.
    validates_parts: bool,
}

/// A place that needs a guide, or leads to one.
#[derive(Debug)]
struct Step {
    check: Check,
    /// The members that need one; all that are declared, where `others` is one.
    members: Vec<(Box<str>, Option<usize>)>,
    /// The members that are not declared.
    others: Option<usize>,
    prefix: Vec<Option<usize>>,
    items: Option<usize>,
}

impl Step {
    #[inline]
    fn member(&self, name: &str) -> Option<usize> {
        let mut members = self.members.iter();
        let found = members.find(|(known, _)| **known == *name);
        found.map_or(self.others, |(_, at)| *at)
    }
}

/// What is checked of a value.
#[derive(Clone, Copy, Debug)]
enum Check {
    Nothing,
    /// The test of a format.
    Format(fn(&str) -> bool),
    /// The whole schema.
    Schema(NodeId),
}

impl Validator {
    /// Returns the guide of a whole value.
    #[inline]
    pub(crate) fn guide(&self) -> Guide<'_> {
        Guide(self.steps.root.and_then(|root| {
            let step = self.steps.all.get(root)?;
            Some(Position {
                validator: self,
                step,
            })
        }))
    }
}

impl Steps {
    pub(super) fn of(validator: &Validator) -> Self {
        if !validator.nodes.iter().any(Node::needs_a_guide) {
            return Self::default();
        }
        let count = validator.nodes.len();
        let plans: Vec<Plan> = (0..count)
            .map(|id| Plan::of(validator, NodeId(id)))
            .collect();
        let is_needed = needed(&plans);
        let mut indices = vec![None; count];
        let needed = (0..count).filter(|id| is_needed[*id]);
        for (index, id) in needed.enumerate() {
            indices[id] = Some(index);
        }
        let index_of = |id: NodeId| indices.get(id.0).copied().flatten();
        let all = plans
            .iter()
            .zip(&is_needed)
            .filter(|(_, is_needed)| **is_needed)
            .map(|(plan, _)| plan.step(index_of))
            .collect();
        Self {
            all,
            root: index_of(validator.root),
            validates_parts: plans.iter().any(|plan| match plan.check {
                Check::Schema(schema) => !validator.is_scalar(schema),
                _ => false,
            }),
        }
    }

    pub(super) fn validates_parts(&self) -> bool {
        self.validates_parts
    }
}

/// Returns which places need a guide or lead to one that does.
fn needed(plans: &[Plan]) -> Vec<bool> {
    let mut needed: Vec<bool> = plans
        .iter()
        .map(|plan| !matches!(plan.check, Check::Nothing))
        .collect();
    let mut has_changed = true;
    while has_changed {
        has_changed = false;
        for (id, plan) in plans.iter().enumerate().rev() {
            if !needed[id] && plan.parts().any(|part| needed[part.0]) {
                needed[id] = true;
                has_changed = true;
            }
        }
    }
    needed
}

/// All places a schema leads to.
struct Plan {
    check: Check,
    members: Vec<(Box<str>, NodeId)>,
    others: Option<NodeId>,
    prefix: Vec<NodeId>,
    items: Option<NodeId>,
}

impl Plan {
    fn of(validator: &Validator, id: NodeId) -> Self {
        let mut plan = Self {
            check: Check::Nothing,
            members: Vec::new(),
            others: None,
            prefix: Vec::new(),
            items: None,
        };
        let is_plain = plan.apply(validator, id);
        plan.members
            .sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let is_plain = is_plain && plan.members.windows(2).all(|two| two[0].0 != two[1].0);
        if is_plain {
            return plan;
        }
        Self {
            check: Check::Schema(id),
            members: Vec::new(),
            others: None,
            prefix: Vec::new(),
            items: None,
        }
    }

    /// Adds the rules of a schema; returns `false` if only the whole schema states them.
    fn apply(&mut self, validator: &Validator, id: NodeId) -> bool {
        let node = validator.node(id);
        if node.is_strict {
            return false;
        }
        if let Some(format) = node.string.format.as_ref().filter(|it| it.is_read_laxly) {
            if !matches!(self.check, Check::Nothing) {
                return false;
            }
            self.check = Check::Format(format.test);
        }
        let is_possible = |id: &NodeId| !validator.node(*id).never;
        let members = node.object.properties.iter();
        self.members
            .extend(members.map(|it| (it.name.as_str().into(), it.node)));
        let patterns = node.object.patterns.iter().map(|(_, id)| *id);
        for others in patterns.chain(node.object.additional).filter(is_possible) {
            if self.others.replace(others).is_some() {
                return false;
            }
        }
        let has_items = !node.array.prefix.is_empty() || node.array.items.is_some();
        if has_items {
            if !self.prefix.is_empty() || self.items.is_some() {
                return false;
            }
            self.prefix.clone_from(&node.array.prefix);
            self.items = node.array.items.filter(is_possible);
        }
        for union in [&node.any_of, &node.one_of] {
            let is_null = |id: &&NodeId| validator.node(**id).kinds == [JsonType::Null];
            let (nulls, others): (Vec<&NodeId>, Vec<&NodeId>) = union.iter().partition(is_null);
            if let ([_], [other]) = (nulls.as_slice(), others.as_slice()) {
                if !self.apply(validator, **other) {
                    return false;
                }
                continue;
            }
            // Variants by name: what serde buffers is strict.
            for variant in others {
                let members = validator.node(*variant).object.properties.iter();
                self.members
                    .extend(members.map(|it| (it.name.as_str().into(), it.node)));
            }
        }
        node.all_of.iter().all(|all| self.apply(validator, *all))
    }

    fn parts(&self) -> impl Iterator<Item = NodeId> + '_ {
        let members = self.members.iter().map(|(_, id)| *id);
        members
            .chain(self.prefix.iter().copied())
            .chain(self.others)
            .chain(self.items)
    }

    fn step(&self, index_of: impl Fn(NodeId) -> Option<usize>) -> Step {
        let others = self.others.and_then(&index_of);
        let members = self.members.iter();
        let members = members.map(|(name, id)| (name.clone(), index_of(*id)));
        Step {
            check: self.check,
            members: members
                .filter(|(_, at)| at.is_some() || others.is_some())
                .collect(),
            others,
            prefix: self.prefix.iter().map(|id| index_of(*id)).collect(),
            items: self.items.and_then(index_of),
        }
    }
}

impl Node {
    fn needs_a_guide(&self) -> bool {
        let format = self.string.format.as_ref();
        self.is_strict || format.is_some_and(|format| format.is_read_laxly)
    }
}

impl Validator {
    /// Returns whether no value of a schema has parts.
    fn is_scalar(&self, id: NodeId) -> bool {
        let kinds = self.kinds(id);
        let has_parts = |kind: &JsonType| matches!(kind, JsonType::Array | JsonType::Object);
        !kinds.is_empty() && !kinds.iter().any(has_parts)
    }
}
