//! The subject of a token: who it was issued for.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Returns the claims `iss` and `sub` as a JSON array: a `sub` is unique within its issuer (RFC 7519 section 4.1.2).
/// Without a `sub` it is the digest of the token, so that no two tokens have the same subject.
pub(super) fn of(claims: &Value, token: &str) -> String {
    match claims.get("sub") {
        Some(Value::String(subject)) => {
            let issuer = claims.get("iss").unwrap_or(&Value::Null);
            format!("[{issuer},{}]", Value::from(subject.as_str()))
        }
        _ => format!("sha256:{:x}", Sha256::digest(token)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of;

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
