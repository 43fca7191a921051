//! Security requirements: alternatives, scopes and renamed schemes.

use serde_json::{Value, json};

use crate::support::{found, operation};

/// The rules that these tests cover.
pub const RULES: &[&str] = &[
    "api-security-component-oauth-flow-added",
    "api-security-component-oauth-flow-removed",
    "api-security-component-oauth-scope-added",
    "api-security-component-oauth-scope-removed",
    "api-security-component-oauth-url-changed",
    "api-security-added",
    "api-security-removed",
    "api-security-scope-added",
    "api-security-scope-removed",
    "api-global-security-added",
    "api-global-security-removed",
    "api-global-security-scope-added",
    "api-global-security-scope-removed",
];

fn schemes() -> Value {
    json!({"securitySchemes": {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "otherKey": {"type": "apiKey", "in": "header", "name": "x-key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "oauth": {"type": "oauth2", "flows": {}},
    }})
}

fn own(security: Value) -> Value {
    let mut document = operation(json!({"security": security}));
    document["components"] = schemes();
    document
}

fn global(security: Value) -> Value {
    let mut document = operation(json!({}));
    document["components"] = schemes();
    document["security"] = security;
    document
}

#[test]
fn an_additional_credential_breaks_and_one_less_does_not() {
    let cases = [
        (json!([]), json!([{"key": []}])),
        (json!([{"key": []}]), json!([{"key": [], "bearer": []}])),
        (json!([{"key": []}, {"bearer": []}]), json!([{"key": []}])),
        (json!([{"key": []}, {}]), json!([{"key": []}])),
    ];
    for (open, strict) in cases {
        assert_eq!(
            found(&own(open.clone()), &own(strict.clone())),
            ["breaking api-security-added"],
            "{open} {strict}"
        );
        assert_eq!(
            found(&own(strict.clone()), &own(open.clone())),
            ["safe api-security-removed"]
        );
        assert_eq!(
            found(&global(open.clone()), &global(strict.clone())),
            ["breaking api-global-security-added"]
        );
        assert_eq!(
            found(&global(strict), &global(open)),
            ["safe api-global-security-removed"]
        );
    }
    assert_eq!(
        found(&own(json!([{"key": []}])), &own(json!([{"bearer": []}]))),
        ["breaking api-security-added", "safe api-security-removed"]
    );
}

#[test]
fn an_additional_scope_breaks_and_one_less_does_not() {
    let (few, many) = (
        json!([{"oauth": ["read"]}]),
        json!([{"oauth": ["read", "write"]}]),
    );
    assert_eq!(
        found(&own(few.clone()), &own(many.clone())),
        ["breaking api-security-scope-added"]
    );
    assert_eq!(
        found(&own(many.clone()), &own(few.clone())),
        ["safe api-security-scope-removed"]
    );
    assert_eq!(
        found(&global(few.clone()), &global(many.clone())),
        ["breaking api-global-security-scope-added"]
    );
    assert_eq!(
        found(&global(many), &global(few)),
        ["safe api-global-security-scope-removed"]
    );
}

#[test]
fn schemes_are_compared_by_credential_and_not_by_name() {
    assert_eq!(
        found(&own(json!([{"key": []}])), &own(json!([{"otherKey": []}]))),
        [""; 0]
    );
    assert_eq!(
        found(&own(json!([{"key": []}])), &global(json!([{"key": []}]))),
        [""; 0]
    );
    let swagger = json!({
        "swagger": "2.0",
        "info": {"title": "Todos", "version": "1"},
        "paths": {"/todos": {"post": {"security": [{"token": []}]}}},
        "securityDefinitions": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
    });
    assert_eq!(found(&swagger, &own(json!([{"bearer": []}]))), [""; 0]);
}

#[test]
fn operations_inherit_the_requirements_of_the_document() {
    let (open, closed) = (json!([]), json!([{"key": []}]));
    assert_eq!(
        found(&own(open), &global(closed)),
        ["breaking api-security-added"]
    );
}

#[test]
fn flows_scopes_and_urls_of_oauth_are_compared() {
    let with = |flows: Value| {
        let mut document = operation(json!({"security": [{"oauth": []}]}));
        document["components"] =
            json!({"securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}}});
        document
    };
    let flow = |url: &str, scopes: Value| json!({"tokenUrl": url, "scopes": scopes});
    let one = with(json!({"password": flow("https://a.test", json!({"a": ""}))}));
    let two = with(json!({
        "password": flow("https://a.test", json!({"a": ""})),
        "clientCredentials": flow("https://a.test", json!({})),
    }));
    let moved = with(json!({"password": flow("https://b.test", json!({"a": ""}))}));
    let wide = with(json!({"password": flow("https://a.test", json!({"a": "", "b": ""}))}));
    for (old, new, forward, back) in [
        (
            &one,
            &two,
            "safe api-security-component-oauth-flow-added",
            "breaking api-security-component-oauth-flow-removed",
        ),
        (
            &one,
            &moved,
            "risky api-security-component-oauth-url-changed",
            "risky api-security-component-oauth-url-changed",
        ),
        (
            &one,
            &wide,
            "safe api-security-component-oauth-scope-added",
            "risky api-security-component-oauth-scope-removed",
        ),
    ] {
        assert_eq!(found(old, new), [forward]);
        assert_eq!(found(new, old), [back]);
    }
    let mut swagger = json!({
        "swagger": "2.0",
        "info": {"title": "Todos", "version": "1"},
        "paths": {"/todos": {"post": {"security": [{"oauth": []}]}}},
    });
    swagger["securityDefinitions"] = json!({
        "oauth": {"type": "oauth2", "flow": "password", "tokenUrl": "https://a.test", "scopes": {"a": ""}},
    });
    assert_eq!(found(&swagger, &one), [""; 0]);
}

#[test]
fn schemes_that_are_not_required_are_not_compared() {
    let with = |url: &str| {
        let mut document = operation(json!({}));
        let scheme = json!({"type": "openIdConnect", "openIdConnectUrl": url});
        document["components"] = json!({"securitySchemes": {"id": scheme}});
        document
    };
    let (old, new) = (with("https://a.test"), with("https://b.test"));
    assert_eq!(found(&old, &new), [""; 0]);
}
