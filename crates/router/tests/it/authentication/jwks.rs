//! JSON Web Key Sets: which of their keys are used, and sets in files.

use std::fs;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use purlin_router::{
    auth::{Bearer, JwtKeys},
    testing::TestClient,
};
use serde_json::{Value, json};

use super::{
    client,
    jwt::{EC, RSA, at, registry, sign},
    key_server::wait_until,
};

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(RSA[0]).unwrap()
}

/// Returns the public key of the tokens with an id.
fn jwk(id: &str) -> Value {
    let jwk = Jwk::from_encoding_key(&rsa(), Algorithm::RS256).unwrap();
    let mut key = serde_json::to_value(&jwk).unwrap();
    key["kid"] = json!(id);
    key["use"] = json!("sig");
    key
}

/// Returns a set in which this key has all of these ids.
pub(super) fn set(ids: &[&str]) -> String {
    let keys: Vec<Value> = ids.iter().map(|id| jwk(id)).collect();
    json!({"keys": keys}).to_string()
}

/// Returns the modulus of an RSA key of this many bytes, which signs nothing.
fn modulus(bytes: usize) -> String {
    URL_SAFE_NO_PAD.encode(vec![0xFF; bytes])
}

/// Returns a token that names a key.
pub(super) fn token(id: &str) -> String {
    let claims = json!({"sub": "ada", "exp": at(60)});
    sign(Algorithm::RS256, Some(id), &rsa(), &claims)
}

pub(super) fn status(client: &TestClient, id: &str) -> u16 {
    let request = client.get("/who").header("authorization", token(id));
    request.send().status().as_u16()
}

pub(super) fn client_of(keys: JwtKeys) -> TestClient {
    client(&registry(Bearer::new(keys)))
}

/// Returns why a set is not accepted.
fn error(set: &Value) -> String {
    JwtKeys::jwks(set.to_string()).unwrap_err().to_string()
}

#[test]
fn key_is_selected_by_key_id() {
    let client = client_of(JwtKeys::jwks(set(&["one", "two"])).unwrap());
    assert_eq!(
        (status(&client, "two"), status(&client, "three")),
        (200, 401)
    );
}

#[test]
fn keys_that_do_not_verify_signatures_are_ignored() {
    for (change, reason) in [
        (json!({"use": "enc"}), "its `use` is not `sig`"),
        (json!({"use": "tls"}), "its `use` is not `sig`"),
        (json!({"key_ops": []}), "its `key_ops` are without `verify`"),
        (
            json!({"key_ops": ["sign"]}),
            "its `key_ops` are without `verify`",
        ),
        (json!({"alg": "RSA-OAEP"}), "its `alg` is not one"),
        (json!({"alg": "ES256"}), "its `alg` is not one"),
        (json!({"alg": "HS256"}), "its `alg` is not one"),
        (json!({"alg": "unheard-of"}), "its `alg` is not one"),
        (json!({"kty": "AKP"}), "its type is not supported"),
        (
            json!({"kty": "oct", "k": "c2VjcmV0IG9mIDMyIGJ5dGVzLCB0aGF0IGlzIGl0"}),
            "it is a secret",
        ),
        (
            json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}),
            "its type is not supported",
        ),
        (
            json!({"kty": "OKP", "crv": "P-256", "x": "AAAA"}),
            "its type is not supported",
        ),
        (
            json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
            "its curve is not supported",
        ),
        (json!({"n": "!"}), "Base64"),
        (json!({"n": null}), "its type is not supported"),
        (json!({"n": modulus(128)}), "the RSA key has 1024 bits"),
        (
            json!({"n": "AAAA".to_owned() + &modulus(255)}),
            "the RSA key has 2040 bits",
        ),
        (json!({"n": modulus(513)}), "the RSA key has 4104 bits"),
        (json!({"kid": 7}), "key 0"),
    ] {
        let mut bad = jwk("bad");
        let members = bad.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        let message = error(&json!({"keys": [bad]}));
        assert!(message.contains(reason), "{change}: {message}");
        // Nor do they harm the others of their set.
        let keys = JwtKeys::jwks(json!({"keys": [bad, jwk("good")]}).to_string()).unwrap();
        let client = client_of(keys);
        let statuses = (status(&client, "good"), status(&client, "bad"));
        assert_eq!(statuses, (200, 401), "{change}");
    }
    for good in [
        json!({"key_ops": ["verify"]}),
        json!({"alg": "RS256"}),
        json!({"use": "sig"}),
    ] {
        let mut key = jwk("one");
        let members = key.as_object_mut().unwrap();
        members.extend(good.as_object().unwrap().clone());
        let client = client_of(JwtKeys::jwks(json!({"keys": [key]}).to_string()).unwrap());
        assert_eq!(status(&client, "one"), 200, "{good}");
    }
}

