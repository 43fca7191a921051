//! Key sets: as text, in a file, behind an address.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};
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
fn a_token_names_its_key() {
    let client = client_of(JwtKeys::jwks(set(&["one", "two"])).unwrap());
    assert_eq!(
        (status(&client, "two"), status(&client, "three")),
        (200, 401)
    );
}

#[test]
fn keys_for_other_purposes_are_passed_over() {
    let encrypting = set(&["one"]).replace("\"sig\"", "\"enc\"");
    assert!(JwtKeys::jwks(encrypting).is_err());
}

#[test]
fn a_file_is_read_at_start() {
    let path = std::env::temp_dir().join(format!("purlin-jwks-{}.json", std::process::id()));
    fs::write(&path, set(&["one"])).unwrap();
    let client = client_of(JwtKeys::jwks_file(&path).unwrap());
    assert_eq!((status(&client, "one"), status(&client, "two")), (200, 401));
    fs::remove_file(&path).unwrap();
    assert_eq!(status(&client, "one"), 200, "what was read stays good");
}

/// Answers what is in the cell, and counts how often it is asked.
fn serve(body: Arc<Mutex<Option<String>>>) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(move || {
                let (body, counter) = (Arc::clone(&body), Arc::clone(&counter));
                let answer = move || {
                    counter.fetch_add(1, Ordering::SeqCst);
                    let body = body.lock().unwrap().clone();
                    async move {
                        match body {
                            Some(body) => HttpResponse::Ok().body(body),
                            None => HttpResponse::ServiceUnavailable().finish(),
                        }
                    }
                };
                App::new().route("/jwks", web::get().to(answer))
            });
            let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
            tell.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    (format!("http://{}/jwks", told.recv().unwrap()), asked)
}

#[test]
fn an_address_is_asked_when_the_first_token_comes_and_then_seldom() {
    let body = Arc::new(Mutex::new(Some(set(&["one"]))));
    let (url, asked) = serve(body);
    let client = client_of(JwtKeys::jwks_url(url).unwrap());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 200);
    }
    for _ in 0..3 {
        assert_eq!(status(&client, "unheard-of"), 401);
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "unknown keys do not make it ask at once"
    );
}

#[test]
fn without_any_keys_nobody_can_say() {
    let (url, asked) = serve(Arc::default());
    let client = client_of(JwtKeys::jwks_url(url).unwrap());
    for _ in 0..3 {
        assert_eq!(status(&client, "one"), 503);
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "who does not answer is left alone for a while"
    );
}
