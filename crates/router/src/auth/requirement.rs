//! What an operation requires of its callers: which authenticators have to let
//! a request in, and with which scopes.

use std::borrow::Cow;

/// The most alternatives a requirement may have once it is multiplied out.
const MOST_ALTERNATIVES: usize = 64;

/// Who may call an operation: one authenticator by its name, or several put
/// together with [`any_of`] and [`all_of`].
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
    RegistryDefault,
}

/// One way in: authenticators that have to be met together, each with scopes.
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

/// Any one of these lets a request in; they are tried in this order.
pub fn any_of<I>(alternatives: I) -> Requirement
where
    I: IntoIterator,
    I::Item: Into<Requirement>,
{
    Requirement(Kind::Any(
        alternatives.into_iter().map(Into::into).collect(),
    ))
}

/// All of these have to let a request in.
pub fn all_of<I>(all: I) -> Requirement
where
    I: IntoIterator,
    I::Item: Into<Requirement>,
{
    Requirement(Kind::All(all.into_iter().map(Into::into).collect()))
}

/// An authenticator whose caller has to have these scopes; one who has not is
/// answered 403.
pub fn scopes<S>(authenticator: impl Into<Cow<'static, str>>, scopes: S) -> Requirement
where
    S: IntoIterator,
    S::Item: Into<Cow<'static, str>>,
{
    let scopes = scopes.into_iter().map(Into::into).collect();
    Requirement(Kind::Named(authenticator.into(), scopes))
}

/// Lets in whoever presents nothing; beside other alternatives, a credential
/// that is presented still has to be good.
#[must_use]
pub fn anyone() -> Requirement {
    Requirement(Kind::Anyone)
}

/// What the registry requires by default, as a part of something larger.
#[must_use]
pub fn registry_default() -> Requirement {
    Requirement(Kind::RegistryDefault)
}

impl Requirement {
    /// Nothing is required.
    pub(crate) fn nothing() -> Self {
        Self(Kind::Any(Vec::new()))
    }

    /// Every way in; `default` is the registry's own requirement.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and the mend.
    pub(crate) fn alternatives(&self, default: &Self) -> Result<Vec<Alternative>, String> {
        let ways = match &self.0 {
            Kind::Named(name, scopes) => vec![vec![(name.clone(), scopes.clone())]],
            Kind::Anyone => vec![Vec::new()],
            Kind::RegistryDefault if default.mentions_default() => {
                return Err(
                    "the registry's default cannot refer to itself; name authenticators".to_owned(),
                );
            }
            Kind::RegistryDefault => default.alternatives(default)?,
            Kind::Any(parts) => {
                let mut ways = Vec::new();
                for part in parts {
                    ways.extend(part.alternatives(default)?);
                }
                ways
            }
            Kind::All(parts) => {
                let mut ways = vec![Alternative::new()];
                for part in parts {
                    let more = part.alternatives(default)?;
                    ways = ways
                        .iter()
                        .flat_map(|way| more.iter().map(|more| join(way, more)))
                        .collect();
                    once_each(&mut ways);
                    if ways.len() > MOST_ALTERNATIVES {
                        break;
                    }
                }
                ways
            }
        };
        if ways.len() > MOST_ALTERNATIVES {
            return Err(format!(
                "there are more than {MOST_ALTERNATIVES} ways in; require less of `any_of` within `all_of`"
            ));
        }
        Ok(ways)
    }

    fn mentions_default(&self) -> bool {
        match &self.0 {
            Kind::RegistryDefault => true,
            Kind::Any(parts) | Kind::All(parts) => parts.iter().any(Self::mentions_default),
            Kind::Named(..) | Kind::Anyone => false,
        }
    }
}

/// A way in counts once, whatever the order of its steps.
fn once_each(ways: &mut Vec<Alternative>) {
    let mut seen: Vec<Alternative> = Vec::with_capacity(ways.len());
    ways.retain(|way| {
        let mut sorted = way.clone();
        sorted.sort_unstable();
        let is_new = !seen.contains(&sorted);
        if is_new {
            seen.push(sorted);
        }
        is_new
    });
}

/// Both ways at once; an authenticator is met once, with the scopes of both.
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
