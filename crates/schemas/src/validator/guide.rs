//! Where serde is guided while it reads a value: the rules that neither serde nor the checks of the type know, found once
//! for each validator.
//!
//! Most schemas have none, and their values are read without a guide. A guide knows the places of a value where there are
//! such rules, and leads to them; everywhere else it is [`Guide::NONE`], which costs a comparison.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Validator,
    closed::{Members, Object},
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

impl<'v> Guide<'v> {
    /// Returns how the members of a closed object are read without a buffer.
    #[inline]
    pub(crate) fn closed(self) -> Option<Closed<'v>> {
        match &self.0?.step.object {
            None => None,
            Some(Object::Members) => Some(Closed::Members(self)),
            Some(Object::Tagged { tag, .. }) => Some(Closed::Tagged { tag, guide: self }),
        }
    }

    /// Returns the guide of the object of a variant.
    pub(crate) fn variant(self, name: &str) -> Option<Self> {
        let Position { validator, step } = self.0?;
        let Some(Object::Tagged { variants, .. }) = &step.object else {
            return None;
        };
        let (_, at) = variants.iter().find(|(known, _)| **known == *name)?;
        let step = validator.steps.all.get(*at)?;
        Some(Self(Some(Position { validator, step })))
    }

    /// Returns the index and the guide of a member of a closed object, if it is declared.
    #[inline]
    pub(crate) fn declared(self, name: &str) -> Option<(usize, Self)> {
        let Position { validator, step } = self.0?;
        let mut members = step.members.iter().enumerate();
        let (index, (_, at)) = members.find(|(_, (known, _))| **known == *name)?;
        let step = at.and_then(|at| validator.steps.all.get(at));
        let guide = Self(step.map(|step| Position { validator, step }));
        Some((index, guide))
    }
}

/// An object that allows no other members than those that are declared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closed<'v> {
    Members(Guide<'v>),
    /// The value of a member decides which members are declared.
    Tagged {
        tag: &'v str,
        guide: Guide<'v>,
    },
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
    /// How it is read without a buffer, if it is a closed object.
    object: Option<Object<usize>>,
    /// The members that need one; all that are declared, where `others` is one or the object is closed.
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
        let mut plans: Vec<Plan> = (0..count)
            .map(|id| Plan::of(validator, NodeId(id)))
            .collect();
        let variants = plans.iter().flat_map(Plan::variants);
        let variants: Vec<NodeId> = variants.map(|(_, id)| *id).collect();
        for id in variants {
            if let (Some(plan), Some(members)) = (plans.get_mut(id.0), validator.closed_members(id))
            {
                *plan = Plan::closed(id, Object::Members, members);
            }
        }
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
    object: Option<Object<NodeId>>,
    members: Members,
    others: Option<NodeId>,
    prefix: Vec<NodeId>,
    items: Option<NodeId>,
}

impl Plan {
    fn new(check: Check) -> Self {
        Self {
            check,
            object: None,
            members: Vec::new(),
            others: None,
            prefix: Vec::new(),
            items: None,
        }
    }

    /// Plans a closed object, which is validated as a whole where it is not read as an object.
    fn closed(id: NodeId, object: Object<NodeId>, members: Members) -> Self {
        Self {
            object: Some(object),
            members,
            ..Self::new(Check::Schema(id))
        }
    }

    fn of(validator: &Validator, id: NodeId) -> Self {
        let mut plan = Self::new(Check::Nothing);
        let is_plain = plan.apply(validator, id);
        plan.members
            .sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let is_plain = is_plain && plan.members.windows(2).all(|two| two[0].0 != two[1].0);
        match plan.object {
            _ if !is_plain => Self::new(Check::Schema(id)),
            None => plan,
            Some(object) => Self::closed(id, object, plan.members),
        }
    }

    /// Adds the rules of a schema; returns `false` if only the whole schema states them.
    fn apply(&mut self, validator: &Validator, id: NodeId) -> bool {
        let node = validator.node(id);
        if self.object.is_some() {
            // Nothing else may be stated of a closed object.
            return false;
        }
        if node.is_strict {
            let is_first = matches!(self.check, Check::Nothing) && self.is_without_parts();
            let closed = validator.closed(id).filter(|_| is_first);
            let Some((object, members)) = closed else {
                return false;
            };
            (self.object, self.members) = (Some(object), members);
            return true;
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

    fn is_without_parts(&self) -> bool {
        self.members.is_empty()
            && self.others.is_none()
            && self.prefix.is_empty()
            && self.items.is_none()
    }

    /// Returns the objects of the variants.
    fn variants(&self) -> &[(Box<str>, NodeId)] {
        match &self.object {
            Some(Object::Tagged { variants, .. }) => variants,
            _ => &[],
        }
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
        let are_all_needed = others.is_some() || matches!(self.object, Some(Object::Members));
        let object = self.object.as_ref().map(|object| match object {
            Object::Members => Object::Members,
            Object::Tagged { tag, variants } => {
                let variants = variants.iter();
                let variants =
                    variants.filter_map(|(name, id)| Some((name.clone(), index_of(*id)?)));
                Object::Tagged {
                    tag: tag.clone(),
                    variants: variants.collect(),
                }
            }
        });
        let members = self.members.iter();
        let members = members.map(|(name, id)| (name.clone(), index_of(*id)));
        Step {
            check: self.check,
            object,
            members: members
                .filter(|(_, at)| at.is_some() || are_all_needed)
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
