//! Tokens that the service issues itself, and another scheme name than `Bearer` in front of a token.

use std::time::Duration;

use jsonwebtoken::decode_header;
use purlin_router::{
    Registry,
    auth::{Bearer, JwtIssueError, JwtIssuer, JwtKeys, JwtKeysError},
};
use serde_json::{Value, json};

use super::{
    client,
    jwt::{Claims, EC, ED, RSA, SECRET, registry},
};
use crate::support;

fn status(registry: &Registry, credentials: &str) -> u16 {
    let client = client(registry);
    let request = client.get("/who").header("Authorization", credentials);
    request.send().status().as_u16()
}

fn issuers() -> [JwtIssuer; 4] {
    [
        JwtIssuer::hmac(SECRET).unwrap(),
        JwtIssuer::rsa_pem(RSA[0]).unwrap(),
        JwtIssuer::ec_pem(EC[0]).unwrap(),
        JwtIssuer::ed_pem(ED[0]).unwrap(),
    ]
    .map(|issuer| issuer.issuer("https://a.example").audience("who"))
}

#[test]
fn issued_token_is_accepted_by_the_authenticator_of_its_issuer_alone() {
    for issuer in issuers() {
        let token = issuer.issue(&json!({"sub": "ada"})).unwrap();
        let api = registry(issuer.bearer());
        assert_eq!(status(&api, &format!("Bearer {token}")), 200, "{issuer:?}");
        let others = [
            issuer.clone().issuer("https://b.example"),
            issuer.clone().audience("other"),
            issuer.clone().token_type("at+jwt"),
        ];
        for other in others {
            assert_eq!(
                status(&registry(other.bearer()), &format!("Bearer {token}")),
                401
            );
        }
    }
    let [one, other, ..] = issuers();
    let token = one.issue(&json!({"sub": "ada"})).unwrap();
    assert_eq!(
        status(&registry(other.bearer()), &format!("Bearer {token}")),
        401
    );
}

#[test]
fn token_type_of_the_issuer_is_required() {
    let [issuer, ..] = issuers().map(|issuer| issuer.token_type("at+jwt"));
    let token = issuer.issue(&json!({"sub": "ada"})).unwrap();
    assert_eq!(
        decode_header(&token).unwrap().typ.as_deref(),
        Some("at+jwt")
    );
    assert_eq!(
        status(&registry(issuer.bearer()), &format!("Bearer {token}")),
        200
    );
}

/// Returns the claims of a token.
fn claims(token: &str) -> Value {
    let keys = jsonwebtoken::DecodingKey::from_secret(SECRET);
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, &keys, &validation)
        .unwrap()
        .claims
}

#[test]
fn claims_of_the_issuer_replace_those_of_the_program() {
    let issuer = JwtIssuer::hmac(SECRET)
        .unwrap()
        .issuer("https://a.example")
        .lifetime(Duration::from_secs(90));
    let own = json!({"sub": "ada", "iss": "https://b.example", "exp": 7, "aud": "kept"});
    let claims = claims(&issuer.issue(&own).unwrap());
    assert_eq!(claims["sub"], "ada");
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("https://a.example"), &json!("kept"))
    );
    let time = |name: &str| claims[name].as_u64().unwrap();
    assert_eq!(time("exp") - time("iat"), 90);
}

#[test]
fn other_services_verify_tokens_by_the_published_key_set() {
    let [secret, asymmetric @ ..] = issuers();
    assert_eq!(secret.jwks(), None, "a secret is not published");
    for issuer in asymmetric {
        let set = issuer.jwks().unwrap();
        let key: Value = serde_json::from_str(&set).unwrap();
        let key = &key["keys"][0];
        assert_eq!((key["use"].as_str(), key.get("d")), (Some("sig"), None));
        let token = issuer.issue(&json!({"sub": "ada"})).unwrap();
        let header = decode_header(&token).unwrap();
        assert_eq!(header.kid.as_deref(), key["kid"].as_str());
        let bearer = Bearer::new(JwtKeys::jwks(&set).unwrap());
        let bearer = bearer.issuer("https://a.example").audience("who");
        assert_eq!(status(&registry(bearer), &format!("Bearer {token}")), 200);

        let renamed = issuer.key_id("2026");
        let token = renamed.issue(&json!({"sub": "ada"})).unwrap();
        assert_eq!(decode_header(&token).unwrap().kid.as_deref(), Some("2026"));
        assert!(renamed.jwks().unwrap().contains("\"kid\":\"2026\""));
        assert_eq!(
            status(&registry(renamed.bearer()), &format!("Bearer {token}")),
            200
        );
    }
}

#[test]
fn keys_that_cannot_sign_are_errors() {
    let weak = JwtIssuer::hmac("short").unwrap_err();
    assert!(matches!(weak, JwtKeysError::WeakSecret(5)), "{weak}");
    let wrong = [
        JwtIssuer::rsa_pem(RSA[1]),
        JwtIssuer::rsa_pem("no PEM"),
        JwtIssuer::ec_pem(ED[0]),
        JwtIssuer::ed_pem(EC[0]),
    ];
    for (position, result) in wrong.into_iter().enumerate() {
        let error = result.unwrap_err();
        assert!(
            matches!(error, JwtKeysError::PrivateKey { .. }),
            "{position}: {error}"
        );
    }
}

#[test]
fn claims_have_to_be_an_object() {
    let issuer = JwtIssuer::hmac(SECRET).unwrap();
    let error = issuer.issue("ada").unwrap_err();
    assert!(matches!(error, JwtIssueError::NoObject), "{error}");
    assert!(!format!("{issuer:?}").contains("secret"));
}

#[test]
fn another_word_than_bearer_is_read_challenged_and_documented() {
    let [issuer, ..] = issuers();
    let api = registry(issuer.bearer::<Claims>().scheme_name("Token"));
    let token = issuer
        .issue(&json!({"sub": "ada", "scope": "write"}))
        .unwrap();
    for word in ["Token", "token"] {
        assert_eq!(status(&api, &format!("{word} {token}")), 200);
    }
    assert_eq!(status(&api, &format!("Bearer {token}")), 401);

    let client = client(&api);
    let challenge = |path: &str, credentials: &str| {
        let response = client.get(path).header("Authorization", credentials).send();
        response.header("WWW-Authenticate").unwrap().to_owned()
    };
    assert_eq!(challenge("/who", "Bearer x"), "Token");
    assert_eq!(
        challenge("/who", "Token x"),
        "Token error=\"invalid_token\""
    );
    assert_eq!(
        challenge("/read", &format!("Token {token}")),
        "Token error=\"insufficient_scope\", scope=\"read\""
    );

    let document = support::document(&api);
    let scheme = &document["components"]["securitySchemes"]["token"];
    assert_eq!(
        scheme,
        &json!({
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word `Token`, a space, and a JSON Web Token: `Token eyJ…`.",
        })
    );
}

#[test]
fn scheme_name_is_one_word() {
    let [issuer, ..] = issuers();
    let errors = support::errors(&registry(issuer.bearer::<Claims>().scheme_name("My Token")));
    let all = errors.join("\n");
    assert!(
        all.contains("`My Token` is no name of an authentication scheme"),
        "{all}"
    );
}
