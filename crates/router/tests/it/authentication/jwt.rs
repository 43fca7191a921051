//! Bearer tokens that are JSON Web Tokens.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use purlin_router::{
    Json, Operation, Registry,
    auth::{Authenticator, Bearer, Identity, JwtKeys, JwtKeysError, Token, scopes},
    openapi::{OAuthFlow, OAuthFlows, SecurityScheme},
};
use serde_json::{Value, json};

use super::client;

use crate::support;

pub(super) const SECRET: &[u8] = b"a secret that is long enough for HS256";
pub(super) const RSA: [&[u8]; 2] = [
    include_bytes!("keys/rsa.key"),
    include_bytes!("keys/rsa.pub"),
];
pub(super) const EC: [&[u8]; 2] = [include_bytes!("keys/ec.key"), include_bytes!("keys/ec.pub")];
pub(super) const ED: [&[u8]; 2] = [include_bytes!("keys/ed.key"), include_bytes!("keys/ed.pub")];

#[derive(serde::Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
}

pub(super) async fn who(caller: Identity<Token<Claims>>) -> Json<String> {
    let scopes: Vec<_> = caller.scopes().collect();
    Json(format!("{} {}", caller.claims.sub, scopes.join(",")))
}

pub(super) fn registry(bearer: Bearer<Claims>) -> Registry {
    Registry::new("T", "1")
        .authenticator("token", bearer)
        .operation(Operation::get("/who", who).authenticators(["token"]))
        .operation(
            Operation::get("/read", who)
                .operation_id("read")
                .authenticators([scopes("token", ["read"])]),
        )
}

/// Returns the Unix time of `seconds` from now.
pub(super) fn at(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + seconds
}

pub(super) fn sign(
    algorithm: Algorithm,
    id: Option<&str>,
    key: &EncodingKey,
    claims: &Value,
) -> String {
    let mut header = Header::new(algorithm);
    header.kid = id.map(ToOwned::to_owned);
    format!(
        "Bearer {}",
        jsonwebtoken::encode(&header, claims, key).unwrap()
    )
}

fn hmac(claims: &Value) -> String {
    sign(
        Algorithm::HS256,
        None,
        &EncodingKey::from_secret(SECRET),
        claims,
    )
}

fn bearer() -> Bearer<Claims> {
    Bearer::new(JwtKeys::hmac(SECRET).unwrap())
}

fn code(registry: &Registry, token: &str) -> String {
    let response = client(registry)
        .get("/who")
        .header("authorization", token)
        .send();
    match response.status().as_u16() {
        200 => response.json(),
        _ => response.json::<Value>()["code"]
            .as_str()
            .unwrap()
            .to_owned(),
    }
}

#[test]
fn signatures_are_verified_with_every_kind_of_key() {
    let claims = json!({"sub": "ada", "exp": at(60)});
    let rsa = EncodingKey::from_rsa_pem(RSA[0]).unwrap();
    let ec = EncodingKey::from_ec_pem(EC[0]).unwrap();
    let ed = EncodingKey::from_ed_pem(ED[0]).unwrap();
    for (keys, key, algorithm) in [
        (JwtKeys::rsa_pem(RSA[1]).unwrap(), &rsa, Algorithm::RS256),
        (JwtKeys::rsa_pem(RSA[1]).unwrap(), &rsa, Algorithm::PS384),
        (JwtKeys::ec_pem(EC[1]).unwrap(), &ec, Algorithm::ES256),
        (JwtKeys::ed_pem(ED[1]).unwrap(), &ed, Algorithm::EdDSA),
    ] {
        let registry = registry(Bearer::new(keys));
        let token = sign(algorithm, None, key, &claims);
        assert_eq!(code(&registry, &token), "ada ", "{algorithm:?}");
        // The first character of the signature, all of whose bits are significant.
        let at = token.rfind('.').unwrap() + 1;
        let other = if token[at..].starts_with('A') {
            "B"
        } else {
            "A"
        };
        let mut forged = token.clone();
        forged.replace_range(at..=at, other);
        assert_eq!(
            code(&registry, &forged),
            "credential_invalid",
            "{algorithm:?}"
        );
        assert_eq!(
            code(&registry, &hmac(&claims)),
            "credential_invalid",
            "{algorithm:?}"
        );
    }
}

#[test]
fn public_key_is_not_accepted_as_hmac_secret() {
    let registry = registry(Bearer::new(JwtKeys::rsa_pem(RSA[1]).unwrap()));
    let claims = json!({"sub": "ada", "exp": at(60)});
    let confused = sign(
        Algorithm::HS256,
        None,
        &EncodingKey::from_secret(RSA[1]),
        &claims,
    );
    assert_eq!(code(&registry, &confused), "credential_invalid");
    // {"alg":"none"}
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJleHAiOjk5OTk5OTk5OTl9.";
    assert_eq!(code(&registry, unsigned), "credential_invalid");
}

