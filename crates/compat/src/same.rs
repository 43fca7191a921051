//! Whether two values are equal for clients: references are followed, and texts
//! such as descriptions and examples are skipped. It decides where a change can
//! only be noticed but not judged.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::{
    annotations::is_annotation,
    merged::canonical,
    source::{Node, Source},
};

/// The largest number of values that are compared at once; larger ones count as
/// different.
const MAX_VALUES: usize = 20_000;

/// The pairs of values that have been compared, by their addresses.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<(usize, usize), bool>);

/// What the members of an object are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Context {
    /// The members that OpenAPI or JSON Schema defines.
    Defined,
    /// Objects by name.
    Named,
    /// Maps of objects, by name.
    Maps,
    /// A value of the API, such as a constant.
    Literal,
}

/// Returns the context of a member; none if it is an annotation.
fn within(context: Context, key: &str) -> Option<Context> {
    Some(match context {
        Context::Literal => Context::Literal,
        Context::Named => Context::Defined,
        Context::Maps => Context::Named,
        Context::Defined if is_annotation(key) => return None,
        Context::Defined => match key {
            "const" | "default" | "enum" | "required" | "type" => Context::Literal,
            "additionalOperations"
            | "content"
            | "dependentRequired"
            | "dependentSchemas"
            | "encoding"
            | "flows"
            | "headers"
            | "links"
            | "mapping"
            | "patternProperties"
            | "properties"
            | "responses"
            | "scopes"
            | "variables" => Context::Named,
            "callbacks" => Context::Maps,
            _ => Context::Defined,
        },
    })
}

/// Returns whether two values are equal for clients.
pub(crate) fn same<'d>(
    (old, new): (&Source<'d>, &Source<'d>),
    before: &Node<'d>,
    after: &Node<'d>,
    known: &mut Known,
) -> bool {
    let key = (before.address(), after.address());
    if let Some(known) = known.0.get(&key) {
        return *known;
    }
    let mut walk = Walk {
        old,
        new,
        open: vec![(before.clone(), after.clone(), Context::Defined)],
        seen: HashSet::new(),
    };
    let is_same = walk.run(known);
    if is_same {
        let all = walk.seen.into_iter();
        let defined = all.filter(|(_, _, context)| *context == Context::Defined);
        known
            .0
            .extend(defined.map(|(one, other, _)| ((one, other), true)));
    }
    known.0.insert(key, is_same);
    is_same
}

struct Walk<'a, 'd> {
    old: &'a Source<'d>,
    new: &'a Source<'d>,
    open: Vec<(Node<'d>, Node<'d>, Context)>,
    seen: HashSet<(usize, usize, Context)>,
}

impl<'d> Walk<'_, 'd> {
    fn run(&mut self, known: &Known) -> bool {
        while let Some((before, after, context)) = self.open.pop() {
            let addresses = (before.address(), after.address());
            if context == Context::Defined && known.0.get(&addresses) == Some(&true) {
                continue;
            }
            if !self.seen.insert((addresses.0, addresses.1, context)) {
                continue;
            }
            if self.seen.len() > MAX_VALUES || !self.step(&before, &after, context) {
                return false;
            }
        }
        true
    }

    fn step(&mut self, before: &Node<'d>, after: &Node<'d>, context: Context) -> bool {
        if context == Context::Defined {
            let targets = (target(self.old, before), target(self.new, after));
            match targets {
                (None, None) => {}
                (one, other) => {
                    let is_plain = |node: &Node<'_>, target: &Option<Node<'_>>| {
                        target.is_none() || node.value.as_object().is_some_and(|it| it.len() == 1)
                    };
                    let both = one.is_some() && other.is_some();
                    if !(both || is_plain(before, &one) && is_plain(after, &other)) {
                        return false;
                    }
                    self.open.push((
                        one.unwrap_or_else(|| before.clone()),
                        other.unwrap_or_else(|| after.clone()),
                        context,
                    ));
                    if !both {
                        return true;
                    }
                }
            }
        }
        match (before.value, after.value) {
            (Value::Object(one), Value::Object(other)) => {
                self.members((before, one), (after, other), context)
            }
            (Value::Array(one), Value::Array(other)) => {
                if one.len() != other.len() {
                    return false;
                }
                for (index, pair) in one.iter().zip(other).enumerate() {
                    let node = |parent: &Node<'d>, value: &'d Value| Node {
                        value,
                        pointer: format!("{}/{index}", parent.pointer),
                    };
                    self.open
                        .push((node(before, pair.0), node(after, pair.1), context));
                }
                true
            }
            (one, other) => canonical(one) == canonical(other),
        }
    }

    fn members(
        &mut self,
        (before, one): (&Node<'d>, &'d Map<String, Value>),
        (after, other): (&Node<'d>, &'d Map<String, Value>),
        context: Context,
    ) -> bool {
        let keys: HashSet<&str> = one.keys().chain(other.keys()).map(String::as_str).collect();
        for key in keys {
            let Some(inner) = within(context, key) else {
                continue;
            };
            // References that have targets were followed.
            if context == Context::Defined
                && key == "$ref"
                && target(self.old, before).is_some()
                && target(self.new, after).is_some()
            {
                continue;
            }
            let (Some(left), Some(right)) =
                (self.old.child(before, key), self.new.child(after, key))
            else {
                return false;
            };
            let is_set = matches!(key, "enum" | "required" | "type");
            if context == Context::Defined && is_set {
                if sorted(left.value) != sorted(right.value) {
                    return false;
                }
            } else if key == "nullable" && self.old.dialect != self.new.dialect {
                return false;
            } else if context == Context::Defined && key == "$dynamicRef" {
                let (one, other) = (
                    self.old.dynamic_targets(before),
                    self.new.dynamic_targets(after),
                );
                if one.len() != other.len() {
                    return false;
                }
                let pairs = one.into_iter().zip(other);
                self.open
                    .extend(pairs.map(|(one, other)| (one, other, context)));
            } else {
                self.open.push((left, right, inner));
            }
        }
        true
    }
}

/// Returns the target of a reference. A reference without one is compared as text.
fn target<'d>(source: &Source<'d>, node: &Node<'d>) -> Option<Node<'d>> {
    source.step(node).ok().flatten()
}

fn sorted(value: &Value) -> Vec<String> {
    let mut texts: Vec<_> = match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => vec![canonical(other)],
    };
    texts.sort_unstable();
    texts
}
