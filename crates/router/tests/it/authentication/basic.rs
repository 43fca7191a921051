//! HTTP Basic authentication.

use std::time::Duration;

use actix_web::{HttpRequest, http::header::AUTHORIZATION, test::TestRequest};
use futures_util::future::join_all;
use purlin_router::{
    Json, Operation, Registry,
    auth::{AuthFailure, Authenticator, Basic, Identity, User},
    error::ErrorStyle,
};
use serde_json::Value;

use super::client;
use crate::support;

const BCRYPT: &str = "$2b$04$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si";
const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y";

async fn who(user: Identity<User>) -> Json<String> {
    Json(user.name().to_owned())
}

fn registry() -> Registry {
    let staff = Basic::new("the \"staff\"").user("ada", BCRYPT).unwrap();
    let staff = staff.user("b\u{f6}b", ARGON2).unwrap();
    Registry::new("T", "1")
        .authenticator("staff", staff)
        .operation(Operation::get("/who", who).authenticators(["staff"]))
}

#[test]
fn valid_password_is_accepted() {
    let client = client(&registry());
    for (credentials, name) in [
        ("Basic YWRhOnMzY3JldA==", "ada"),
        ("basic  YWRhOnMzY3JldA==", "ada"),
        ("Basic YsO2YjpzM2NyZXQ=", "b\u{f6}b"),
    ] {
        let response = client
            .get("/who")
            .header("authorization", credentials)
            .send();
        assert_eq!(response.json::<String>(), name);
    }
}

#[test]
fn missing_and_invalid_credentials_have_different_codes() {
    let client = client(&registry());
    for (credentials, code) in [
        ("Bearer YWRhOnMzY3JldA==", "credential_missing"),
        ("Basic", "credential_invalid"),
        ("Basic !", "credential_invalid"),
        ("Basic YWRh", "credential_invalid"),
        ("Basic YWRhOndyb25n", "credential_invalid"),
        ("Basic bm9ib2R5OnMzY3JldA==", "credential_invalid"),
    ] {
        let response = client
            .get("/who")
            .header("authorization", credentials)
            .send();
        assert_eq!(response.status(), 401);
        assert_eq!(response.json::<Value>()["code"], code, "{credentials}");
        assert_eq!(
            response.header("www-authenticate"),
            Some(r#"Basic realm="the \"staff\"", charset="UTF-8""#)
        );
    }
}

#[test]
fn invalid_password_hash_is_rejected() {
    for text in [
        "",
        "s3cret",
        "$argon2id$nonsense",
        "$argon2id$v=19$m=64,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g",
        "$argon2id$v=19$m=1,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y",
        "$argon2id$v=9$m=64,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y",
        "$argon2x$v=19$m=64,t=1,p=1$A7OBOLiMC/3pe6uKG7ue9g$6rn1bOTmHsNSGXD4wquMX9ASNoZMHKs9bd8xv8Rs72Y",
        "$2b$04$short",
        "$2b$03$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si",
        "$2b$32$pbkwsJOP.iSTeJYGg7qlPOIp/eWbvifNi9Ckj/qL8zQ5P3ZPM9.Si",
        "$1$md5",
    ] {
        let error = Basic::new("staff").user("ada", text).unwrap_err();
        assert!(error.to_string().contains("`ada`"), "{text}");
    }
}

/// `bcrypt` of 72 times `x`, as programs that truncate write it.
const TRUNCATED: &str = "$2b$04$d1L/rxfhC6MuV/QF//AFJuANnSDj5hkC7U.T1GoYdMb0ccKucCvKG";

/// A hash of `s3cret` that takes longer to verify than it takes to send many requests.
const COSTLY: &str = "$2b$08$rQpKifN7jI8xtTVifH4XheIOrq.wpZNzoxwajZQJJQbtoYFMS8Yau";

/// The credentials of `ada`, with the right password and with another.
const RIGHT: &str = "Basic YWRhOnMzY3JldA==";
const WRONG: &str = "Basic YWRhOndyb25n";
const UNKNOWN: &str = "Basic bm9ib2R5OnMzY3JldA==";

fn request(credentials: &str) -> HttpRequest {
    let request = TestRequest::get().insert_header((AUTHORIZATION, credentials));
    request.to_http_request()
}

async fn authenticate(basic: &Basic, credentials: &str) -> Result<User, AuthFailure> {
    basic.authenticate(&request(credentials)).await
}

/// Sends as many requests at the same time, and returns their failures.
async fn at_once(basic: &Basic, credentials: &str, requests: usize) -> Vec<Option<AuthFailure>> {
    let all = (0..requests).map(|_| authenticate(basic, credentials));
    join_all(all).await.into_iter().map(Result::err).collect()
}

fn count(results: &[Option<AuthFailure>], result: Option<AuthFailure>) -> usize {
    results.iter().filter(|found| **found == result).count()
}

#[test]
fn overload_is_documented_with_retry_after() {
    for style in [ErrorStyle::Problem, ErrorStyle::Rebar] {
        let document = support::document(&registry().error_style(style));
        let responses = &document["paths"]["/who"]["get"]["responses"];
        let statuses: Vec<_> = responses.as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["200", "401", "500", "503"]);
        assert!(responses["503"]["headers"]["Retry-After"].is_object());
        assert!(responses["503"]["content"].is_object());
    }
}

