//! An authenticator is enforced before anything is read, and documented.

#![allow(clippy::panic, reason = "a test that cannot go on should fail")]

use actix_web::{HttpMessage, HttpRequest};
use purlin_router::{
    AuthFailure, Authenticated, Authenticator, ErrorStyle, HeaderApiKey, Json, Operation, Registry,
    openapi::{ApiKeyLocation, SecurityScheme},
    schema,
    testing::TestClient,
};
use serde_json::{Value, json};

#[schema(request)]
struct Body {
    name: String,
}

async fn who(request: HttpRequest) -> Json<String> {
    let extensions = request.extensions();
    let who = extensions.get::<Authenticated>();
    Json(who.map_or("nobody", Authenticated::application).to_owned())
}

async fn read(_: Json<Body>) -> Json<String> {
    Json("read".to_owned())
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
        .operation(
            Operation::get("/open", who)
                .operation_id("open")
                .authenticators([""; 0]),
        )
        .operation(Operation::post("/read", read))
}

fn client(registry: &Registry) -> TestClient {
    TestClient::new(&registry.build().unwrap_or_else(|errors| panic!("{errors}")))
}

#[test]
fn each_key_stands_for_its_application() {
    let client = client(&registry());
    for (key, who) in [("one", "ada"), ("two", "ada"), ("three", "bob")] {
        let answer = client.get("/who").header("X-Key", key).send();
        assert_eq!(answer.json::<String>(), who);
    }
}

#[test]
fn an_absent_and_a_wrong_key_are_told_apart() {
    let client = client(&registry());
    let absent = client.get("/who").send();
    assert_eq!(absent.status(), 401);
    assert_eq!(
        absent.header("www-authenticate"),
        Some("ApiKey header=\"X-Key\"")
    );
    assert_eq!(absent.json::<Value>()["code"], "credential_missing");
    for wrong in ["", "on", "onee", "three,one"] {
        let answer = client.get("/who").header("X-Key", wrong).send();
        assert_eq!(
            answer.json::<Value>()["code"],
            "credential_invalid",
            "{wrong}"
        );
    }
}

#[test]
fn a_key_outside_ascii_or_given_twice_is_a_wrong_one() {
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
fn an_operation_may_be_open_to_everybody() {
    assert_eq!(
        client(&registry()).get("/open").send().json::<String>(),
        "nobody"
    );
}

#[test]
fn authentication_comes_before_validation() {
    let answer = client(&registry())
        .post("/read")
        .body("not even JSON")
        .send();
    assert_eq!(answer.status(), 401);
}

#[test]
fn rebar_says_it_in_its_words() {
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
fn what_is_enforced_is_documented() {
    let api = registry().build().expect("no mistakes");
    let document: Value = serde_json::from_str(api.openapi_json()).expect("JSON");
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({"key": {"type": "apiKey", "in": "header", "name": "X-Key"}})
    );
    let who = &document["paths"]["/who"]["get"];
    assert_eq!(who["security"], json!([{"key": []}]));
    assert!(who["responses"]["401"].is_object());
    let open = &document["paths"]["/open"]["get"];
    // Said, so that nobody takes it for forgotten.
    assert_eq!(open["security"], json!([]));
    assert!(open["responses"].get("401").is_none());
}

struct Never(AuthFailure);

impl Authenticator for Never {
    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::api_key(ApiKeyLocation::Header, "X-Never")
    }

    fn authenticate(&self, _: &HttpRequest) -> Result<(), AuthFailure> {
        Err(self.0)
    }

    fn challenge(&self) -> String {
        "Never".to_owned()
    }

    fn can_forbid(&self) -> bool {
        self.0 == AuthFailure::Forbidden
    }
}

#[test]
fn a_bad_credential_outranks_an_absent_one() {
    let registry = Registry::new("T", "1")
        .authenticator("bad", Never(AuthFailure::Invalid))
        .authenticator("absent", Never(AuthFailure::Missing))
        .authenticator("forbidden", Never(AuthFailure::Forbidden))
        .operation(
            Operation::get("/a", who)
                .authenticators(["bad", "absent"])
                .operation_id("a"),
        )
        .operation(
            Operation::get("/b", who)
                .authenticators(["absent", "forbidden"])
                .operation_id("b"),
        );
    let client = client(&registry);
    let a = client.get("/a").send();
    assert_eq!(a.json::<Value>()["code"], "credential_invalid");
    assert_eq!(a.headers().get_all("www-authenticate").count(), 2);
    let b = client.get("/b").send();
    assert_eq!(b.status(), 403);
    assert!(b.header("www-authenticate").is_none());
}
