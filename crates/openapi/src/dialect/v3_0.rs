//! OpenAPI 3.0.4, converted from the written 3.1 document. Schemas are
//! converted by `lower`.

use serde_json::{Map, Value};

use super::{
    Dialect, license, lower::Lowering, security::OperationSecurity, shared, v3_1, value, visit,
};
use crate::{Document, SecurityRequirement, SecurityScheme};

pub(super) fn write(document: &Document) -> Value {
    let mut root = v3_1::write_in_place(document);
    let schemas = Lowering::of(root.pointer("/components/schemas"));
    visit::for_each_schema(&mut root, &mut |schema| {
        schemas.lower(schema);
    });
    if let Value::Object(root) = &mut root {
        let version = Value::from(Dialect::V3_0.version_text());
        root.insert("openapi".to_owned(), version);
        if let Some(info) = root.get_mut("info") {
            license::lower(info);
        }
        security(root, document);
    }
    shared::share(&mut root);
    root
}

fn security(root: &mut Map<String, Value>, document: &Document) {
    let translate = |requirement: &SecurityRequirement| stated(requirement, document);
    drop_client_certificates(root);
    set_security(root, document.security.iter().flat_map(translate).collect());
    let operations = document.paths.iter().flat_map(|(template, item)| {
        let methods = item.operations.iter();
        methods.map(move |(method, operation)| (template, method, operation))
    });
    for (template, method, operation) in operations {
        let item = root.get_mut("paths").and_then(|it| it.get_mut(template));
        let written = item.and_then(|it| it.get_mut(method.as_str()));
        let Some(written) = written.and_then(Value::as_object_mut) else {
            continue;
        };
        let access = OperationSecurity::of(operation, document, translate);
        if let Some(description) = access.description(operation) {
            written.insert("description".to_owned(), description.into());
        }
        if let Some(security) = access.security {
            written.insert("security".to_owned(), value(&security));
        }
    }
}

fn set_security(root: &mut Map<String, Value>, security: Vec<SecurityRequirement>) {
    if security.is_empty() {
        root.remove("security");
    } else {
        root.insert("security".to_owned(), value(&security));
    }
}

fn drop_client_certificates(root: &mut Map<String, Value>) {
    let Some(Value::Object(components)) = root.get_mut("components") else {
        return;
    };
    if let Some(Value::Object(schemes)) = components.get_mut("securitySchemes") {
        schemes.retain(|_, scheme| scheme["type"] != "mutualTLS");
        if schemes.is_empty() {
            components.remove("securitySchemes");
        }
    }
    if components.is_empty() {
        root.remove("components");
    }
}

/// Converts a requirement: OpenAPI 3.0 has no client certificates, and scopes
/// only for OAuth 2.0 and `OpenID` Connect.
fn stated(requirement: &SecurityRequirement, document: &Document) -> Vec<SecurityRequirement> {
    let schemes = &document.components.security_schemes;
    let mut stated = SecurityRequirement::default();
    for (name, scopes) in requirement.iter() {
        stated = match schemes.get(name) {
            Some(SecurityScheme::MutualTls { .. }) => return Vec::new(),
            Some(SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIdConnect { .. }) => {
                stated.scopes(name, scopes)
            }
            _ => stated.and(name),
        };
    }
    vec![stated]
}