#[actix_web::test]
async fn requests_beyond_the_queue_are_busy_whatever_their_credential() {
    let staff = Basic::new("staff").user("ada", COSTLY).unwrap();
    let staff = staff.max_concurrent(1).max_waiting(2);
    for credentials in [WRONG, UNKNOWN] {
        let results = at_once(&staff, credentials, 200).await;
        let busy = count(&results, Some(AuthFailure::Busy));
        let invalid = count(&results, Some(AuthFailure::Invalid));
        assert_eq!(busy + invalid, 200, "{credentials}");
        assert!(busy > 0 && invalid > 0, "{busy} busy with {credentials}");
    }
    // Those that wait find that the password is remembered.
    let results = at_once(&staff, RIGHT, 200).await;
    let busy = count(&results, Some(AuthFailure::Busy));
    assert_eq!(busy + count(&results, None), 200);
    assert!(busy < 200);
}

#[actix_web::test]
async fn remembered_password_is_accepted_under_overload() {
    let staff = Basic::new("staff").user("ada", COSTLY).unwrap();
    let staff = staff.max_concurrent(1).max_waiting(0);
    assert!(authenticate(&staff, RIGHT).await.is_ok());
    let flood = at_once(&staff, WRONG, 100);
    let good = at_once(&staff, RIGHT, 100);
    let (flood, good) = futures_util::future::join(flood, good).await;
    assert!(count(&flood, Some(AuthFailure::Busy)) > 0);
    assert_eq!(count(&good, None), 100);
    assert_eq!(count(&flood, None), 0);
}

#[actix_web::test]
async fn without_memory_every_password_is_verified() {
    let staff = Basic::new("staff").user("ada", COSTLY).unwrap();
    let staff = staff.max_concurrent(1).max_waiting(0);
    let staff = staff.remember_for(Duration::ZERO);
    assert!(authenticate(&staff, RIGHT).await.is_ok());
    let results = at_once(&staff, RIGHT, 100).await;
    assert!(count(&results, Some(AuthFailure::Busy)) > 0);
}

#[actix_web::test]
async fn another_hash_forgets_the_password_of_the_one_before() {
    let staff = Basic::new("staff").user("ada", BCRYPT).unwrap();
    assert!(authenticate(&staff, RIGHT).await.is_ok());
    // The clone has the same users, until one of them is replaced.
    let changed = staff.clone().user("ada", TRUNCATED).unwrap();
    let failure = authenticate(&changed, RIGHT).await.unwrap_err();
    assert_eq!(failure, AuthFailure::Invalid);
    assert!(authenticate(&staff, RIGHT).await.is_ok());
}

#[test]
fn passwords_that_bcrypt_would_truncate_are_invalid() {
    let staff = Basic::new("staff").user("ada", TRUNCATED).unwrap();
    let registry = Registry::new("T", "1")
        .authenticator("staff", staff)
        .operation(Operation::get("/who", who).authenticators(["staff"]));
    let client = client(&registry);
    for credentials in [
        "Basic YWRhOnh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA==",
        "Basic YWRhOnh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
    ] {
        let response = client
            .get("/who")
            .header("authorization", credentials)
            .send();
        assert_eq!(response.status(), 401);
        assert_eq!(response.json::<Value>()["code"], "credential_invalid");
    }
}
