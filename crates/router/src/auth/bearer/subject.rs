//! The subject of a token: who it was issued for.

use std::borrow::Cow;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Who a token was issued for. A `sub` is unique within its issuer (RFC 7519 section 4.1.2); without one, no two tokens have
/// the same subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The claims `iss`, whatever it is, and `sub`.
    Claims(Value, String),
    /// The digest of the token.
    Token(String),
}

impl Subject {
    /// Takes the claims `iss` and `sub` of a token.
    pub(super) fn new(issuer: Option<Value>, subject: Option<Value>, token: &str) -> Self {
        match subject {
            Some(Value::String(subject)) => Self::Claims(issuer.unwrap_or_default(), subject),
            _ => Self::Token(format!("sha256:{:x}", Sha256::digest(token))),
        }
    }

    /// Returns the claims as a JSON array, or the digest.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Claims(issuer, subject) => {
                format!("[{issuer},{}]", Value::from(subject.as_str())).into()
            }
            Self::Token(digest) => digest.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Subject;

    fn of(claims: &Value, token: &str) -> String {
        let claim = |name| claims.get(name).cloned();
        let subject = Subject::new(claim("iss"), claim("sub"), token);
        subject.text().into_owned()
    }

    #[test]
    fn a_subject_belongs_to_its_issuer() {
        let subject = |claims| of(&claims, "token");
        let ada = subject(json!({"iss": "https://a.example", "sub": "ada"}));
        assert_eq!(ada, r#"["https://a.example","ada"]"#);
        assert_ne!(
            ada,
            subject(json!({"iss": "https://b.example", "sub": "ada"}))
        );
        assert_ne!(ada, subject(json!({"sub": "ada"})));
        assert_ne!(subject(json!({"sub": "\"],"})), subject(json!({"sub": ""})));
    }

    #[test]
    fn tokens_without_a_subject_are_different_callers() {
        for claims in [json!({}), json!({"sub": 7}), json!({"sub": null})] {
            assert_eq!(of(&claims, "one"), of(&claims, "one"));
            assert_ne!(of(&claims, "one"), of(&claims, "two"));
        }
    }
}
