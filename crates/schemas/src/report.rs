//! Collects the violations found by the checks of a type.

use crate::{InstanceLocation, Location, MAX_VIOLATIONS, Rule, Violation};

/// Collects broken rules and their locations.
#[derive(Debug, Default)]
pub struct Report {
    broken: Vec<(String, Rule)>,
    /// Whether a part was not checked, since its type has no checks, and may violate its schema.
    has_unchecked: bool,
}

impl Report {
    /// Creates an empty report; allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a broken rule, up to [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS).
    #[cold]
    pub fn add(&mut self, at: InstanceLocation<'_>, rule: Rule) {
        if self.broken.len() < MAX_VIOLATIONS {
            self.broken.push((at.pointer(), rule));
        }
    }

    /// Records a part whose type is no [`Schema`](crate::Schema).
    #[inline]
    pub(crate) fn note_unchecked(&mut self) {
        self.has_unchecked = true;
    }

    /// Returns whether everything was checked and no rule is broken.
    #[inline]
    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty() && !self.has_unchecked
    }

    /// Returns whether no rule is broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty()
    }

    /// Converts the report to violations of a section of the request.
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
