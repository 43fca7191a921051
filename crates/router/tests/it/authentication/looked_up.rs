//! Tokens whose claims are replaced by what is found for them.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use actix_web::{HttpRequest, http::header, web::Data};
use purlin_router::{
    Json, Operation, Registry,
    auth::{Identity, JwtIssuer, Token, anyone},
};
use serde_json::json;

use super::{
    client,
    jwt::{Claims, SECRET},
};
use crate::support::document;

/// Stands for a database.
#[derive(Default)]
struct Owners {
    is_away: AtomicBool,
    looked_up: AtomicUsize,
}

struct Owner(usize);

async fn owner(request: &HttpRequest, claims: Claims) -> Result<Option<Owner>, io::Error> {
    let owners = request.app_data::<Data<Owners>>().unwrap();
    let before = owners.looked_up.fetch_add(1, Ordering::Relaxed);
    if owners.is_away.load(Ordering::Relaxed) {
        return Err(io::Error::other("away"));
    }
    Ok((claims.sub == "ada").then_some(Owner(before)))
}

async fn who(owner: Identity<Token<Owner>>) -> Json<usize> {
    Json(owner.claims.0)
}

async fn anybody(owner: Option<Identity<Token<Owner>>>) -> Json<bool> {
    Json(owner.is_some())
}

fn registry(owners: &Data<Owners>) -> (Registry, JwtIssuer) {
    let issuer = JwtIssuer::hmac(SECRET).unwrap().issuer("a").audience("who");
    let tokens = issuer.bearer().map_claims(owner);
    let registry = Registry::new("T", "1")
        .authenticator("token", tokens)
        .app_data(owners.clone())
        .operation(Operation::get("/who", who).authenticators(["token"]))
        .operation(Operation::get("/any", anybody).authenticators(["token".into(), anyone()]));
    (registry, issuer)
}

#[test]
fn handler_gets_what_was_found_for_a_token_and_others_are_rejected() {
    let owners = Data::new(Owners::default());
    let (registry, issuer) = registry(&owners);
    let client = client(&registry);
    let call = |path: &str, subject: &str| {
        let token = issuer.issue(&json!({"sub": subject})).unwrap();
        let call = client.get(path);
        call.header("authorization", format!("Bearer {token}"))
            .send()
    };
    assert_eq!(call("/who", "ada").json::<usize>(), 0);
    assert_eq!(call("/who", "ada").json::<usize>(), 1);
    for path in ["/who", "/any"] {
        let gone = call(path, "bob");
        assert_eq!(gone.status(), 401);
        let challenge = gone.header(header::WWW_AUTHENTICATE.as_str());
        assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
    }
    // A token that is not valid itself is not looked up, and neither is none.
    let looked_up = owners.looked_up.load(Ordering::Relaxed);
    let forged = client.get("/who").header("authorization", "Bearer x");
    assert_eq!(forged.send().status(), 401);
    assert!(!client.get("/any").send().json::<bool>());
    assert_eq!(owners.looked_up.load(Ordering::Relaxed), looked_up);

    owners.is_away.store(true, Ordering::Relaxed);
    let unavailable = call("/who", "ada");
    assert_eq!(unavailable.status(), 503);
    assert_eq!(unavailable.header("retry-after"), Some("1"));
    assert_eq!(unavailable.header(header::WWW_AUTHENTICATE.as_str()), None);
}

#[test]
fn a_lookup_is_documented_as_the_token_and_a_503() {
    let (registry, _) = registry(&Data::default());
    let document = document(&registry);
    let scheme = &document["components"]["securitySchemes"]["token"];
    assert_eq!(scheme["scheme"], "bearer");
    let responses = &document["paths"]["/who"]["get"]["responses"];
    assert!(responses["401"].is_object());
    assert!(responses["503"]["headers"]["Retry-After"].is_object());
}
