//! JSON Web Key Sets: as text, in a file, at a URL.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{HttpResponse, web};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use purlin_router::{
    auth::{Bearer, JwtKeys},
    testing::TestClient,
};
use serde_json::{Value, json};

use super::{
    client,
    jwt::{RSA, at, registry, sign},
};

use crate::support::server;

fn set(ids: &[&str]) -> String {
    let key = EncodingKey::from_rsa_pem(RSA[0]).unwrap();
    let jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
    let keys: Vec<Value> = ids
        .iter()
        .map(|id| {
            let mut key = serde_json::to_value(&jwk).unwrap();
            key["kid"] = json!(id);
            key["use"] = json!("sig");
            key
        })
        .collect();
    json!({"keys": keys}).to_string()
}

fn status(client: &TestClient, id: &str) -> u16 {
    let key = EncodingKey::from_rsa_pem(RSA[0]).unwrap();
    let token = sign(
        Algorithm::RS256,
        Some(id),
        &key,
        &json!({"sub": "ada", "exp": at(60)}),
    );
    client
        .get("/who")
        .header("authorization", token)
        .send()
        .status()
        .as_u16()
}

fn client_of(keys: JwtKeys) -> TestClient {
    client(&registry(Bearer::new(keys)))
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
fn keys_for_other_uses_are_ignored() {
    let encrypting = set(&["one"]).replace("\"sig\"", "\"enc\"");
    assert!(JwtKeys::jwks(encrypting).is_err());
}

#[test]
fn file_is_read_once() {
    let path = std::env::temp_dir().join(format!("purlin-jwks-{}.json", std::process::id()));
    fs::write(&path, set(&["one"])).unwrap();
    let client = client_of(JwtKeys::jwks_file(&path).unwrap());
    assert_eq!((status(&client, "one"), status(&client, "two")), (200, 401));
    fs::remove_file(&path).unwrap();
    assert_eq!(status(&client, "one"), 200, "the keys stay in memory");
}

/// Serves the key set in `body`, or a 503 without one, and counts the requests.
fn serve(body: Arc<Mutex<Option<String>>>) -> (String, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&fetches);
    let address = server::serve(move |app| {
        let (body, counter) = (Arc::clone(&body), Arc::clone(&counter));
        let respond = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let body = body.lock().unwrap().clone();
            async move {
                match body {
                    Some(body) => HttpResponse::Ok().body(body),
                    None => HttpResponse::ServiceUnavailable().finish(),
                }
            }
        };
        app.route("/jwks", web::get().to(respond));
    });
    (format!("http://{address}/jwks"), fetches)
}

#[test]
fn url_is_fetched_for_the_first_token_and_then_rarely() {
    let body = Arc::new(Mutex::new(Some(set(&["one"]))));
    let (url, fetches) = serve(body);
    let client = client_of(JwtKeys::jwks_url(url).unwrap());
    assert_eq!(fetches.load(Ordering::SeqCst), 0);
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 200);
    }
    for _ in 0..3 {
        assert_eq!(status(&client, "unheard-of"), 401);
    }
    assert_eq!(
        fetches.load(Ordering::SeqCst),
        1,
        "unknown keys do not cause another fetch at once"
    );
}

#[test]
fn token_cannot_be_checked_without_keys() {
    let (url, fetches) = serve(Arc::default());
    let client = client_of(JwtKeys::jwks_url(url).unwrap());
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 503);
    }
    assert_eq!(
        fetches.load(Ordering::SeqCst),
        1,
        "an unavailable server is not contacted again at once"
    );
}
