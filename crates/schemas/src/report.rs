//! What a type's own checks have found.

use crate::{InstanceLocation, Location, MAX_VIOLATIONS, Rule, Violation};

/// Collects the rules a value breaks, and where.
#[derive(Debug, Default)]
pub struct Report {
    broken: Vec<(String, Rule)>,
    /// Whether there was something that has no checks to call, and may break its schema all the same.
    has_unseen: bool,
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
    pub fn add(&mut self, at: InstanceLocation<'_>, rule: Rule) {
        if self.broken.len() < MAX_VIOLATIONS {
            self.broken.push((at.pointer(), rule));
        }
    }

    /// Notes a part whose type is no [`Schema`](crate::Schema).
    #[inline]
    pub(crate) fn note_unseen(&mut self) {
        self.has_unseen = true;
    }

    /// Whether all was seen, and no rule is broken.
    #[inline]
    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty() && !self.has_unseen
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
