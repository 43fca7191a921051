//! Authentication, and the responses to requests without valid credentials.
//!
//! Absent on purpose: an app name `default` that no one chose, and `USE_DEFAULT`
//! that is looked up when the app starts; a registry is built once.

use std::borrow::Cow;

use actix_web::HttpRequest;
use purlin_router::{
    Json, Operation,
    auth::{Application, AuthFailure, Authenticator, HeaderApiKey, Identity, KeyRing, all_of},
    openapi::SecurityScheme,
    reply::NoContent,
};
use serde_json::json;

use super::{assert_response, client, document, done, error, rebar};

async fn who(caller: Identity<Application>) -> Json<String> {
    Json(caller.name().to_owned())
}

/// Authenticates by the value of a header, which names the result.
struct HeaderScheme(&'static str);

impl Authenticator for HeaderScheme {
    type Identity = ();

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("custom")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<(), AuthFailure> {
        match request.headers().get(self.0).map(|value| value.as_bytes()) {
            None => Err(AuthFailure::Missing),
            Some(b"yes") => Ok(()),
            Some(b"never") => Err(AuthFailure::Forbidden),
            Some(b"away") => Err(AuthFailure::Unavailable),
            Some(_) => Err(AuthFailure::Invalid),
        }
    }

    fn subject<'i>(&self, (): &'i ()) -> Cow<'i, str> {
        Cow::Borrowed("the only caller")
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        &[AuthFailure::Forbidden, AuthFailure::Unavailable]
    }
}

/// kept: a custom authenticator accepts a request, or rejects it with a reason.
#[test]
fn custom_authenticator_accepts_or_rejects() {
    let registry = rebar()
        .authenticator("custom", HeaderScheme("X-Custom"))
        .default_authenticators(["custom"])
        .operation(Operation::get("/", done));
    let client = client(&registry);
    let ask = |value: &'static str| client.get("/").header("X-Custom", value).send();
    assert_eq!(ask("yes").status(), 204);
    assert_response(&ask("never"), 403, &json!({"message": "Forbidden"}));
    assert_response(
        &ask("away"),
        503,
        &json!({"message": "Service Unavailable"}),
    );
}

/// kept: a list is an OR.
/// corrected: if all fail, the most severe failure is returned, not the first:
/// an invalid key before a missing one, 403 before 401.
#[test]
fn any_of_several_is_sufficient_and_the_most_severe_failure_is_returned() {
    let registry = rebar()
        .authenticator("a", HeaderScheme("X-A"))
        .authenticator("b", HeaderScheme("X-B"))
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
    assert_response(&only_b, 401, &expected);
}

/// corrected: an AND needs no custom class.
#[test]
fn all_of_several_may_be_required() {
    let registry = rebar()
        .authenticator("a", HeaderScheme("X-A"))
        .authenticator("b", HeaderScheme("X-B"))
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
/// corrected: every other operation lists its own, which is equivalent to a
/// default at the top level.
#[test]
fn public_operation_has_empty_security() {
    let registry = rebar()
        .authenticator("a", HeaderScheme("X-A"))
        .default_authenticators(["a"])
        .operation(Operation::get("/open", done).public())
        .operation(Operation::get("/default", done).operation_id("default"));
    let document = document(&registry);
    assert_eq!(document["paths"]["/open"]["get"]["security"], json!([]));
    let default = &document["paths"]["/default"]["get"]["security"];
    assert_eq!(default, &json!([{"a": []}]));
}

/// kept: several keys identify one app, and the handler receives its name.
#[test]
fn several_keys_identify_one_app() {
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
        let response = client.get("/").header("X-Key", key).send();
        assert_response(&response, 200, &json!(name));
    }
}

/// kept: keys are registered after the registry was created.
/// corrected: at run time too, and they may be revoked.
#[test]
fn keys_change_at_run_time() {
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
/// corrected: a 401 has `WWW-Authenticate`, and a key that is not ASCII is
/// invalid instead of a 500.
#[test]
fn missing_and_invalid_keys_are_401() {
    let registry = rebar()
        .authenticator(
            "sharedSecret",
            HeaderApiKey::new("X-Key").key("door", "one"),
        )
        .default_authenticators(["sharedSecret"])
        .operation(Operation::get("/", who));
    let client = client(&registry);
    let missing = client.get("/").send();
    assert_response(
        &missing,
        401,
        &error("No auth token provided.", "missing_auth_token"),
    );
    assert_eq!(
        missing.header("www-authenticate"),
        Some("ApiKey header=\"X-Key\"")
    );
    for wrong in ["two", "", "on", "one1", "\u{e9}"] {
        let response = client.get("/").header("X-Key", wrong.as_bytes()).send();
        assert_response(
            &response,
            401,
            &error("Invalid authentication.", "invalid_auth_token"),
        );
    }
}

/// corrected: a handler that takes the identity of the caller without an
/// authenticator is an error of the registry; the original has `None`.
#[test]
fn identity_without_authenticator_is_an_error() {
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
