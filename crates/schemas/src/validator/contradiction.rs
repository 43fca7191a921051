//! Finds schemas that allow no value: rules that contradict each other, and types that require themselves without end.

use std::cmp::Ordering;

use serde_json::Number;

use super::{
    Validator,
    node::{ArrayRules, Node, NodeId, NumberRules},
    numbers,
};
use crate::JsonType;

const ALL: [JsonType; 7] = [
    JsonType::Null,
    JsonType::Boolean,
    JsonType::Integer,
    JsonType::Number,
    JsonType::String,
    JsonType::Array,
    JsonType::Object,
];

/// The nodes that are known to have a value.
struct Inhabited(Vec<bool>);

impl Inhabited {
    fn contains(&self, id: NodeId) -> bool {
        self.0.get(id.0).is_some_and(|it| *it)
    }
}

impl Validator {
    /// Returns why no value exists, if that is certain.
    pub(crate) fn contradiction(&self) -> Option<String> {
        let inhabited = self.inhabited();
        if inhabited.contains(self.root) {
            return None;
        }
        let mut pointer = String::new();
        let mut seen = Vec::new();
        let mut id = self.root;
        while !seen.contains(&id) {
            seen.push(id);
            let Some((name, next)) = self.uninhabited_part(id, &inhabited) else {
                let place = match pointer.as_str() {
                    "" => "the whole value".to_owned(),
                    pointer => format!("`{pointer}`"),
                };
                return Some(format!(
                    "no value satisfies the rules of {place}, since they contradict each other; loosen one of them"
                ));
            };
            if let Some(name) = name {
                pointer.push('/');
                pointer.push_str(name);
            }
            id = next;
        }
        Some(format!(
            "it requires itself without end, at `{pointer}`; make a member on the way an `Option` or a list"
        ))
    }

    /// Returns the nodes that have a value, as far as each node by itself decides that. A node has one if all that it requires has
    /// one; they are found from the innermost outwards, so that a node which requires itself is never found.
    fn inhabited(&self) -> Inhabited {
        let mut inhabited = Inhabited(vec![false; self.nodes.len()]);
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            // Nodes are created before those they refer to.
            for (id, node) in self.nodes.iter().enumerate().rev() {
                if !inhabited.contains(NodeId(id)) && self.has_value(node, &inhabited) {
                    has_changed = true;
                    if let Some(place) = inhabited.0.get_mut(id) {
                        *place = true;
                    }
                }
            }
        }
        inhabited
    }

    fn has_value(&self, node: &Node, inhabited: &Inhabited) -> bool {
        let unions = [&node.any_of, &node.one_of];
        let has_branch = |union: &Vec<NodeId>| {
            union.is_empty() || union.iter().any(|branch| inhabited.contains(*branch))
        };
        let kinds = match node.kinds.as_slice() {
            [] => ALL.as_slice(),
            kinds => kinds,
        };
        !node.never
            && node
                .allowed
                .as_ref()
                .is_none_or(|allowed| !allowed.is_empty())
            && node.all_of.iter().all(|all| inhabited.contains(*all))
            && unions.into_iter().all(has_branch)
            && kinds.iter().any(|kind| self.admits(node, *kind, inhabited))
    }

    fn admits(&self, node: &Node, kind: JsonType, inhabited: &Inhabited) -> bool {
        let (string, object) = (&node.string, &node.object);
        match kind {
            JsonType::Null | JsonType::Boolean => true,
            JsonType::Integer | JsonType::Number => admits_a_number(&node.number),
            JsonType::String => in_order(string.min_length, string.max_length),
            JsonType::Array => admits_an_array(&node.array, inhabited),
            JsonType::Object => {
                in_order(object.min_properties, object.max_properties)
                    && object.required.iter().all(|name| {
                        let declared = object.property(name);
                        declared.is_none_or(|declared| inhabited.contains(declared))
                            && !self.forbids(node, name, 0)
                    })
            }
        }
    }

    /// Returns whether a closed object, or one that it refers to, does not declare a member.
    fn forbids(&self, node: &Node, name: &str, depth: usize) -> bool {
        let object = &node.object;
        let is_closed = object
            .additional
            .is_some_and(|others| self.node(others).never);
        let is_declared = || {
            object.property(name).is_some()
                || object
                    .patterns
                    .iter()
                    .any(|(regex, _)| regex.is_match(name))
        };
        (is_closed && !is_declared())
            || (depth < self.nodes.len()
                && node
                    .all_of
                    .iter()
                    .any(|all| self.forbids(self.node(*all), name, depth + 1)))
    }

    /// Returns a part of a node without values that has none itself, and the member it is in.
    fn uninhabited_part(
        &self,
        id: NodeId,
        inhabited: &Inhabited,
    ) -> Option<(Option<&str>, NodeId)> {
        let node = self.node(id);
        let in_place = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        let mut in_place = in_place.filter(|id| !inhabited.contains(**id));
        if let Some(part) = in_place.next() {
            return Some((None, *part));
        }
        let required = node.object.required.iter();
        let mut members = required.filter_map(|name| {
            let property = node.object.property(name)?;
            (!inhabited.contains(property)).then_some((Some(name.as_str()), property))
        });
        members.next()
    }
}

fn in_order<T: PartialOrd>(least: Option<T>, most: Option<T>) -> bool {
    least.zip(most).is_none_or(|(least, most)| least <= most)
}

fn admits_a_number(rules: &NumberRules) -> bool {
    let order = |least: &Option<Number>, most: &Option<Number>| {
        let both = least.as_ref().zip(most.as_ref());
        both.map(|(least, most)| numbers::compare(least, most))
    };
    let below = |order: Option<Ordering>| order.is_none_or(Ordering::is_lt);
    order(&rules.minimum, &rules.maximum).is_none_or(Ordering::is_le)
        && below(order(&rules.exclusive_minimum, &rules.maximum))
        && below(order(&rules.minimum, &rules.exclusive_maximum))
        && below(order(&rules.exclusive_minimum, &rules.exclusive_maximum))
}

fn admits_an_array(rules: &ArrayRules, inhabited: &Inhabited) -> bool {
    let least = usize::try_from(rules.min_items.unwrap_or(0)).unwrap_or(usize::MAX);
    let items = rules.items.is_none_or(|items| inhabited.contains(items));
    let mut prefix = rules.prefix.iter().take(least);
    in_order(rules.min_items, rules.max_items)
        && prefix.all(|item| inhabited.contains(*item))
        && (items || least <= rules.prefix.len())
}
