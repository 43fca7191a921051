//! Who may call, and what is said to those who may not.
//!
//! Not there, on purpose: an app name `default` nobody gave, and
//! `USE_DEFAULT` that is looked up when the app starts; a registry is built once.

use actix_web::HttpRequest;
use purlin_router::{
    Json, Operation,
    auth::{Application, AuthFailure, Authenticator, HeaderApiKey, Identity, KeyRing, all_of},
    openapi::SecurityScheme,
    reply::NoContent,
};
use serde_json::json;

use super::{assert_answer, client, document, done, error, rebar};

async fn who(caller: Identity<Application>) -> Json<String> {
    Json(caller.name().to_owned())
}

/// Takes what its header says.
struct Told(&'static str);

impl Authenticator for Told {
    type Identity = ();

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("told")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<(), AuthFailure> {
        match request.headers().get(self.0).map(|told| told.as_bytes()) {
            None => Err(AuthFailure::Missing),
            Some(b"yes") => Ok(()),
            Some(b"never") => Err(AuthFailure::Forbidden),
            Some(b"away") => Err(AuthFailure::Unavailable),
            Some(_) => Err(AuthFailure::Invalid),
        }
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        &[AuthFailure::Forbidden, AuthFailure::Unavailable]
    }
}

/// kept: an authenticator of one's own lets in, or says why not.
#[test]
fn an_authenticator_of_ones_own_lets_in_or_not() {
    let registry = rebar()
        .authenticator("told", Told("X-Told"))
        .default_authenticators(["told"])
        .operation(Operation::get("/", done));
    let client = client(&registry);
    let ask = |told: &'static str| client.get("/").header("X-Told", told).send();
    assert_eq!(ask("yes").status(), 204);
    assert_answer(&ask("never"), 403, &json!({"message": "Forbidden"}));
    assert_answer(
        &ask("away"),
        503,
        &json!({"message": "Service Unavailable"}),
    );
}

/// kept: a list is an OR.
/// corrected: if all fail, the gravest is told and not the first: a wrong key
/// before an absent one, 403 before 401.
#[test]
fn any_of_several_lets_in_and_the_gravest_failure_is_told() {
    let registry = rebar()
        .authenticator("a", Told("X-A"))
        .authenticator("b", Told("X-B"))
        .default_authenticators(["a", "b"])
        .operation(Operation::get("/", done));
    let client = client(&registry);
    let ask =
        |a: &'static str, b: &'static str| client.get("/").header("X-A", a).header("X-B", b).send();
    assert_eq!(ask("no", "yes").status(), 204);
    assert_eq!(ask("yes", "no").status(), 204);
    assert_eq!(ask("no", "no").status(), 401);
    assert_eq!(ask("no", "never").status(), 403);
    let only_b = client.get("/").header("X-B", "no").send();
    let expected = error("Invalid authentication.", "invalid_auth_token");
    assert_answer(&only_b, 401, &expected);
}

/// corrected: an AND needs no class of one's own.
#[test]
fn all_of_several_may_be_needed() {
    let registry = rebar()
        .authenticator("a", Told("X-A"))
        .authenticator("b", Told("X-B"))
        .default_authenticators([all_of(["a", "b"])])
        .operation(Operation::get("/", done));
    let client = client(&registry);
    let one = client.get("/").header("X-A", "yes");
    assert_eq!(one.send().status(), 401);
    let both = client.get("/").header("X-A", "yes").header("X-B", "yes");
    assert_eq!(both.send().status(), 204);
    let security = document(&registry)["paths"]["/"]["get"]["security"].clone();
    assert_eq!(security, json!([{"a": [], "b": []}]));
}

/// kept: no authenticators are `security: []` in the document.
/// corrected: every other operation says its own, which means the same as a
/// default at the top.
#[test]
fn an_open_operation_says_so() {
    let registry = rebar()
        .authenticator("a", Told("X-A"))
        .default_authenticators(["a"])
        .operation(Operation::get("/open", done).public())
        .operation(Operation::get("/default", done).operation_id("default"));
    let document = document(&registry);
    assert_eq!(document["paths"]["/open"]["get"]["security"], json!([]));
    let default = &document["paths"]["/default"]["get"]["security"];
    assert_eq!(default, &json!([{"a": []}]));
}

/// kept: several keys stand for one app, and the handler is told which.
#[test]
fn several_keys_stand_for_one_app() {
    let keys = HeaderApiKey::new("X-Key")
        .key("door", "old")
        .key("door", "new")
        .key("bell", "b");
    let registry = rebar()
        .authenticator("sharedSecret", keys)
        .default_authenticators(["sharedSecret"])
        .operation(Operation::get("/", who));
    let client = client(&registry);
    for (key, name) in [("old", "door"), ("new", "door"), ("b", "bell")] {
        let answer = client.get("/").header("X-Key", key).send();
        assert_answer(&answer, 200, &json!(name));
    }
}

/// kept: keys are registered after the registry was made.
/// corrected: while requests are served, too, and may be taken back.
#[test]
fn keys_change_while_serving() {
    let ring = KeyRing::default();
    let registry = rebar()
        .authenticator("sharedSecret", HeaderApiKey::new("X-Key").keys(&ring))
        .default_authenticators(["sharedSecret"])
        .operation(Operation::get("/", who));
    let client = client(&registry);
    let status = || {
        client
            .get("/")
            .header("X-Key", "one")
            .send()
            .status()
            .as_u16()
    };
    assert_eq!(status(), 401);
    ring.register("door", "one");
    assert_eq!(status(), 200);
    ring.revoke("one");
    assert_eq!(status(), 401);
}

/// kept: the two messages of a key.
/// corrected: a 401 has `WWW-Authenticate`, and a key that is not ASCII is a
/// wrong one instead of a 500.
#[test]
fn keys_are_missing_or_invalid() {
    let registry = rebar()
        .authenticator(
            "sharedSecret",
            HeaderApiKey::new("X-Key").key("door", "one"),
        )
        .default_authenticators(["sharedSecret"])
        .operation(Operation::get("/", who));
    let client = client(&registry);
    let missing = client.get("/").send();
    assert_answer(
        &missing,
        401,
        &error("No auth token provided.", "missing_auth_token"),
    );
    assert_eq!(
        missing.header("www-authenticate"),
        Some("ApiKey header=\"X-Key\"")
    );
    for wrong in ["two", "", "on", "one1", "\u{e9}"] {
        let answer = client.get("/").header("X-Key", wrong.as_bytes()).send();
        assert_answer(
            &answer,
            401,
            &error("Invalid authentication.", "invalid_auth_token"),
        );
    }
}

/// corrected: a handler that wants to know its caller where nobody is asked
/// for a name is a mistake of the registry; the original has `None`.
#[test]
fn a_caller_nobody_names_is_a_mistake() {
    let registry = rebar().operation(Operation::get("/", who));
    assert!(super::errors(&registry).join("\n").contains("`who`"));
    async fn perhaps(caller: Option<Identity<Application>>) -> NoContent {
        assert!(caller.is_none());
        NoContent
    }
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("door", "one"))
        .operation(
            Operation::get("/", perhaps)
                .authenticators(["key".into(), purlin_router::auth::anyone()]),
        );
    assert_eq!(client(&registry).get("/").send().status(), 204);
}
