//! Hashes of the passwords of users that a program stores itself.

use actix_web::ResponseError;
use futures_util::future::join_all;
use purlin_router::{
    ApiError,
    auth::{PasswordError, Passwords},
};

const BCRYPT: &str = "$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si";

#[actix_web::test]
async fn a_password_matches_its_own_hash_only() {
    let passwords = Passwords::new();
    let hash = passwords.hash("s3cret").await.unwrap();
    assert!(!hash.contains("s3cret"));
    for (password, hash, is_right) in [
        ("s3cret", Some(hash.clone()), true),
        ("S3cret", Some(hash), false),
        ("s3cret", Some(BCRYPT.to_owned()), true),
        ("S3cret", Some(BCRYPT.to_owned()), false),
        ("s3cret", None, false),
        ("", None, false),
    ] {
        let text = format!("{password} {hash:?}");
        let verified = passwords.verify(password, hash).await.unwrap();
        assert_eq!(verified, is_right, "{text}");
    }
}

#[actix_web::test]
async fn a_stored_text_that_is_no_hash_is_an_unexpected_error() {
    let passwords = Passwords::new();
    for text in ["", "s3cret", "$argon2id$", "$5$rounds=5000$salt$hash"] {
        let verified = passwords.verify("s3cret", Some(text.to_owned()));
        let error = verified.await.unwrap_err();
        assert_eq!(error.status_code(), 500, "{text}");
        assert!(error.is_unexpected(), "{text}");
    }
}

#[actix_web::test]
async fn requests_beyond_the_bounds_are_rejected_with_503_and_retry_after() {
    let passwords = Passwords::new().max_concurrent(1).max_waiting(1);
    let results = (0..4).map(async |_| {
        // Clones share the bounds.
        let passwords = passwords.clone();
        passwords.verify("s3cret", Some(BCRYPT.to_owned())).await
    });
    let results = join_all(results).await;
    let rejected: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert_eq!(rejected.len(), 2);
    for error in rejected {
        assert!(
            matches!(error, PasswordError::Busy { retry_after: 1 }),
            "{error}"
        );
        let response = error.error_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get("retry-after").unwrap(), "1");
    }
    assert!(passwords.hash("s3cret").await.is_ok());
}
