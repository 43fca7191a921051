//! Security schemes and requirements in every dialect.

use purlin_openapi::{
    ApiKeyLocation, Dialect, Document, Info, Method, OAuthFlow, OAuthFlows, Operation,
    SecurityRequirement, SecurityScheme,
};
use serde_json::{Value, json};

fn document() -> Document {
    let mut document = Document::new(Info::new("Security", "1"));
    let flows = OAuthFlows::new(
        OAuthFlow::password("/token")
            .scope("read", "Read.")
            .refresh_url("/again"),
    )
    .and(OAuthFlow::implicit("/authorize").scope("read", "Read."));
    let schemes = [
        ("key", SecurityScheme::api_key(ApiKeyLocation::Query, "k")),
        (
            "sid",
            SecurityScheme::api_key(ApiKeyLocation::Cookie, "sid").description("Ours."),
        ),
        ("basic", SecurityScheme::basic()),
        ("bearer", SecurityScheme::http("Bearer")),
        ("jwt", SecurityScheme::bearer("JWT")),
        ("oauth", SecurityScheme::oauth2(flows)),
        (
            "oauth_implicit",
            SecurityScheme::oauth2(OAuthFlows::new(OAuthFlow::client_credentials("/token"))),
        ),
        ("oidc", SecurityScheme::open_id_connect("/openid")),
        ("mtls", SecurityScheme::mutual_tls()),
    ];
    let schemes = schemes.map(|(name, scheme)| (name.to_owned(), scheme));
    document.components.security_schemes.extend(schemes);
    document
}

fn operation(
    required: Option<Vec<SecurityRequirement>>,
    default: Vec<SecurityRequirement>,
    dialect: Dialect,
) -> Value {
    let mut document = document();
    document.security = default;
    let mut operation = Operation::new("it");
    operation.security = required;
    document.operation("/a", Method::Get, operation);
    document.to_value(dialect)["paths"]["/a"]["get"].clone()
}

#[test]
fn schemes_are_written_by_kind() {
    let written = &document().to_value(Dialect::V3_1)["components"]["securitySchemes"];
    assert_eq!(
        written["oidc"],
        json!({"type": "openIdConnect", "openIdConnectUrl": "/openid"})
    );
    assert_eq!(written["mtls"], json!({"type": "mutualTLS"}));
    assert_eq!(
        written["jwt"],
        json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    );
    assert_eq!(
        written["oauth"],
        json!({"type": "oauth2", "flows": {
            "implicit": {"authorizationUrl": "/authorize", "scopes": {"read": "Read."}},
            "password": {"tokenUrl": "/token", "refreshUrl": "/again", "scopes": {"read": "Read."}},
        }})
    );
    let written = &document().to_value(Dialect::V3_0)["components"]["securitySchemes"];
    assert!(written.get("mtls").is_none() && written.get("oidc").is_some());
}

#[test]
fn in_2_0_other_credentials_in_a_header_are_api_keys() {
    let written = &document().to_value(Dialect::V2_0)["securityDefinitions"];
    let in_header = |name: &str, how: &str| json!({"type": "apiKey", "in": "header", "name": name, "description": how});
    assert_eq!(written["basic"], json!({"type": "basic"}));
    assert_eq!(
        written["key"],
        json!({"type": "apiKey", "in": "query", "name": "k"})
    );
    assert_eq!(
        written["sid"],
        in_header("Cookie", "Ours.\n\nThe cookie `sid`.")
    );
    assert_eq!(
        written["bearer"],
        in_header("Authorization", "`Bearer`, a space and the token.")
    );
    assert_eq!(
        written["jwt"],
        in_header("Authorization", "`Bearer`, a space and the token (JWT).")
    );
    assert!(written.get("mtls").is_none());
    // One scheme per flow, under unused names.
    assert!(written.get("oauth").is_none());
    assert_eq!(written["oauth_implicit"]["flow"], "application");
    assert_eq!(written["oauth_implicit_"]["flow"], "implicit");
    assert_eq!(
        written["oauth_password"],
        json!({"type": "oauth2", "flow": "password", "tokenUrl": "/token", "scopes": {"read": "Read."}})
    );
}

#[test]
fn in_2_0_each_flow_is_an_alternative() {
    let both = SecurityRequirement::new("key").scopes("oauth", ["read"]);
    let written = operation(Some(vec![both]), Vec::new(), Dialect::V2_0);
    assert_eq!(
        written["security"],
        json!([{"key": [], "oauth_implicit_": ["read"]}, {"key": [], "oauth_password": ["read"]}])
    );
}

#[test]
fn only_schemes_with_scopes_have_scopes() {
    let required = vec![
        SecurityRequirement::default().scopes("jwt", ["admin"]),
        SecurityRequirement::default().scopes("oidc", ["mail"]),
    ];
    let of = |dialect| operation(Some(required.clone()), Vec::new(), dialect)["security"].clone();
    assert_eq!(
        of(Dialect::V3_1),
        json!([{"jwt": ["admin"]}, {"oidc": ["mail"]}])
    );
    assert_eq!(of(Dialect::V3_0), json!([{"jwt": []}, {"oidc": ["mail"]}]));
    assert_eq!(of(Dialect::V2_0), json!([{"jwt": []}, {"oidc": []}]));
}

#[test]
fn an_alternative_with_a_client_certificate_is_omitted() {
    let required = vec![
        SecurityRequirement::new("mtls"),
        SecurityRequirement::new("key").and("mtls"),
        SecurityRequirement::new("basic"),
    ];
    for dialect in [Dialect::V2_0, Dialect::V3_0] {
        let written = operation(Some(required.clone()), Vec::new(), dialect);
        assert_eq!(written["security"], json!([{"basic": []}]), "{dialect}");
        assert!(written.get("description").is_none(), "{dialect}");
    }
}

#[test]
fn the_description_states_the_requirement_if_no_alternative_is_left() {
    let required = vec![SecurityRequirement::new("key").and("mtls")];
    for dialect in [Dialect::V2_0, Dialect::V3_0] {
        let own = operation(Some(required.clone()), Vec::new(), dialect);
        let inherited = operation(None, required.clone(), dialect);
        for written in [own, inherited] {
            assert_eq!(written["security"], json!([]), "{dialect}");
            let description = written["description"].as_str().unwrap_or_default();
            assert!(
                description.starts_with("Requires `key` and `mtls` (a client certificate);"),
                "{dialect}: {description}"
            );
        }
    }
    let written = operation(Some(required), Vec::new(), Dialect::V3_1);
    assert!(written.get("description").is_none());
}

#[test]
fn operations_inherit_the_requirements_of_the_document() {
    let default = vec![SecurityRequirement::new("basic")];
    for &dialect in Dialect::ALL {
        let inherits = operation(None, default.clone(), dialect);
        assert!(inherits.get("security").is_none(), "{dialect}");
        let open = operation(Some(Vec::new()), default.clone(), dialect);
        assert_eq!(open["security"], json!([]), "{dialect}");
    }
}
