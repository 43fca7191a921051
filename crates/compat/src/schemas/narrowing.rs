//! Whether everything that one schema allows is allowed by another: a comparison of
//! two parts of the documents whose findings are only counted.

use super::Schemas;
use crate::{
    Severity,
    error::{DocumentError, DocumentErrorKind},
    findings::{Findings, NO_SEVERITIES, Subject},
    rule::{GeneralRule, SchemaLocation},
    source::{Node, Source},
};

/// The number of comparisons of a part within each other.
const MAX_DEPTH: usize = 2;

/// The maximum number of pairs that one of them compares.
const MAX_PAIRS: usize = 2_000;

impl<'d> Schemas<'_, 'd> {
    /// Returns the severity, for clients that send it, of a change from one schema to
    /// another: safe if it is certain that everything remains allowed, risky if it
    /// is unknown.
    pub(crate) fn narrowing(
        &mut self,
        (old, before): (&Source<'d>, &[Node<'d>]),
        (new, after): (&Source<'d>, &[Node<'d>]),
    ) -> Result<Severity, DocumentError> {
        let Some(budget) = self
            .budget
            .checked_sub(1)
            .filter(|_| self.depth < MAX_DEPTH)
        else {
            return Ok(Severity::Risky);
        };
        let mut findings = Findings::new(old.root, new.root, &NO_SEVERITIES);
        let subject = Subject::default();
        let mut schemas = Schemas::new(old, new, &mut findings, &subject);
        schemas.budget = budget;
        schemas.depth = self.depth + 1;
        schemas.max_pairs = MAX_PAIRS;
        let compared = schemas.compare_all(before, after, SchemaLocation::RequestProperty);
        self.budget = schemas.budget;
        match compared {
            Ok(()) => {}
            Err(error) if error.kind == DocumentErrorKind::Entangled => {
                return Ok(Severity::Risky);
            }
            Err(error) => return Err(error),
        }
        let severities = findings.all.iter().map(|it| {
            // An open object accepted the new property with any value.
            let is_convention = it.rule == GeneralRule::PropertyAddedOptional.into();
            if is_convention {
                it.severity.max(Severity::Risky)
            } else {
                it.severity
            }
        });
        Ok(severities.max().unwrap_or(Severity::Safe))
    }
}
