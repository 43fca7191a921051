//! Members that may be absent, and what stands for absence in forms.

use serde_json::Value;

use super::{Validator, findings::Findings, node::NodeId};
use crate::{InstanceLocation, Location};

impl Validator {
    /// Returns whether a declared member may be absent.
    pub(crate) fn is_optional(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name) && !self.requires(self.root, name)
    }

    /// Returns whether a declared member may be absent and must not have this value, by all that is declared under its name.
    pub(crate) fn is_absent_as(&self, name: &str, value: &Value) -> bool {
        self.names.iter().any(|known| known == name) && self.is_absent(self.root, name, value)
    }

    /// Returns the same of a declared member of an object that is a declared member.
    pub(crate) fn is_absent_inside(&self, object: &str, name: &str, value: &Value) -> bool {
        let objects = self.properties(self.root).into_iter();
        let mut objects = objects.filter(|(known, _)| *known == object);
        objects.any(|(_, object)| {
            let mut declared = self.properties(object).into_iter();
            declared.any(|(known, _)| known == name) && self.is_absent(object, name, value)
        })
    }

    fn is_absent(&self, object: NodeId, name: &str, value: &Value) -> bool {
        let properties = self.properties(object).into_iter();
        let mut declared = properties.filter(|(known, _)| *known == name);
        !self.requires(object, name) && declared.all(|(_, node)| !self.allows(node, value))
    }

    fn requires(&self, id: NodeId, name: &str) -> bool {
        let node = self.node(id);
        let mut parts = node.all_of.iter().chain(&node.any_of).chain(&node.one_of);
        node.object.required.iter().any(|required| required == name)
            || parts.any(|part| self.requires(*part, name))
    }

    fn allows(&self, id: NodeId, value: &Value) -> bool {
        let mut violations = Vec::new();
        let mut findings = Findings::new(Location::Body, &mut violations);
        self.check(id, &value.into(), InstanceLocation::ROOT, &mut findings);
        violations.is_empty()
    }
}
