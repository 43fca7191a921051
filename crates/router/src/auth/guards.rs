//! Holding a request to what its operation requires.

use std::{any::TypeId, borrow::Cow};

use actix_web::{HttpRequest, http::header::HeaderValue};

use super::{
    AuthFailure, ChallengeContext,
    erased::{Named, Somebody},
};
use crate::error::{Reason, Rejection};

/// Everything an operation requires of its callers.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    /// Every authenticator there is a way in by.
    pub(crate) authenticators: Vec<Named>,
    /// Every way in; one without steps is open to anyone. None at all is no
    /// requirement.
    pub(crate) ways: Vec<Vec<Step>>,
}

/// An authenticator that has to let the request in.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its index among the operation's.
    pub(crate) authenticator: usize,
    pub(crate) scopes: Vec<Cow<'static, str>>,
}

type Answer = Result<Somebody, AuthFailure>;

impl Guards {
    /// Whether nothing is required.
    pub(crate) fn are_open(&self) -> bool {
        self.ways.is_empty()
    }

    /// The one authenticator there is, if it is all that is required.
    pub(crate) fn only(&self) -> Option<&Named> {
        match (self.authenticators.as_slice(), self.ways.as_slice()) {
            ([only], [way]) if way.len() == 1 && way.iter().all(|step| step.scopes.is_empty()) => {
                Some(only)
            }
            _ => None,
        }
    }

    /// Turns down what the only authenticator did not let in.
    pub(crate) fn refuse_only(&self, failure: AuthFailure) -> Rejection {
        self.refuse(failure, &[Some(Err(failure))])
    }

    /// Lets the request in and tells it who its caller is, or answers with the
    /// failure that says most.
    pub(crate) async fn check(&self, request: &HttpRequest) -> Result<(), Rejection> {
        let mut answers: Vec<Option<Answer>> = Vec::new();
        answers.resize_with(self.authenticators.len(), || None);
        let mut failure: Option<AuthFailure> = None;
        let mut is_open = false;
        for way in &self.ways {
            if way.is_empty() {
                is_open = true;
                continue;
            }
            match self.walk(way, request, &mut answers).await {
                Ok(()) => {
                    self.admit(way, request, &answers);
                    return Ok(());
                }
                Err(found) => failure = failure.max(Some(found)),
            }
        }
        match failure {
            Some(failure) if !is_open || failure != AuthFailure::Missing => {
                Err(self.refuse(failure, &answers))
            }
            _ => Ok(()),
        }
    }

    /// Takes every step of a way; each authenticator is asked once a request.
    async fn walk(
        &self,
        way: &[Step],
        request: &HttpRequest,
        answers: &mut [Option<Answer>],
    ) -> Result<(), AuthFailure> {
        let mut failure: Option<AuthFailure> = None;
        for step in way {
            let asked = self.authenticators.get(step.authenticator);
            let (Some(Named { authenticator, .. }), Some(answer)) =
                (asked, answers.get_mut(step.authenticator))
            else {
                continue;
            };
            if answer.is_none() {
                *answer = Some(authenticator.authenticate(request).await);
            }
            let found = match answer {
                Some(Ok(somebody)) => {
                    let grants = |scope: &Cow<'_, str>| authenticator.grants(somebody, scope);
                    (!step.scopes.iter().all(grants)).then_some(AuthFailure::Forbidden)
                }
                Some(Err(failure)) => Some(*failure),
                None => None,
            };
            failure = failure.max(found);
        }
        failure.map_or(Ok(()), Err)
    }

    fn admit(&self, way: &[Step], request: &HttpRequest, answers: &[Option<Answer>]) {
        for step in way {
            let named = self.authenticators.get(step.authenticator);
            let answer = answers.get(step.authenticator);
            if let (Some(named), Some(Some(Ok(somebody)))) = (named, answer) {
                named.authenticator.admit(somebody.clone(), request);
            }
        }
    }

    #[cold]
    fn refuse(&self, failure: AuthFailure, answers: &[Option<Answer>]) -> Rejection {
        let steps = self.ways.iter().flatten();
        let mut challenges: Vec<String> = Vec::new();
        for step in steps {
            let Some(named) = self.authenticators.get(step.authenticator) else {
                continue;
            };
            let own = match answers.get(step.authenticator) {
                Some(Some(Err(own))) => *own,
                Some(Some(Ok(_))) if failure == AuthFailure::Forbidden => failure,
                // It let the caller in; another one did not.
                Some(Some(Ok(_))) => continue,
                _ => AuthFailure::Missing,
            };
            // A 403 is told what would do (RFC 6750 section 3.1), a 401 what may be tried.
            let is_told = match failure {
                AuthFailure::Forbidden => own == failure && !step.scopes.is_empty(),
                _ => true,
            };
            let refusal = ChallengeContext {
                failure: own,
                scopes: &step.scopes,
            };
            if is_told
                && let Some(challenge) = named.authenticator.challenge(&refusal)
                && !challenges.contains(&challenge)
            {
                challenges.push(challenge);
            }
        }
        Reason::Unauthenticated {
            failure,
            challenges,
        }
        .into()
    }

    /// What a request without any credential is told.
    pub(crate) fn challenges(&self) -> Vec<HeaderValue> {
        let Rejection { reason, .. } = self.refuse(AuthFailure::Missing, &[]);
        match reason {
            Reason::Unauthenticated { challenges, .. } => challenges
                .iter()
                .filter_map(|challenge| HeaderValue::from_str(challenge).ok())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Every way the caller's credential may fail.
    pub(crate) fn failures(&self) -> Vec<AuthFailure> {
        let mut failures = Vec::new();
        if self.authenticators.is_empty() {
            return failures;
        }
        failures.push(AuthFailure::Invalid);
        for named in &self.authenticators {
            failures.extend(named.authenticator.other_failures());
        }
        if self
            .ways
            .iter()
            .flatten()
            .any(|step| !step.scopes.is_empty())
        {
            failures.push(AuthFailure::Forbidden);
        }
        failures.sort_unstable();
        failures.dedup();
        failures
    }

    /// Whether every way in gives an identity of this type, and whether any does.
    pub(crate) fn gives(&self, identity: TypeId) -> (bool, bool) {
        let gives = |way: &Vec<Step>| {
            way.iter().any(|step| {
                self.authenticators
                    .get(step.authenticator)
                    .is_some_and(|named| named.authenticator.identity() == identity)
            })
        };
        let any = self.ways.iter().any(gives);
        (any && self.ways.iter().all(gives), any)
    }
}
