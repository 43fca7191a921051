//! What a type's own checks have found.

use crate::{Location, MAX_VIOLATIONS, Place, Rule, Violation};

/// Collects the rules a value breaks, and where.
#[derive(Debug, Default)]
pub struct Report {
    broken: Vec<(String, Rule)>,
}

impl Report {
    /// A report without findings; allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a broken rule, as far as there is room:
    /// [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS) are enough.
    #[cold]
    pub fn add(&mut self, at: Place<'_>, rule: Rule) {
        if self.broken.len() < MAX_VIOLATIONS {
            self.broken.push((at.pointer(), rule));
        }
    }

    /// Whether no rule is broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty()
    }

    /// The findings as violations of a section of the request.
    #[must_use]
    pub fn into_violations(self, location: Location) -> Vec<Violation> {
        self.broken
            .into_iter()
            .map(|(pointer, rule)| Violation {
                location,
                pointer,
                rule,
            })
            .collect()
    }
}
