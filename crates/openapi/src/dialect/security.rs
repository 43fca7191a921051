//! Security requirements of an operation in a dialect that does not support
//! every scheme.
//!
//! One alternative suffices, so an unsupported alternative can be omitted: the
//! others remain valid. If none is left, an empty list would allow anonymous
//! callers; the requirement is then added to the description.

use crate::{Document, Operation, SecurityRequirement, SecurityScheme};

/// The security requirements of an operation in a dialect.
pub(super) struct OperationSecurity {
    /// The `security` of the operation; none to inherit the document's.
    pub(super) security: Option<Vec<SecurityRequirement>>,
    /// The requirement as a text.
    pub(super) note: Option<String>,
}

impl OperationSecurity {
    /// Converts the requirements of an operation. `translate` returns the
    /// equivalent requirements of the dialect, or none.
    pub(super) fn of(
        operation: &Operation,
        document: &Document,
        translate: impl Fn(&SecurityRequirement) -> Vec<SecurityRequirement>,
    ) -> Self {
        let required = operation.security.as_ref().unwrap_or(&document.security);
        let stated: Vec<_> = required.iter().flat_map(translate).collect();
        if stated.is_empty() && !required.is_empty() {
            return Self {
                security: Some(stated),
                note: Some(as_text(required, document)),
            };
        }
        Self {
            security: operation.security.is_some().then_some(stated),
            note: None,
        }
    }

    /// Returns the operation's description with the requirement.
    pub(super) fn description(&self, operation: &Operation) -> Option<String> {
        match (&operation.description, &self.note) {
            (Some(description), Some(note)) => Some(format!("{description}\n\n{note}")),
            (description, note) => description.clone().or_else(|| note.clone()),
        }
    }
}

fn as_text(required: &[SecurityRequirement], document: &Document) -> String {
    let name = |scheme: &str| match document.components.security_schemes.get(scheme) {
        Some(SecurityScheme::MutualTls { .. }) => format!("`{scheme}` (a client certificate)"),
        _ => format!("`{scheme}`"),
    };
    let alternatives: Vec<String> = required
        .iter()
        .map(|it| it.schemes().map(name).collect::<Vec<_>>().join(" and "))
        .collect();
    format!(
        "Requires {}; this version of OpenAPI cannot express the requirement.",
        alternatives.join(", or ")
    )
}
