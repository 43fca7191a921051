//! The authenticators of operations: their names are resolved, and the
//! identities that handlers take are compared with those authenticators give.

use std::collections::BTreeSet;

use actix_web::http::header::HeaderName;
use purlin_openapi::{ApiKeyLocation, SecurityScheme};

use super::{Builder, RegistryError};
use crate::{
    auth::{Guards, Named, Requirement, Step},
    describe::Notes,
    operation::Operation,
    registry::Registry,
};

impl Builder<'_> {
    /// Checks the authenticators the registry declares.
    pub(super) fn check_authenticators(&mut self) {
        let registry = self.registry;
        let mut seen = BTreeSet::new();
        for Named {
            name,
            authenticator,
        } in &registry.authenticators
        {
            if let Some(reason) = undocumentable(name, &authenticator.scheme()) {
                self.not_an_authenticator("the registry", reason);
            }
            for error in authenticator.errors() {
                let reason = format!("the authenticator `{name}`: {error}");
                self.not_an_authenticator("the registry", reason);
            }
            if !seen.insert(name.as_ref()) {
                self.not_an_authenticator(
                    "the registry",
                    format!("two authenticators are named `{name}`; rename one"),
                );
            }
        }
        self.resolve(&registry.default_authenticators, "the registry's default");
    }

    /// Logs what is probably wrong with authenticators.
    pub(super) fn log_warnings(&self) {
        let title = &self.registry.title();
        for named in &self.registry.authenticators {
            for warning in named.authenticator.warnings() {
                log::warn!(target: "purlin::auth", "registry `{title}`, authenticator `{}`: {warning}", named.name);
            }
        }
    }

    /// Returns what an operation requires of its callers.
    pub(super) fn guards(&mut self, operation: &Operation, subject: &str) -> Guards {
        match &operation.authenticators {
            Some(own) => self.resolve(own, subject),
            None => {
                let before = self.errors.len();
                let guards = self.resolve(&self.registry.default_authenticators, subject);
                // Reported once, for the registry.
                self.errors.truncate(before);
                guards
            }
        }
    }

    fn resolve(&mut self, requirement: &Requirement, subject: &str) -> Guards {
        let registry = self.registry;
        if requirement.is_public() {
            return Guards::open();
        }
        let mut guards = Guards::default();
        let alternatives = match requirement.alternatives(&registry.default_authenticators) {
            Ok(alternatives) => alternatives,
            Err(reason) => {
                self.not_an_authenticator(subject, reason);
                return guards;
            }
        };
        for alternative in alternatives {
            let mut steps = Vec::with_capacity(alternative.len());
            for (name, scopes) in alternative {
                let known = guards.authenticators.iter().position(|n| n.name == name);
                let authenticator = match known {
                    Some(index) => index,
                    None => {
                        let declared = registry.authenticators.iter().find(|a| a.name == name);
                        let Some(named) = declared else {
                            self.not_an_authenticator(subject, unknown(registry, &name));
                            continue;
                        };
                        guards.authenticators.push(named.clone());
                        guards.authenticators.len() - 1
                    }
                };
                let has_scopes = guards
                    .authenticators
                    .get(authenticator)
                    .is_some_and(|named| named.authenticator.has_scopes());
                if !scopes.is_empty() && !has_scopes {
                    self.not_an_authenticator(
                        subject,
                        format!(
                            "scopes are required of `{name}`, whose callers have none; leave them out, or use an authenticator with scopes"
                        ),
                    );
                }
                steps.push(Step {
                    authenticator,
                    scopes,
                });
            }
            guards.alternatives.push(steps);
        }
        guards
    }

    /// Checks that a handler's identity is there, whichever alternative
    /// authenticated the caller.
    pub(super) fn check_identities(&mut self, notes: &Notes, guards: &Guards, subject: &str) {
        for wanted in &notes.identities {
            let (always, at_times) = guards.gives(wanted.id);
            let name = wanted.name;
            let reason = if !at_times {
                format!(
                    "the handler takes an identity of type `{name}`, which none of the operation's authenticators gives; add one that does, or take another identity"
                )
            } else if wanted.is_required && !always {
                format!(
                    "the handler takes an identity of type `{name}`, which not every alternative gives; take an `Option<Identity<…>>`"
                )
            } else {
                continue;
            };
            self.errors.push(RegistryError::Extractors {
                subject: subject.to_owned(),
                reason,
            });
        }
    }

    fn not_an_authenticator(&mut self, subject: &str, reason: String) {
        self.errors.push(RegistryError::Authenticator {
            subject: subject.to_owned(),
            reason,
        });
    }
}

/// Returns why the document, or HTTP, cannot state an authenticator.
fn undocumentable(name: &str, scheme: &SecurityScheme) -> Option<String> {
    let may_name = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if name.is_empty() || !name.chars().all(may_name) {
        return Some(format!(
            "an authenticator is named `{name}`; a name is letters, digits, `.`, `-` and `_` (OpenAPI 3.1.1 section 4.8.7)"
        ));
    }
    match scheme {
        SecurityScheme::ApiKey {
            location: ApiKeyLocation::Header,
            name: header,
            ..
        } if HeaderName::try_from(header.as_str()).is_err() => Some(format!(
            "the authenticator `{name}` reads the header `{header}`, which is not a header name (RFC 9110 section 5.1); rename it"
        )),
        _ => None,
    }
}

fn unknown(registry: &Registry, name: &str) -> String {
    let known: Vec<_> = registry
        .authenticators
        .iter()
        .map(|known| format!("`{}`", known.name))
        .collect();
    let known = if known.is_empty() {
        "none is declared".to_owned()
    } else {
        format!("declared are {}", known.join(", "))
    };
    format!(
        "no authenticator is named `{name}` ({known}); add `.authenticator(\"{name}\", …)` to the registry"
    )
}
