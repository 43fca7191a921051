//! A document with every part of the model and every schema keyword that the
//! dialects treat differently.

mod operations;

use purlin_openapi::{
    ApiKeyLocation, Contact, Document, ExternalDocs, Info, License, OAuthFlow, OAuthFlows, Schema,
    SecurityRequirement, SecurityScheme, Server, ServerVariable, Tag,
};
use serde_json::{Value, json};

pub fn document() -> Document {
    let mut document = Document::new(info());
    document.servers = vec![
        Server::new("https://{region}.todos.test/v1")
            .description("production")
            .variable(
                "region",
                ServerVariable::new("eu")
                    .description("Where the todos are kept.")
                    .choices(["eu", "us"]),
            ),
        Server::new("http://eu.todos.test/v1"),
    ];
    document.tags = vec![
        Tag::new("todos")
            .description("What is to be done.")
            .external_docs(ExternalDocs::new("https://todos.test/docs").description("The guide.")),
        Tag::new("files").description("What belongs to a todo."),
    ];
    document.external_docs = Some(ExternalDocs::new("https://todos.test/docs"));
    document.extensions.insert("x-audience", "public").unwrap();
    document.security = vec![SecurityRequirement::new("key")];
    security_schemes(&mut document);
    for (name, schema) in schemas().as_object().unwrap() {
        let schema = Schema(schema.clone());
        document.components.add_schema(name, schema, name).unwrap();
    }
    operations::add(&mut document);
    document
}

fn info() -> Info {
    let mut info = Info::new("Todos", "1.2.3");
    info.description = Some("What is to be done.\n\n- now\n- later".to_owned());
    info.contact = Some(
        Contact::new("Ada")
            .email("ada@todos.test")
            .url("https://todos.test"),
    );
    info.license = Some(License::spdx("Apache 2.0", "Apache-2.0"));
    info.terms_of_service = Some("https://todos.test/terms".to_owned());
    info.extensions
        .insert("x-logo", json!({"url": "https://todos.test/logo.svg"}))
        .unwrap();
    info
}

fn security_schemes(document: &mut Document) {
    let flows = OAuthFlows::new(
        OAuthFlow::authorization_code(
            "https://id.todos.test/authorize",
            "https://id.todos.test/token",
        )
        .refresh_url("https://id.todos.test/refresh")
        .scope("todos:read", "Read todos.")
        .scope("todos:write", "Write todos."),
    )
    .and(
        OAuthFlow::client_credentials("https://id.todos.test/token")
            .scope("todos:read", "Read todos."),
    )
    .and(OAuthFlow::password("https://id.todos.test/token").scope("todos:read", "Read todos."))
    .and(OAuthFlow::implicit("https://id.todos.test/authorize").scope("todos:read", "Read todos."));
    let mut key =
        SecurityScheme::api_key(ApiKeyLocation::Header, "X-Key").description("One a client.");
    key.extensions_mut().insert("x-rotates", true).unwrap();
    let schemes = [
        ("key", key),
        (
            "query",
            SecurityScheme::api_key(ApiKeyLocation::Query, "key"),
        ),
        (
            "session",
            SecurityScheme::api_key(ApiKeyLocation::Cookie, "sid"),
        ),
        ("basic", SecurityScheme::basic()),
        (
            "bearer",
            SecurityScheme::bearer("JWT").description("Of our own."),
        ),
        ("digest", SecurityScheme::http("digest")),
        ("oauth", SecurityScheme::oauth2(flows)),
        (
            "openid",
            SecurityScheme::open_id_connect(
                "https://id.todos.test/.well-known/openid-configuration",
            ),
        ),
        ("mtls", SecurityScheme::mutual_tls()),
    ];
    let schemes = schemes.map(|(name, scheme)| (name.to_owned(), scheme));
    document.components.security_schemes.extend(schemes);
}

fn schemas() -> Value {
    json!({
        "Todo": {
            "type": "object",
            "description": "Something to be done.",
            "additionalProperties": false,
            "required": ["title", "kind", "after", "window"],
            "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["Sing", "Dance"]},
                "kind": {"const": "todo"},
                "note": {"type": ["string", "null"], "description": "Anything else."},
                "priority": {
                    "anyOf": [{"$ref": "#/components/schemas/Priority"}, {"type": "null"}],
                    "description": "How soon.",
                },
                "size": {"$ref": "#/components/schemas/Size", "description": "How much.", "default": "small"},
                "after": {"type": "array", "items": {"$ref": "#/components/schemas/Todo"}, "default": []},
                "window": {
                    "type": "array",
                    "prefixItems": [{"type": "string", "format": "date"}, {"type": "integer"}],
                    "items": {"type": "null"},
                    "maxItems": 2,
                    "minItems": 2,
                },
                "effort": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                "labels": {
                    "type": "object",
                    "propertyNames": {"maxLength": 20},
                    "patternProperties": {"^[a-z]+$": {"type": "string"}},
                    "additionalProperties": false,
                },
                "secret": {"type": "string", "writeOnly": true, "deprecated": true},
                "thumbnail": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
                "extra": true,
                "value": {"type": ["string", "integer", "null"], "minLength": 1, "minimum": 0},
                "state": {"enum": ["open", "done", null]},
                "owner": {
                    "not": {"properties": {"name": {"const": "root"}}, "required": ["name"]},
                    "type": "object",
                },
            },
        },
        "Priority": {
            "description": "How soon.",
            "oneOf": [
                {"const": "low", "type": "string", "description": "Some day."},
                {"const": "high", "type": "string", "description": "Today."},
            ],
        },
        "Size": {"type": "string", "enum": ["small", "large"]},
        "Event": {
            "description": "What happened to a todo.",
            "oneOf": [
                {"$ref": "#/components/schemas/Added"},
                {"$ref": "#/components/schemas/Finished"},
            ],
        },
        "Added": {
            "type": "object",
            "required": ["type", "todo"],
            "properties": {
                "type": {"type": "string", "const": "added"},
                "todo": {"$ref": "#/components/schemas/Todo"},
            },
        },
        "Finished": {
            "type": "object",
            "required": ["type", "at"],
            "properties": {
                "type": {"type": "string", "enum": ["finished"]},
                "at": {"type": "string", "format": "date-time"},
            },
        },
        "Filter": {
            "type": "object",
            "required": ["state"],
            "properties": {
                "state": {"$ref": "#/components/schemas/Size"},
                "since": {"type": ["string", "null"], "format": "date"},
            },
        },
        "Upload": {
            "type": "object",
            "required": ["file", "labels"],
            "properties": {
                "file": {"type": "string", "contentMediaType": "application/octet-stream", "description": "The file."},
                "labels": {"type": "array", "items": {"type": "string"}},
                "about": {"$ref": "#/components/schemas/Finished"},
            },
        },
        "Problem": {
            "type": "object",
            "required": ["status"],
            "properties": {"status": {"type": "integer", "format": "uint16", "minimum": 400, "maximum": 599}},
        },
    })
}
