//! Combined authenticators, and the identity that handlers receive.

use std::borrow::Cow;

use actix_web::HttpRequest;
use purlin_router::{
    Json, Operation, Registry,
    auth::{
        Application, AuthFailure, Authenticator, ChallengeContext, HeaderApiKey, Identity, all_of,
        any_of, anyone, registry_default, scopes,
    },
    openapi::SecurityScheme,
    reply::NoContent,
    testing::TestResponse,
};
use serde_json::{Value, json};

use super::{client, errors};

use crate::support;

/// Authenticates by the value of a header, which names the result.
struct HeaderScheme(&'static str);

struct Caller(Vec<String>);

impl Authenticator for HeaderScheme {
    type Identity = Caller;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::http("custom")
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<Caller, AuthFailure> {
        let value = request.headers().get(self.0).ok_or(AuthFailure::Missing)?;
        match value.to_str() {
            Ok("bad") | Err(_) => Err(AuthFailure::Invalid),
            Ok("forbidden") => Err(AuthFailure::Forbidden),
            Ok("away") => Err(AuthFailure::Unavailable),
            Ok("busy") => Err(AuthFailure::Busy),
            Ok(scopes) => Ok(Caller(scopes.split(' ').map(ToOwned::to_owned).collect())),
        }
    }

    fn subject<'i>(&self, identity: &'i Caller) -> Cow<'i, str> {
        identity.0.join(" ").into()
    }

    fn challenge(&self, context: &ChallengeContext<'_>) -> Option<String> {
        Some(format!(
            "{} {:?} {}",
            self.0,
            context.failure,
            context.scopes.join("+")
        ))
    }

    fn grants(&self, identity: &Caller, scope: &str) -> bool {
        identity.0.iter().any(|granted| granted == scope)
    }

    fn has_scopes(&self) -> bool {
        true
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        &[
            AuthFailure::Forbidden,
            AuthFailure::Unavailable,
            AuthFailure::Busy,
        ]
    }
}

async fn done() -> NoContent {
    NoContent
}

fn registry() -> Registry {
    Registry::new("T", "1")
        .authenticator("a", HeaderScheme("a"))
        .authenticator("b", HeaderScheme("b"))
        .authenticator("c", HeaderScheme("c"))
        .authenticator("key", HeaderApiKey::new("X-Key").key("ada", "one"))
}

fn ask(operation: Operation, headers: &[(&'static str, &'static str)]) -> TestResponse {
    let registry = registry()
        .default_authenticators(["a"])
        .operation(operation);
    let client = client(&registry);
    let call = client.get("/");
    headers
        .iter()
        .fold(call, |call, (name, value)| call.header(*name, *value))
        .send()
}

