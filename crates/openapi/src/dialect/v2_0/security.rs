//! Security schemes: API keys, `basic`, and one OAuth 2.0 flow per scheme.
//! Other credentials in a header become an API key in that header, whose
//! description explains the format. Client certificates are omitted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    ApiKeyLocation, Document, OAuthFlow, OAuthFlows, OAuthGrant, SecurityRequirement,
    SecurityScheme, dialect::value,
};

/// The security schemes of a document in Swagger 2.0.
pub(super) struct Security {
    definitions: Map<String, Value>,
    /// The names that each scheme of the model has; any of them satisfies it.
    names: BTreeMap<String, Names>,
}

struct Names {
    any_of: Vec<String>,
    /// Whether the scheme has scopes, as only OAuth 2.0 does.
    scopes: bool,
}

impl Security {
    pub(super) fn of(document: &Document) -> Self {
        let schemes = &document.components.security_schemes;
        let mut taken: BTreeSet<String> = schemes.keys().cloned().collect();
        let mut security = Self {
            definitions: Map::new(),
            names: BTreeMap::new(),
        };
        for (name, scheme) in schemes {
            let definitions = match scheme {
                SecurityScheme::OAuth2 { flows, .. } => by_flow(name, flows, &mut taken),
                scheme => key(scheme)
                    .map(|it| (name.clone(), it))
                    .into_iter()
                    .collect(),
            };
            let any_of = definitions.iter().map(|(name, _)| name.clone()).collect();
            let scopes = matches!(scheme, SecurityScheme::OAuth2 { .. });
            security
                .names
                .insert(name.clone(), Names { any_of, scopes });
            for (name, mut definition) in definitions {
                add_annotations(scheme, &mut definition);
                security.definitions.insert(name, definition);
            }
        }
        security
    }

    /// Returns `securityDefinitions`; none if there are no schemes.
    pub(super) fn definitions(&self) -> Option<Value> {
        (!self.definitions.is_empty()).then(|| Value::Object(self.definitions.clone()))
    }

    /// Returns the equivalent requirements: all combinations of one name for
    /// each scheme. There are none if a scheme is not supported.
    pub(super) fn stated(&self, requirement: &SecurityRequirement) -> Vec<SecurityRequirement> {
        let start = vec![SecurityRequirement::default()];
        requirement.iter().fold(start, |stated, (scheme, scopes)| {
            let Some(names) = self.names.get(scheme) else {
                return stated.into_iter().map(|it| it.and(scheme)).collect();
            };
            let scopes = if names.scopes { scopes } else { &[] };
            let each = stated.iter().flat_map(|so_far| {
                let names = names.any_of.iter();
                names.map(|name| so_far.clone().scopes(name, scopes))
            });
            each.collect()
        })
    }
}

fn by_flow(name: &str, flows: &OAuthFlows, taken: &mut BTreeSet<String>) -> Vec<(String, Value)> {
    if flows.iter().count() == 1 {
        let flows = flows.iter();
        return flows
            .map(|(grant, flow)| (name.to_owned(), definition(grant, flow)))
            .collect();
    }
    let named = flows.iter().map(|(grant, flow)| {
        let mut name = format!("{name}_{}", flow_name(grant));
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        (name, definition(grant, flow))
    });
    named.collect()
}

fn definition(grant: OAuthGrant, flow: &OAuthFlow) -> Value {
    let mut definition = value(flow);
    if let Value::Object(definition) = &mut definition {
        definition.remove("refreshUrl");
        definition.insert("type".to_owned(), "oauth2".into());
        definition.insert("flow".to_owned(), flow_name(grant).into());
    }
    definition
}

fn flow_name(grant: OAuthGrant) -> &'static str {
    match grant {
        OAuthGrant::Implicit => "implicit",
        OAuthGrant::Password => "password",
        OAuthGrant::ClientCredentials => "application",
        OAuthGrant::AuthorizationCode => "accessCode",
    }
}

fn key(scheme: &SecurityScheme) -> Option<Value> {
    Some(match scheme {
        SecurityScheme::ApiKey {
            location: ApiKeyLocation::Cookie,
            name,
            ..
        } => in_header("Cookie", format!("The cookie `{name}`.")),
        SecurityScheme::ApiKey { location, name, .. } => {
            json!({"type": "apiKey", "in": value(location), "name": name})
        }
        SecurityScheme::Http { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => {
            json!({"type": "basic"})
        }
        SecurityScheme::Http {
            scheme,
            bearer_format,
            ..
        } if scheme.eq_ignore_ascii_case("bearer") => {
            let format = bearer_format
                .as_ref()
                .map(|it| format!(" ({it})"))
                .unwrap_or_default();
            in_header(
                "Authorization",
                format!("`Bearer`, a space and the token{format}."),
            )
        }
        SecurityScheme::Http { scheme, .. } => in_header(
            "Authorization",
            format!("Credentials of the HTTP scheme `{scheme}`."),
        ),
        SecurityScheme::OpenIdConnect { url, .. } => in_header(
            "Authorization",
            format!("`Bearer`, a space and a token of the OpenID Connect provider at <{url}>."),
        ),
        SecurityScheme::OAuth2 { .. } | SecurityScheme::MutualTls { .. } => return None,
    })
}

fn in_header(name: &str, how: String) -> Value {
    json!({"type": "apiKey", "in": "header", "name": name, "description": how})
}

/// Adds the scheme's description and extensions to its definition.
fn add_annotations(scheme: &SecurityScheme, definition: &mut Value) {
    let scheme = value(scheme);
    let members = scheme.as_object().into_iter().flatten();
    for (key, member) in members {
        match (key.as_str(), definition["description"].as_str()) {
            ("description", Some(how)) => {
                let text = member.as_str().unwrap_or_default();
                definition["description"] = format!("{text}\n\n{how}").into();
            }
            ("description", None) => definition["description"] = member.clone(),
            (key, _) if key.starts_with("x-") => definition[key] = member.clone(),
            _ => {}
        }
    }
}
