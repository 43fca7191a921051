//! The requirement of an operation: which authenticators have to accept a
//! request, and with which scopes.

use std::borrow::Cow;

/// The most alternatives a requirement may have once it is multiplied out.
const MAX_ALTERNATIVES: usize = 64;

/// The authentication an operation requires: one authenticator by its name, or
/// several combined with [`any_of`] and [`all_of`].
///
/// ```
/// use purlin_router::{Json, Operation, auth::{all_of, any_of, scopes}};
///
/// # async fn handler() -> Json<u8> { Json(1) }
/// // A key; or a token that may read together with a certificate.
/// let operation = Operation::get("/todos", handler).authenticators([any_of([
///     "apiKey".into(),
///     all_of([scopes("token", ["todos:read"]), "certificate".into()]),
/// ])]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Named(Cow<'static, str>, Vec<Cow<'static, str>>),
    Any(Vec<Requirement>),
    All(Vec<Requirement>),
    Anyone,
    /// Every request is accepted, and no credential is read.
    Public,
    RegistryDefault,
}

/// One alternative: authenticators that all have to accept the request, each with scopes.
pub(crate) type Alternative = Vec<(Cow<'static, str>, Vec<Cow<'static, str>>)>;

impl From<Cow<'static, str>> for Requirement {
    fn from(name: Cow<'static, str>) -> Self {
        Self(Kind::Named(name, Vec::new()))
    }
}

impl From<&'static str> for Requirement {
    fn from(name: &'static str) -> Self {
        Cow::Borrowed(name).into()
    }
}

impl From<String> for Requirement {
    fn from(name: String) -> Self {
        Cow::<str>::Owned(name).into()
    }
}

/// Requires any one of these; they are tried in this order. `build()` rejects an
/// empty list, because it does not state who may call.
pub fn any_of<I>(alternatives: I) -> Requirement
where
    I: IntoIterator,
    I::Item: Into<Requirement>,
{
    Requirement(Kind::Any(
        alternatives.into_iter().map(Into::into).collect(),
    ))
}

/// Requires all of these. `build()` rejects an empty list, because it does not state
/// who may call.
pub fn all_of<I>(all: I) -> Requirement
where
    I: IntoIterator,
    I::Item: Into<Requirement>,
{
    Requirement(Kind::All(all.into_iter().map(Into::into).collect()))
}

/// Requires an authenticator whose caller has these scopes; a caller without one
/// of them is rejected with 403.
pub fn scopes<S>(authenticator: impl Into<Cow<'static, str>>, scopes: S) -> Requirement
where
    S: IntoIterator,
    S::Item: Into<Cow<'static, str>>,
{
    let scopes = scopes.into_iter().map(Into::into).collect();
    Requirement(Kind::Named(authenticator.into(), scopes))
}

/// Accepts requests without a credential. Beside other alternatives, a
/// credential that is sent still has to be valid.
#[must_use]
pub fn anyone() -> Requirement {
    Requirement(Kind::Anyone)
}

/// Requires what the registry requires by default, as a part of a larger requirement.
/// `build()` rejects it where the registry has no default.
#[must_use]
pub fn registry_default() -> Requirement {
    Requirement(Kind::RegistryDefault)
}

impl Requirement {
    /// Returns the requirement that every request meets.
    pub(crate) fn public() -> Self {
        Self(Kind::Public)
    }

    /// Returns whether every request meets it, without a look at its credential.
    pub(crate) fn is_public(&self) -> bool {
        self.0 == Kind::Public
    }

    /// Returns every alternative, of which there is at least one; `default` is the
    /// registry's own requirement.
    ///
    /// # Errors
    ///
    /// Returns a message that says what is wrong and how to fix it.
    pub(crate) fn alternatives(&self, default: &Self) -> Result<Vec<Alternative>, String> {
        let alternatives = match &self.0 {
            Kind::Named(name, scopes) => vec![vec![(name.clone(), scopes.clone())]],
            Kind::Anyone | Kind::Public => vec![Vec::new()],
            Kind::RegistryDefault if default.mentions_default() => {
                return Err(
                    "the registry's default cannot refer to itself; name authenticators".to_owned(),
                );
            }
            Kind::RegistryDefault if default.is_public() => {
                return Err(
                    "`registry_default()` is required, and the registry has no default; add `.default_authenticators(…)` to it, or leave it out"
                        .to_owned(),
                );
            }
            Kind::RegistryDefault => default.alternatives(default)?,
            Kind::Any(parts) | Kind::All(parts) if parts.is_empty() => {
                return Err(
                    "a list of authenticators is empty, which does not state who may call; name at least one, or use `.public()` for operations that anyone may call"
                        .to_owned(),
                );
            }
            Kind::Any(parts) => {
                let mut alternatives = Vec::new();
                for part in parts {
                    alternatives.extend(part.alternatives(default)?);
                }
                alternatives
            }
            Kind::All(parts) => {
                let mut alternatives = vec![Alternative::new()];
                for part in parts {
                    let more = part.alternatives(default)?;
                    alternatives = alternatives
                        .iter()
                        .flat_map(|one| more.iter().map(|other| join(one, other)))
                        .collect();
                    dedup(&mut alternatives);
                    if alternatives.len() > MAX_ALTERNATIVES {
                        break;
                    }
                }
                alternatives
            }
        };
        if alternatives.len() > MAX_ALTERNATIVES {
            return Err(format!(
                "there are more than {MAX_ALTERNATIVES} alternatives; use fewer `any_of` within `all_of`"
            ));
        }
        Ok(alternatives)
    }

    fn mentions_default(&self) -> bool {
        match &self.0 {
            Kind::RegistryDefault => true,
            Kind::Any(parts) | Kind::All(parts) => parts.iter().any(Self::mentions_default),
            Kind::Named(..) | Kind::Anyone | Kind::Public => false,
        }
    }
}

/// Removes repeated alternatives, whatever the order of their steps.
fn dedup(alternatives: &mut Vec<Alternative>) {
    let mut seen: Vec<Alternative> = Vec::with_capacity(alternatives.len());
    alternatives.retain(|alternative| {
        let mut sorted = alternative.clone();
        sorted.sort_unstable();
        let is_new = !seen.contains(&sorted);
        if is_new {
            seen.push(sorted);
        }
        is_new
    });
}

/// Combines two alternatives; an authenticator is listed once, with the scopes of both.
fn join(one: &Alternative, other: &Alternative) -> Alternative {
    let mut joined = one.clone();
    for (name, scopes) in other {
        match joined.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => {
                for scope in scopes {
                    if !known.contains(scope) {
                        known.push(scope.clone());
                    }
                }
            }
            None => joined.push((name.clone(), scopes.clone())),
        }
    }
    joined
}
