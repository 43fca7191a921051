//! Checking a request against what its operation requires of callers.

use std::{any::TypeId, borrow::Cow};

use actix_web::{HttpRequest, http::header::HeaderValue};

use super::{
    AuthFailure, ChallengeContext,
    erased::{ErasedIdentity, Named},
};
use crate::error::{Reason, Rejection};

/// The requirements of an operation on its callers.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    /// The authenticators of all alternatives.
    pub(crate) authenticators: Vec<Named>,
    /// The alternatives; one without steps is open to anyone. Without any, every
    /// request is rejected.
    pub(crate) alternatives: Vec<Vec<Step>>,
    /// Whether every request is accepted, and no authenticator called.
    is_public: bool,
}

/// An authenticator that has to accept the request.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its index among the operation's.
    pub(crate) authenticator: usize,
    pub(crate) scopes: Vec<Cow<'static, str>>,
}

type AuthResult = Result<ErasedIdentity, AuthFailure>;

impl Guards {
    /// Returns guards that accept every request.
    pub(crate) fn open() -> Self {
        Self {
            is_public: true,
            ..Self::default()
        }
    }

    /// Returns whether nothing is required.
    pub(crate) fn are_open(&self) -> bool {
        self.is_public
    }

    /// Returns whether there are authenticators, and an alternative without any.
    pub(crate) fn are_optional(&self) -> bool {
        !self.authenticators.is_empty() && self.alternatives.iter().any(Vec::is_empty)
    }

    /// Returns the authenticator, if a single one is all that is required.
    pub(crate) fn only(&self) -> Option<&Named> {
        match (self.authenticators.as_slice(), self.alternatives.as_slice()) {
            ([only], [steps])
                if steps.len() == 1 && steps.iter().all(|step| step.scopes.is_empty()) =>
            {
                Some(only)
            }
            _ => None,
        }
    }

    /// Returns the rejection of the only authenticator.
    pub(crate) fn reject_only(&self, failure: AuthFailure) -> Rejection {
        self.reject(failure, &[Some(Err(failure))])
    }

    /// Authenticates the request and stores the identities of its caller, or
    /// rejects it with the most specific failure.
    pub(crate) async fn check(&self, request: &HttpRequest) -> Result<(), Rejection> {
        self.accept(request, &mut Vec::new()).await.map(|_| ())
    }

    /// Does what [`check`](Self::check) does, and returns the subject of each
    /// authenticator that accepted the request, with its name. Without any, the
    /// caller is anonymous.
    pub(crate) async fn identify(
        &self,
        request: &HttpRequest,
    ) -> Result<Vec<(&str, String)>, Rejection> {
        let mut results = Vec::new();
        let steps = self.accept(request, &mut results).await?;
        let subjects = steps.iter().map(|step| {
            let named = self.authenticators.get(step.authenticator)?;
            let Some(Some(Ok(identity))) = results.get(step.authenticator) else {
                return None;
            };
            Some((&*named.name, named.authenticator.subject(identity)?))
        });
        let subjects: Option<Vec<_>> = subjects.collect();
        subjects.ok_or_else(|| Rejection::internal("an identity has no subject"))
    }

    /// Authenticates the request and stores the identities of its caller. Returns
    /// the steps of the alternative that accepts it; none, if it is open to anyone.
    async fn accept(
        &self,
        request: &HttpRequest,
        results: &mut Vec<Option<AuthResult>>,
    ) -> Result<&[Step], Rejection> {
        results.resize_with(self.authenticators.len(), || None);
        let mut failure = AuthFailure::Missing;
        let mut is_open = self.is_public;
        for steps in &self.alternatives {
            if steps.is_empty() {
                is_open = true;
                continue;
            }
            match self.check_steps(steps, request, results).await {
                Ok(()) => {
                    self.store(steps, request, results);
                    return Ok(steps);
                }
                Err(found) => failure = failure.max(found),
            }
        }
        if is_open && failure == AuthFailure::Missing {
            return Ok(&[]);
        }
        Err(self.reject(failure, results))
    }