fn challenges(response: &TestResponse) -> Vec<&str> {
    let all = response.headers().get_all("www-authenticate");
    all.map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn any_of_several_authenticators_is_sufficient() {
    let operation = || Operation::get("/", done).authenticators(["a", "b"]);
    for (headers, status) in [
        (&[("a", "x")][..], 204),
        (&[("b", "x")], 204),
        (&[("a", "bad"), ("b", "x")], 204),
        (&[("a", "bad")], 401),
        (&[], 401),
    ] {
        assert_eq!(
            ask(operation(), headers).status().as_u16(),
            status,
            "{headers:?}"
        );
    }
}

#[test]
fn most_specific_failure_is_returned() {
    let operation = || Operation::get("/", done).authenticators(["a", "b", "c"]);
    for (headers, status, code) in [
        (&[("b", "bad")][..], 401, "credential_invalid"),
        (&[], 401, "credential_missing"),
        (&[("a", "bad"), ("c", "away")], 503, "credential_unchecked"),
        (&[("a", "bad"), ("c", "busy")], 503, "authentication_busy"),
        (&[("a", "forbidden"), ("c", "busy")], 403, "forbidden"),
        (&[("a", "forbidden"), ("c", "away")], 403, "forbidden"),
    ] {
        let response = ask(operation(), headers);
        assert_eq!(response.status().as_u16(), status, "{headers:?}");
        assert_eq!(response.json::<Value>()["code"], code, "{headers:?}");
    }
    let response = ask(operation(), &[("b", "bad")]);
    assert_eq!(
        challenges(&response),
        ["a Missing ", "b Invalid ", "c Missing "]
    );
}

#[test]
fn busy_or_unavailable_authenticator_is_503_with_retry_after_and_no_challenge() {
    let alternatives = [
        any_of(["a"]),
        any_of(["a", "b"]),
        all_of(["a", "b"]),
        any_of(["a".into(), anyone()]),
    ];
    for alternative in alternatives {
        let operation = Operation::get("/", done).authenticators([alternative.clone()]);
        let response = ask(operation, &[("a", "busy")]);
        assert_eq!(response.status().as_u16(), 503, "{alternative:?}");
        assert_eq!(response.header("retry-after"), Some("1"));
        assert_eq!(response.json::<Value>()["code"], "authentication_busy");
        // A challenge would mean that another credential is needed.
        assert!(challenges(&response).is_empty(), "{alternative:?}");
    }
    // A credential of another authenticator is not affected.
    let operation = Operation::get("/", done).authenticators(["a", "b"]);
    let response = ask(operation, &[("a", "busy"), ("b", "x")]);
    assert_eq!(response.status().as_u16(), 204);

    let unavailable = ask(
        Operation::get("/", done).authenticators(["a"]),
        &[("a", "away")],
    );
    assert!(challenges(&unavailable).is_empty());
    assert_eq!(unavailable.header("retry-after"), Some("1"));
}

#[test]
fn all_of_several_authenticators_are_required() {
    let operation = || {
        let both = all_of(["a", "b"]);
        Operation::get("/", done).authenticators([both, "c".into()])
    };
    for (headers, status) in [
        (&[("a", "x"), ("b", "x")][..], 204),
        (&[("c", "x")], 204),
        (&[("a", "x")], 401),
        (&[("b", "x")], 401),
        (&[("a", "x"), ("b", "bad")], 401),
    ] {
        assert_eq!(
            ask(operation(), headers).status().as_u16(),
            status,
            "{headers:?}"
        );
    }
    let response = ask(operation(), &[("a", "x")]);
    assert_eq!(
        challenges(&response),
        ["b Missing ", "c Missing "],
        "no challenge of `a`, which succeeded"
    );
}

#[test]
fn missing_scopes_are_403_with_a_challenge() {
    let operation = || Operation::get("/", done).authenticators([scopes("a", ["read", "write"])]);
    for (scopes, status) in [("read write more", 204), ("read", 403), ("bad", 401)] {
        assert_eq!(
            ask(operation(), &[("a", scopes)]).status().as_u16(),
            status,
            "{scopes}"
        );
    }
    let response = ask(operation(), &[("a", "read")]);
    assert_eq!(challenges(&response), ["a Forbidden read+write"]);
}

#[test]
fn anyone_accepts_missing_but_not_invalid_credentials() {
    let operation = || Operation::get("/", done).authenticators(["a".into(), anyone()]);
    for (headers, status) in [(&[][..], 204), (&[("a", "x")], 204), (&[("a", "bad")], 401)] {
        assert_eq!(
            ask(operation(), headers).status().as_u16(),
            status,
            "{headers:?}"
        );
    }
}

#[test]
fn operation_extends_replaces_or_drops_the_default() {
    let plain = || Operation::get("/", done);
    for (operation, a, b, none) in [
        (plain(), 204, 401, 401),
        (
            plain().authenticators([registry_default(), "b".into()]),
            204,
            204,
            401,
        ),
        (
            plain().authenticators([all_of([registry_default(), "b".into()])]),
            401,
            401,
            401,
        ),
        (plain().authenticators(["b"]), 401, 204, 401),
        (plain().public(), 204, 204, 204),
    ] {
        let statuses = [&[("a", "x")][..], &[("b", "x")], &[]]
            .map(|headers| ask(operation.clone(), headers).status().as_u16());
        assert_eq!(statuses, [a, b, none], "{operation:?}");
    }
}

#[test]
fn every_alternative_is_documented() {
    let both = all_of([scopes("a", ["read"]), "b".into()]);
    let operation = Operation::get("/", done).authenticators([any_of([both, "key".into()])]);
    let document = support::document(&registry().operation(operation));
    let operation = &document["paths"]["/"]["get"];
    assert_eq!(
        operation["security"],
        json!([{"a": ["read"], "b": []}, {"key": []}])
    );
    let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["204", "401", "403", "500", "503"]);
    let unavailable = &operation["responses"]["503"];
    let retry_after = &unavailable["headers"]["Retry-After"];
    assert_eq!(retry_after["schema"]["type"], "integer");
    let schemes = document["components"]["securitySchemes"]
        .as_object()
        .unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["a", "b", "key"]);
}

