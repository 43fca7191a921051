//! Tokens as an attacker would write them, each correctly signed unless its name says otherwise.

use std::net::TcpListener;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, jwk::Jwk};
use purlin_router::{
    auth::{Bearer, JwtKeys},
    testing::TestClient,
};
use serde_json::{Value, json};

use super::{
    client,
    jwt::{Claims, EC, RSA, SECRET, at, registry},
};

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Signs texts as they are, whatever they are.
fn sign(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

/// Returns an object with other members added or replaced.
fn with(object: &Value, others: Value) -> String {
    let mut object = object.clone();
    let others = others.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(others);
    object.to_string()
}

fn status(client: &TestClient, credential: &str) -> u16 {
    let request = client.get("/who").header("authorization", credential);
    request.send().status().as_u16()
}

fn bearer() -> Bearer<Claims> {
    Bearer::new(JwtKeys::hmac(SECRET).unwrap())
}

#[track_caller]
fn check(expected: u16, cases: Vec<(&str, String)>) {
    let client = client(&registry(bearer()));
    for (name, token) in cases {
        let found = status(&client, &format!("Bearer {token}"));
        assert_eq!(found, expected, "{name}: {token}");
    }
}

#[test]
fn tokens_within_the_specification_are_accepted() {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": "ada", "exp": at(600)});
    let (plain_header, plain_claims) = (header.to_string(), claims.to_string());
    let headed = |others| sign(&with(&header, others), &plain_claims);
    let claimed = |others| sign(&plain_header, &with(&claims, others));
    let deep = "[".repeat(100) + &"]".repeat(100);
    let deep: Value = serde_json::from_str(&deep).unwrap();
    check(
        200,
        vec![
            ("good", sign(&plain_header, &plain_claims)),
            ("no typ", sign(r#"{"alg":"HS256"}"#, &plain_claims)),
            ("typ at+jwt", headed(json!({"typ": "at+jwt"}))),
            ("typ of its own", headed(json!({"typ": "access"}))),
            ("b64 true", headed(json!({"b64": true}))),
            // It names a key, and keys without an id may be any.
            ("kid path", headed(json!({"kid": "../../dev/null"}))),
            ("kid SQL", headed(json!({"kid": "' or 1=1"}))),
            ("unknown member", headed(json!({"x": [1, {}]}))),
            ("exp with a fraction", claimed(json!({"exp": 1e10}))),
            (
                "expired within the leeway",
                claimed(json!({"exp": at(-30)})),
            ),
            ("iat in years", claimed(json!({"iat": at(1_000_000_000)}))),
            ("deep claims", claimed(json!({"x": deep}))),
        ],
    );
}

#[test]
fn headers_that_are_not_understood_are_rejected() {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": "ada", "exp": at(600)}).to_string();
    let headed = |others| sign(&with(&header, others), &claims);
    check(
        401,
        vec![
            ("crit", headed(json!({"crit": ["exp2"], "exp2": 1}))),
            (
                "crit of b64",
                headed(json!({"crit": ["b64"], "b64": false})),
            ),
            (
                "crit of b64 true",
                headed(json!({"crit": ["b64"], "b64": true})),
            ),
            ("crit of a claim", headed(json!({"crit": ["exp"]}))),
            ("crit empty", headed(json!({"crit": []}))),
            ("crit text", headed(json!({"crit": "exp"}))),
            ("b64 false", headed(json!({"b64": false}))),
            ("b64 text", headed(json!({"b64": "true"}))),
            ("zip", headed(json!({"zip": "DEF"}))),
            ("enc", headed(json!({"enc": "A128GCM"}))),
            ("kid number", headed(json!({"kid": 7}))),
            ("typ logout+jwt", headed(json!({"typ": "logout+jwt"}))),
            (
                "typ DPoP+JWT",
                headed(json!({"typ": "application/DPoP+JWT"})),
            ),
            (
                "duplicate alg",
                sign(r#"{"alg":"HS256","alg":"HS256"}"#, &claims),
            ),
            ("no alg", sign("{}", &claims)),
            ("list", sign("[]", &claims)),
        ],
    );
}

#[test]
fn algorithm_is_the_one_of_the_key() {
    let claims = json!({"sub": "ada", "exp": at(600)}).to_string();
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg, "typ": "JWT"}).to_string();
        format!("{}.{}.", encode(&header), encode(&claims))
    };
    let named = |alg: &str| sign(&json!({"alg": alg}).to_string(), &claims);
    let good = sign(r#"{"alg":"HS256"}"#, &claims);
    check(
        401,
        vec![
            ("none", unsigned("none")),
            ("None, signed", named("None")),
            ("lower case", named("hs256")),
            ("RS256 by HMAC", named("RS256")),
            ("HS512 by HS256", named("HS512")),
            ("empty signature", unsigned("HS256")),
            ("four parts", format!("{good}.x")),
            ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
            ("padding", format!("{good}=")),
            ("nothing", String::new()),
        ],
    );
    let client = client(&registry(bearer()));
    assert_eq!(status(&client, &format!("bearer {good}")), 200);
    assert_eq!(status(&client, &format!("Bearer  {good}")), 200);
    assert_eq!(status(&client, "Basic YTpi"), 401);
}

#[test]
fn claims_that_cannot_be_trusted_are_rejected() {
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let claims = json!({"sub": "ada", "exp": at(600)});
    let claimed = |others| sign(header, &with(&claims, others));
    let exp = at(600);
    check(
        401,
        vec![
            ("no exp", sign(header, r#"{"sub":"ada"}"#)),
            ("exp past the leeway", claimed(json!({"exp": at(-90)}))),
            ("exp text", claimed(json!({"exp": exp.to_string()}))),
            ("exp 1e300", claimed(json!({"exp": 1e300}))),
            ("exp -1", claimed(json!({"exp": -1}))),
            ("exp null", claimed(json!({"exp": null}))),
            ("exp list", claimed(json!({"exp": [exp]}))),
            ("nbf later", claimed(json!({"nbf": at(600)}))),
            ("nbf text", claimed(json!({"nbf": "x"}))),
            ("aud that is not configured", claimed(json!({"aud": "x"}))),
            (
                "duplicate exp",
                sign(header, &format!(r#"{{"sub":"ada","exp":1,"exp":{exp}}}"#)),
            ),
            (
                "duplicate sub",
                sign(
                    header,
                    &format!(r#"{{"sub":"ada","sub":"root","exp":{exp}}}"#),
                ),
            ),
            ("list", sign(header, "[]")),
            ("no JSON", sign(header, "ada")),
        ],
    );
}

#[test]
fn leeway_is_at_most_a_day() {
    let client = client(&registry(bearer().leeway(std::time::Duration::MAX)));
    for (exp, expected) in [(at(-80_000), 200), (at(-90_000), 401)] {
        let token = sign(
            r#"{"alg":"HS256"}"#,
            &json!({"sub": "ada", "exp": exp}).to_string(),
        );
        assert_eq!(status(&client, &format!("Bearer {token}")), expected);
    }
}

#[test]
fn required_type_is_compared_as_a_media_type() {
    let claims = json!({"sub": "ada", "exp": at(600)}).to_string();
    for required in ["at+jwt", "application/AT+JWT"] {
        let client = client(&registry(
            bearer().token_type("it+jwt").token_type(required),
        ));
        for (header, expected) in [
            (json!({"alg": "HS256", "typ": "at+jwt"}), 200),
            (json!({"alg": "HS256", "typ": "AT+JWT"}), 200),
            (json!({"alg": "HS256", "typ": "application/at+jwt"}), 200),
            (json!({"alg": "HS256", "typ": "Application/it+jwt"}), 200),
            (json!({"alg": "HS256", "typ": "text/at+jwt"}), 401),
            (json!({"alg": "HS256", "typ": "at+jwt2"}), 401),
            (json!({"alg": "HS256", "typ": "JWT"}), 401),
            (json!({"alg": "HS256"}), 401),
        ] {
            let token = sign(&header.to_string(), &claims);
            let found = status(&client, &format!("Bearer {token}"));
            assert_eq!(found, expected, "{required}: {header}");
        }
    }
}

#[test]
fn keys_in_the_header_are_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let client = client(&registry(Bearer::new(JwtKeys::rsa_pem(RSA[1]).unwrap())));
    let own = EncodingKey::from_ec_pem(EC[0]).unwrap();
    let mut header = Header::new(Algorithm::ES256);
    header.jwk = Some(Jwk::from_encoding_key(&own, Algorithm::ES256).unwrap());
    header.jku = Some(url.clone());
    header.x5u = Some(url);
    header.x5c = Some(vec!["AAAA".to_owned()]);
    let claims = json!({"sub": "ada", "exp": at(600)});
    let token = jsonwebtoken::encode(&header, &claims, &own).unwrap();
    assert_eq!(status(&client, &format!("Bearer {token}")), 401);
    // One that the right key signed is accepted for that key.
    header.alg = Algorithm::RS256;
    let key = EncodingKey::from_rsa_pem(RSA[0]).unwrap();
    let token = jsonwebtoken::encode(&header, &claims, &key).unwrap();
    assert_eq!(status(&client, &format!("Bearer {token}")), 200);
    assert!(listener.accept().is_err(), "nothing is fetched");
}