    /// Checks every step of an alternative; each authenticator is called once a request.
    async fn check_steps(
        &self,
        steps: &[Step],
        request: &HttpRequest,
        results: &mut [Option<AuthResult>],
    ) -> Result<(), AuthFailure> {
        let mut failure: Option<AuthFailure> = None;
        for step in steps {
            let named = self.authenticators.get(step.authenticator);
            let (Some(Named { authenticator, .. }), Some(result)) =
                (named, results.get_mut(step.authenticator))
            else {
                // Every step has an authenticator; without one nothing is known of the caller.
                failure = failure.max(Some(AuthFailure::Missing));
                continue;
            };
            if result.is_none() {
                *result = Some(authenticator.authenticate(request).await);
            }
            let found = match result {
                Some(Ok(identity)) => {
                    let grants = |scope: &Cow<'_, str>| authenticator.grants(identity, scope);
                    (!step.scopes.iter().all(grants)).then_some(AuthFailure::Forbidden)
                }
                Some(Err(failure)) => Some(*failure),
                None => None,
            };
            failure = failure.max(found);
        }
        failure.map_or(Ok(()), Err)
    }

    fn store(&self, steps: &[Step], request: &HttpRequest, results: &[Option<AuthResult>]) {
        for step in steps {
            let named = self.authenticators.get(step.authenticator);
            let result = results.get(step.authenticator);
            if let (Some(named), Some(Some(Ok(identity)))) = (named, result) {
                named.authenticator.store(identity.clone(), request);
            }
        }
    }

    #[cold]
    fn reject(&self, failure: AuthFailure, results: &[Option<AuthResult>]) -> Rejection {
        let steps = self.alternatives.iter().flatten();
        let mut challenges: Vec<String> = Vec::new();
        for step in steps {
            let Some(named) = self.authenticators.get(step.authenticator) else {
                continue;
            };
            let own = match results.get(step.authenticator) {
                Some(Some(Err(own))) => *own,
                Some(Some(Ok(_))) if failure == AuthFailure::Forbidden => failure,
                // It accepted the caller; another one did not.
                Some(Some(Ok(_))) => continue,
                _ => AuthFailure::Missing,
            };
            // A 403 names the scopes that are needed (RFC 6750 section 3.1), a 401 every scheme. With a 503 nothing is
            // wrong with the credential.
            let is_relevant = match failure {
                AuthFailure::Forbidden => own == failure && !step.scopes.is_empty(),
                AuthFailure::Missing | AuthFailure::Invalid => true,
                AuthFailure::Busy | AuthFailure::Unavailable => false,
            };
            let context = ChallengeContext {
                failure: own,
                scopes: &step.scopes,
            };
            if is_relevant
                && let Some(challenge) = named.authenticator.challenge(&context)
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

    /// Returns the challenges for a request without any credential.
    pub(crate) fn challenges(&self) -> Vec<HeaderValue> {
        let Rejection { reason, .. } = self.reject(AuthFailure::Missing, &[]);
        match reason {
            Reason::Unauthenticated { challenges, .. } => challenges
                .iter()
                .filter_map(|challenge| HeaderValue::from_str(challenge).ok())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns every failure of a caller's credential that is possible.
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
            .alternatives
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

    /// Returns whether every alternative gives an identity of this type, and whether any does.
    pub(crate) fn gives(&self, identity: TypeId) -> (bool, bool) {
        let gives = |steps: &Vec<Step>| {
            steps.iter().any(|step| {
                self.authenticators
                    .get(step.authenticator)
                    .is_some_and(|named| named.authenticator.identity() == identity)
            })
        };
        let any = self.alternatives.iter().any(gives);
        (any && self.alternatives.iter().all(gives), any)
    }
}