#[test]
fn expiry_issuer_and_audience_are_checked() {
    let strict = registry(bearer().issuer("us").issuer("them").audience("here"));
    let good = json!({"sub": "ada", "exp": at(60), "iss": "us", "aud": ["there", "here"]});
    assert_eq!(code(&strict, &hmac(&good)), "ada ");
    for (name, value) in [
        ("exp", json!(at(-120))),
        ("exp", json!("soon")),
        ("exp", Value::Null),
        ("nbf", json!(at(120))),
        ("iss", json!("others")),
        ("iss", Value::Null),
        ("aud", json!("there")),
        ("aud", Value::Null),
        ("sub", json!(5)),
    ] {
        let mut claims = good.clone();
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            ref value => claims[name] = value.clone(),
        }
        assert_eq!(
            code(&strict, &hmac(&claims)),
            "credential_invalid",
            "{name} {value}"
        );
    }
    let elsewhere = json!({"sub": "ada", "exp": at(60), "aud": "there"});
    assert_eq!(
        code(&registry(bearer()), &hmac(&elsewhere)),
        "credential_invalid"
    );
}

#[test]
fn expiry_has_a_leeway() {
    let late = hmac(&json!({"sub": "ada", "exp": at(-30)}));
    assert_eq!(code(&registry(bearer()), &late), "ada ");
    let punctual = registry(bearer().leeway(Duration::ZERO));
    assert_eq!(code(&punctual, &late), "credential_invalid");
}

#[test]
fn scopes_are_read_from_both_claims_and_required() {
    let client = client(&registry(bearer()));
    for (claim, value, status) in [
        ("scope", json!("write read"), 200),
        ("scp", json!(["read"]), 200),
        ("scp", json!("read"), 200),
        ("scope", json!("reader"), 403),
        ("other", json!("read"), 403),
    ] {
        let mut claims = json!({"sub": "ada", "exp": at(60)});
        claims[claim] = value;
        let token = hmac(&claims);
        let response = client.get("/read").header("authorization", token).send();
        assert_eq!(response.status().as_u16(), status, "{claims}");
        if status == 403 {
            assert_eq!(
                response.header("www-authenticate"),
                Some(r#"Bearer error="insufficient_scope", scope="read""#)
            );
        }
    }
}

#[test]
fn challenges_describe_the_error() {
    let client = client(&registry(bearer()));
    let absent = client.get("/who").send();
    assert_eq!(absent.header("www-authenticate"), Some("Bearer"));
    let bad = client
        .get("/who")
        .header("authorization", "Bearer x")
        .send();
    assert_eq!(
        bad.header("www-authenticate"),
        Some(r#"Bearer error="invalid_token""#)
    );
    let needs = client.get("/read").send();
    assert_eq!(
        needs.header("www-authenticate"),
        Some(r#"Bearer scope="read""#)
    );
}

#[test]
fn invalid_keys_are_rejected() {
    assert!(matches!(
        JwtKeys::hmac("short"),
        Err(JwtKeysError::WeakSecret(5))
    ));
    for keys in [
        JwtKeys::rsa_pem("x"),
        JwtKeys::ec_pem(RSA[1]),
        JwtKeys::ed_pem(EC[1]),
    ] {
        assert!(matches!(keys, Err(JwtKeysError::Pem { .. })));
    }
    for text in [
        "",
        "{}",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#,
    ] {
        assert!(
            matches!(JwtKeys::jwks(text), Err(JwtKeysError::Jwks { .. })),
            "{text}"
        );
    }
    let nowhere = JwtKeys::jwks_file("no/such/file.json");
    assert!(matches!(nowhere, Err(JwtKeysError::File { .. })));
    let weak = JwtKeys::rsa_pem(include_bytes!("keys/rsa1024.pub"));
    assert!(matches!(weak, Err(JwtKeysError::RsaKeySize(1024))));
}

#[test]
fn neither_issuer_nor_audience_is_worth_a_warning() {
    let warnings = |bearer: Bearer<Claims>| bearer.warnings();
    let [warning] = &warnings(bearer())[..] else {
        panic!("one warning");
    };
    support::assert_contains(warning, &[".issuer(…)", ".audience(…)", ".any_issuer()"]);
    for quiet in [
        bearer().issuer("us"),
        bearer().audience("here"),
        bearer().any_issuer(),
    ] {
        assert_eq!(warnings(quiet), [""; 0]);
    }
}

#[test]
fn document_may_describe_how_to_obtain_a_token() {
    let flow = OAuthFlow::client_credentials("https://id.example/token").scope("read", "Read it");
    for (scheme, kind) in [
        (SecurityScheme::oauth2(OAuthFlows::new(flow)), "oauth2"),
        (
            SecurityScheme::open_id_connect("https://id.example/.well-known/openid-configuration"),
            "openIdConnect",
        ),
    ] {
        let document = support::document(&registry(bearer().described(scheme)));
        assert_eq!(
            document["components"]["securitySchemes"]["token"]["type"],
            kind
        );
        assert_eq!(
            document["paths"]["/read"]["get"]["security"],
            json!([{"token": ["read"]}])
        );
    }
}
