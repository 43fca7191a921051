//! One difference between two documents.

use std::fmt;

use crate::{Rule, Severity};

/// A difference between two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// Its severity.
    pub severity: Severity,
    /// The operation it affects, such as `POST /todos`; none for the whole
    /// document.
    pub operation: Option<String>,
    /// Its location in the old document, as a JSON Pointer (RFC 6901); for an
    /// addition, the location it was added to.
    pub old_pointer: String,
    /// Its location in the new document; none if nothing around it is left.
    pub new_pointer: Option<String>,
    /// A description of the difference.
    pub message: String,
    /// The Rust item it comes from: the nearest enclosing `x-rust-item`.
    pub item: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.severity, self.rule)?;
        if let Some(operation) = &self.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.message)
    }
}
