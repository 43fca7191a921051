//! Who may call an operation, in a dialect that cannot state every scheme.
//!
//! Any one alternative is enough, so an alternative that cannot be stated can
//! be left out: the others still hold. Where none is left, an empty list would
//! say that everybody may call, and so the description says what is needed.

use crate::{Document, Operation, SecurityRequirement, SecurityScheme};

/// What a dialect says of who may call an operation.
pub(super) struct OperationSecurity {
    /// The operation's `security`; none leaves it to the document.
    pub(super) security: Option<Vec<SecurityRequirement>>,
    /// What has to be said in words.
    pub(super) note: Option<String>,
}

impl OperationSecurity {
    /// `translate` gives the requirements that together say the same as one
    /// of the model, or none.
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
                note: Some(in_words(required, document)),
            };
        }
        Self {
            security: operation.security.is_some().then_some(stated),
            note: None,
        }
    }

    /// The operation's description, and what has to be said in words.
    pub(super) fn description(&self, operation: &Operation) -> Option<String> {
        match (&operation.description, &self.note) {
            (Some(description), Some(note)) => Some(format!("{description}\n\n{note}")),
            (description, note) => description.clone().or_else(|| note.clone()),
        }
    }
}

fn in_words(required: &[SecurityRequirement], document: &Document) -> String {
    let name = |scheme: &str| match document.components.security_schemes.get(scheme) {
        Some(SecurityScheme::MutualTls { .. }) => format!("`{scheme}` (a client certificate)"),
        _ => format!("`{scheme}`"),
    };
    let alternatives: Vec<String> = required
        .iter()
        .map(|it| it.schemes().map(name).collect::<Vec<_>>().join(" and "))
        .collect();
    format!(
        "Only for callers with {}; this version of OpenAPI has no other way to say so.",
        alternatives.join(", or ")
    )
}