#[test]
fn algorithm_of_a_key_is_the_only_one_it_is_used_with() {
    let client = client_of(JwtKeys::jwks(set(&["one"])).unwrap());
    let claims = json!({"sub": "ada", "exp": at(60)});
    let token = sign(Algorithm::PS256, Some("one"), &rsa(), &claims);
    let response = client.get("/who").header("authorization", token).send();
    assert_eq!(response.status().as_u16(), 401);
}

#[test]
fn keys_with_the_same_id_are_all_tried() {
    let ec = EncodingKey::from_ec_pem(EC[0]).unwrap();
    let mut other = serde_json::to_value(Jwk::from_encoding_key(&ec, Algorithm::ES256).unwrap());
    other.as_mut().unwrap()["kid"] = json!("one");
    let mut unrelated = jwk("one");
    unrelated["n"] = json!(modulus(256));
    let keys = json!({"keys": [unrelated, other.unwrap(), jwk("one")]});
    let client = client_of(JwtKeys::jwks(keys.to_string()).unwrap());
    assert_eq!(status(&client, "one"), 200);
    let claims = json!({"sub": "ada", "exp": at(60)});
    let token = sign(Algorithm::ES256, Some("one"), &ec, &claims);
    let response = client.get("/who").header("authorization", token).send();
    assert_eq!(response.status().as_u16(), 200);
}

#[test]
fn signature_is_verified_with_eight_keys_at_most() {
    let with_others = |count: usize| {
        let mut unrelated = jwk("one");
        unrelated["n"] = json!(modulus(256));
        let mut keys = vec![unrelated; count];
        keys.push(jwk("one"));
        client_of(JwtKeys::jwks(json!({"keys": keys}).to_string()).unwrap())
    };
    assert_eq!(status(&with_others(7), "one"), 200);
    assert_eq!(status(&with_others(8), "one"), 401);
}

#[test]
fn set_has_a_hundred_keys_at_most() {
    let mut keys = vec![json!({}); 99];
    keys.push(jwk("one"));
    assert!(JwtKeys::jwks(json!({"keys": keys}).to_string()).is_ok());
    keys.push(jwk("two"));
    let message = error(&json!({"keys": keys}));
    assert!(
        message.contains("it has 101 keys; at most 100"),
        "{message}"
    );
}

/// A file that is deleted at the end of the test.
struct TemporaryFile(std::path::PathBuf);

impl TemporaryFile {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("purlin-{name}-{}.json", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn file_is_read_once() {
    let file = TemporaryFile::new("read-once", &set(&["one"]));
    let client = client_of(JwtKeys::jwks_file(&file.0).unwrap());
    assert_eq!((status(&client, "one"), status(&client, "two")), (200, 401));
    fs::write(&file.0, set(&["one", "two"])).unwrap();
    assert_eq!(status(&client, "two"), 401, "it was read a moment ago");
    fs::remove_file(&file.0).unwrap();
    assert_eq!(status(&client, "one"), 200, "the keys stay in memory");
}

#[test]
fn file_is_read_again_for_an_unknown_key() {
    let file = TemporaryFile::new("unknown-key", &set(&["one"]));
    let keys = JwtKeys::jwks_file(&file.0).unwrap();
    let client = client_of(keys.cooldown(std::time::Duration::ZERO));
    assert_eq!(status(&client, "two"), 401);
    fs::write(&file.0, set(&["two"])).unwrap();
    wait_until("the file is read", || status(&client, "two") == 200);
    assert_eq!(status(&client, "one"), 401, "it was withdrawn");
}

#[test]
fn file_has_a_limited_size() {
    let padding = " ".repeat(512 * 1024);
    let file = TemporaryFile::new("large", &(set(&["one"]) + &padding));
    let message = JwtKeys::jwks_file(&file.0).unwrap_err().to_string();
    assert!(
        message.contains("it is larger than 524288 bytes"),
        "{message}"
    );
}