#[test]
fn handlers_receive_the_identity_of_the_caller() {
    async fn who(caller: Identity<Application>, other: Option<Identity<Caller>>) -> Json<String> {
        Json(format!("{} {}", caller.name(), other.is_some()))
    }
    let both = all_of(["key", "a"]);
    let operation = Operation::get("/", who).authenticators([both, "key".into()]);
    let registry = registry().operation(operation);
    let client = client(&registry);
    let alone = client.get("/").header("X-Key", "one").send();
    assert_eq!(alone.json::<String>(), "ada false");
    let both = client
        .get("/")
        .header("X-Key", "one")
        .header("a", "x")
        .send();
    assert_eq!(both.json::<String>(), "ada true");
}

#[test]
fn identity_without_authenticator_is_an_error() {
    async fn who(_: Identity<Application>) -> NoContent {
        NoContent
    }
    async fn maybe(_: Option<Identity<Application>>) -> NoContent {
        NoContent
    }
    let built = |operation: Operation| errors(&registry().operation(operation));
    let who = || Operation::get("/", who);
    assert!(built(who())[0].contains("none of the operation's authenticators gives"));
    assert!(built(who().authenticators(["a"]))[0].contains("Application"));
    assert!(built(who().authenticators(["a", "key"]))[0].contains("not every alternative gives"));
    assert!(built(who().authenticators([all_of(["a", "key"])])).is_empty());
    assert!(built(Operation::get("/", maybe).authenticators(["a", "key"])).is_empty());
    assert_eq!(
        built(Operation::get("/", maybe).authenticators(["a"])).len(),
        1
    );
}

#[test]
fn empty_requirement_is_an_error_that_names_the_remedy() {
    type Empty = [&'static str; 0];
    let none: Empty = [];
    let empty = [
        any_of(none),
        all_of(none),
        all_of(["a".into(), any_of(none)]),
        any_of(["a".into(), all_of(none)]),
        any_of([all_of(["a".into(), any_of([all_of(none)])]), "b".into()]),
    ];
    let plain = || Operation::get("/", done);
    for requirement in &empty {
        let operation = plain().authenticators([requirement.clone()]);
        let errors = errors(&registry().operation(operation));
        assert_eq!(errors.len(), 1, "{requirement:?}");
        assert!(errors[0].contains("GET /"), "{errors:?}");
        assert!(errors[0].contains("use `.public()`"), "{errors:?}");
    }
    let list = errors(&registry().operation(plain().authenticators(none)));
    assert!(list[0].contains("a list of authenticators is empty"));

    // Once for the registry, however many operations have its default.
    for requirement in empty {
        let registry = registry().default_authenticators([requirement]);
        let errors = errors(&registry.operation(plain()));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("the registry's default"), "{errors:?}");
    }
    let registry = registry().default_authenticators(none);
    assert_eq!(errors(&registry).len(), 1);
}

#[test]
fn registry_default_without_a_default_is_an_error() {
    for requirement in [
        registry_default(),
        any_of([registry_default(), "a".into()]),
        all_of([registry_default(), "a".into()]),
    ] {
        let operation = Operation::get("/", done).authenticators([requirement]);
        let errors = errors(&registry().operation(operation));
        assert!(errors[0].contains("add `.default_authenticators(…)`"));
    }
}

#[test]
fn invalid_requirements_are_errors() {
    let built = |operation: Operation| errors(&registry().operation(operation));
    let plain = || Operation::get("/", done);
    let unknown = plain().authenticators([all_of(["a", "unknown"])]);
    assert!(built(unknown)[0].contains("no authenticator is named `unknown`"));
    let scoped = plain().authenticators([scopes("key", ["read"])]);
    assert!(built(scoped)[0].contains("scopes are required of `key`, whose callers have none"));
    let itself = registry().default_authenticators([registry_default()]);
    assert!(errors(&itself)[0].contains("cannot refer to itself"));
    let many = plain().authenticators([all_of(vec![any_of(["a", "b", "c"]); 7])]);
    assert!(built(many).is_empty(), "equal alternatives count once");
    let header = Registry::new("T", "1").authenticator("key", HeaderApiKey::new("bad name"));
    assert!(errors(&header)[0].contains("`bad name`, which is not a header name"));
    for name in ["my key", ""] {
        let registry = Registry::new("T", "1").authenticator(name, HeaderScheme("a"));
        assert!(errors(&registry)[0].contains("letters, digits"), "{name}");
    }
}
