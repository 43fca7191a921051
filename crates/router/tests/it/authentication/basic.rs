//! HTTP Basic authentication.

use purlin_router::{
    Json, Operation, Registry,
    auth::{Basic, Identity, User},
};
use serde_json::Value;

use super::client;

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
    for text in ["", "s3cret", "$argon2id$nonsense", "$2b$04$short", "$1$md5"] {
        let error = Basic::new("staff").user("ada", text).unwrap_err();
        assert!(error.to_string().contains("`ada`"), "{text}");
    }
}
