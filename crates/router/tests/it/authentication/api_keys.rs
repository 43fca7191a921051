//! API keys are enforced before the body is read, and documented.

use purlin_router::{
    Json, Operation, Registry,
    auth::{Application, CookieApiKey, HeaderApiKey, Identity, KeyRing, QueryApiKey},
    error::ErrorStyle,
    schema,
};
use serde_json::{Value, json};

use super::client;

use crate::support;

#[schema(request)]
struct Body {
    name: String,
}

async fn who(caller: Option<Identity<Application>>) -> Json<String> {
    let name = caller.as_ref().map_or("anonymous", |caller| caller.name());
    Json(name.to_owned())
}

async fn read(_: Json<Body>) -> Json<String> {
    Json("read".to_owned())
}

async fn open() -> Json<&'static str> {
    Json("open")
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .authenticator(
            "key",
            HeaderApiKey::new("X-Key")
                .key("ada", "one")
                .key("ada", "two")
                .key("bob", "three"),
        )
        .default_authenticators(["key"])
        .operation(Operation::get("/who", who))
        .operation(Operation::get("/open", open).public())
        .operation(Operation::post("/read", read))
}

#[test]
fn each_key_identifies_its_application() {
    let client = client(&registry());
    for (key, who) in [("one", "ada"), ("two", "ada"), ("three", "bob")] {
        let response = client.get("/who").header("X-Key", key).send();
        assert_eq!(response.json::<String>(), who);
    }
}

#[test]
fn missing_and_invalid_keys_have_different_codes() {
    let client = client(&registry());
    let absent = client.get("/who").send();
    assert_eq!(absent.status(), 401);
    assert_eq!(
        absent.header("www-authenticate"),
        Some("ApiKey header=\"X-Key\"")
    );
    assert_eq!(absent.json::<Value>()["code"], "credential_missing");
    for wrong in ["", "on", "onee", "three,one"] {
        let response = client.get("/who").header("X-Key", wrong).send();
        assert_eq!(
            response.json::<Value>()["code"],
            "credential_invalid",
            "{wrong}"
        );
    }
}

#[test]
fn key_outside_ascii_or_sent_twice_is_invalid() {
    let client = client(&registry());
    let strange = client
        .get("/who")
        .header("X-Key", b"\xff\xfe".as_slice())
        .send();
    assert_eq!(strange.status(), 401);
    let twice = client
        .get("/who")
        .header("X-Key", "one")
        .header("X-Key", "one")
        .send();
    assert_eq!(twice.status(), 401);
}

#[test]
fn operation_may_be_public() {
    assert_eq!(
        client(&registry()).get("/open").send().json::<String>(),
        "open"
    );
}

#[test]
fn authentication_precedes_validation() {
    let response = client(&registry())
        .post("/read")
        .body("not even JSON")
        .send();
    assert_eq!(response.status(), 401);
}

#[test]
fn rebar_style_has_its_own_messages() {
    let client = client(&registry().error_style(ErrorStyle::Rebar));
    assert_eq!(
        client.get("/who").send().json::<Value>(),
        json!({"message": "No auth token provided.", "rebar_error_code": "missing_auth_token"})
    );
    assert_eq!(
        client
            .get("/who")
            .header("x-key", "no")
            .send()
            .json::<Value>(),
        json!({"message": "Invalid authentication.", "rebar_error_code": "invalid_auth_token"})
    );
}

#[test]
fn security_is_documented() {
    let document = support::document(&registry());
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({"key": {"type": "apiKey", "in": "header", "name": "X-Key"}})
    );
    let who = &document["paths"]["/who"]["get"];
    assert_eq!(who["security"], json!([{"key": []}]));
    assert!(who["responses"]["401"].is_object());
    let open = &document["paths"]["/open"]["get"];
    // Explicit, so that it does not look forgotten.
    assert_eq!(open["security"], json!([]));
    assert!(open["responses"].get("401").is_none());
}

#[test]
fn keys_may_be_in_the_query_or_in_a_cookie() {
    let registry = Registry::new("T", "1")
        .authenticator("query", QueryApiKey::new("api key").key("ada", "a+b c"))
        .authenticator("cookie", CookieApiKey::new("sid").key("bob", "=x="))
        .default_authenticators(["query", "cookie"])
        .operation(Operation::get("/who", who));
    let client = client(&registry);
    for (target, cookie, expected) in [
        ("/who?api+key=a%2Bb+c", "", "ada"),
        ("/who?x=1&api%20key=a%2bb%20c", "", "ada"),
        ("/who", "a=1; sid==x=; b=2", "bob"),
        ("/who", "sid=\"=x=\"", "bob"),
    ] {
        let response = client.get(target).header("cookie", cookie).send();
        assert_eq!(response.json::<String>(), expected, "{target} {cookie}");
    }
    for (target, cookie) in [
        ("/who", "SID==x="),
        ("/who?api+key=", ""),
        ("/who?api+key=a%2Bb+c&api+key=a%2Bb+c", ""),
        ("/who", "sid==x=; sid==x="),
    ] {
        let response = client.get(target).header("cookie", cookie).send();
        assert_eq!(response.status(), 401, "{target} {cookie}");
    }
    let challenges: Vec<_> = client
        .get("/who")
        .send()
        .headers()
        .get_all("www-authenticate")
        .cloned()
        .collect();
    assert_eq!(
        challenges,
        ["ApiKey query=\"api key\"", "ApiKey cookie=\"sid\""]
    );
}

#[test]
fn keys_are_rotated_at_run_time() {
    let keys = KeyRing::default();
    keys.register("ada", "old");
    let registry = Registry::new("T", "1")
        .authenticator("key", HeaderApiKey::new("X-Key").keys(&keys))
        .operation(Operation::get("/who", who).authenticators(["key"]));
    let client = client(&registry);
    let status = |key: &str| {
        client
            .get("/who")
            .header("X-Key", key)
            .send()
            .status()
            .as_u16()
    };
    assert_eq!((status("old"), status("new")), (200, 401));
    keys.register("ada", "new");
    assert_eq!((status("old"), status("new")), (200, 200));
    keys.revoke("old");
    assert_eq!((status("old"), status("new")), (401, 200));
    keys.revoke_application("ada");
    assert_eq!((status("old"), status("new")), (401, 401));
    assert!(!format!("{keys:?}").contains("new"));
}
