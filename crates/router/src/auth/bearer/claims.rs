//! The registered claims of a token (RFC 7519 section 4.1), and what is required of them.

use std::borrow::Cow;

use jsonwebtoken::get_current_timestamp;
use serde::Deserialize;
use serde_json::{Number, Value};

/// The claims that are read whatever type the program declares. One that is `null` is absent.
#[derive(Deserialize)]
pub(super) struct RegisteredClaims {
    pub(super) iss: Option<Value>,
    pub(super) sub: Option<Value>,
    aud: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
    scope: Option<Value>,
    scp: Option<Value>,
}

/// What a token has to have.
pub(super) struct Requirements<'b> {
    /// One of these issuers; without any, any or none.
    pub(super) issuers: &'b [Cow<'static, str>],
    /// One of these audiences; without any, none.
    pub(super) audiences: &'b [Cow<'static, str>],
    /// The difference of clocks, in seconds.
    pub(super) leeway: u64,
}

impl RegisteredClaims {
    /// Checks the claims at this moment.
    ///
    /// # Errors
    ///
    /// Returns why the token is rejected, for the log.
    pub(super) fn check(&self, required: &Requirements<'_>) -> Result<(), &'static str> {
        let now = get_current_timestamp();
        let expiry = self.exp.as_ref().ok_or("it has no `exp`")?;
        let expiry = seconds(expiry).ok_or("its `exp` is no time")?;
        if expiry < now.saturating_sub(required.leeway) {
            return Err("it has expired");
        }
        if let Some(start) = &self.nbf {
            let start = seconds(start).ok_or("its `nbf` is no time")?;
            if start > now.saturating_add(required.leeway) {
                return Err("it is not valid yet");
            }
        }
        if !required.issuers.is_empty() && !names_one(self.iss.as_ref(), required.issuers) {
            return Err("its `iss` is not accepted");
        }
        match (&self.aud, required.audiences.is_empty()) {
            (None, true) => Ok(()),
            // It is for other services, as far as is known here (RFC 7519 section 4.1.3).
            (Some(_), true) => Err("it has an `aud`"),
            (aud, false) if names_one(aud.as_ref(), required.audiences) => Ok(()),
            _ => Err("its `aud` is not accepted"),
        }
    }

    /// Returns the scopes: a text separated by spaces, or a list of texts.
    pub(super) fn scopes(&self) -> Vec<String> {
        match self.scope.as_ref().or(self.scp.as_ref()) {
            Some(Value::String(scopes)) => {
                scopes.split_whitespace().map(ToOwned::to_owned).collect()
            }
            Some(Value::Array(scopes)) => {
                let scopes = scopes.iter().filter_map(Value::as_str);
                scopes.map(ToOwned::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Returns the seconds since the epoch that a claim has, fractions rounded (RFC 7519 section 2, `NumericDate`).
fn seconds(claim: &Value) -> Option<u64> {
    let number = claim.as_number()?;
    number.as_u64().or_else(|| rounded(number))
}

fn rounded(number: &Number) -> Option<u64> {
    let seconds = number.as_f64()?;
    (0.0..u64::MAX as f64)
        .contains(&seconds)
        .then(|| seconds.round() as u64)
}

/// Returns whether a claim is one of these texts, or a list with one of them.
fn names_one(claim: Option<&Value>, accepted: &[Cow<'static, str>]) -> bool {
    let is_accepted = |text: &Value| {
        text.as_str()
            .is_some_and(|text| accepted.iter().any(|accepted| accepted == text))
    };
    match claim {
        Some(Value::Array(texts)) => texts.iter().any(is_accepted),
        claim => claim.is_some_and(is_accepted),
    }
}
