//! Behavior of the model.

use crate::support::with_schemas;
use purlin_openapi::{
    ApiKeyLocation, Dialect, Document, Encoding, Example, Extensions, Header, Info, License,
    MediaType, Method, Operation, RequestBody, Response, Schema, SecurityRequirement,
    SecurityScheme,
};
use serde_json::json;

#[test]
fn extension_names_start_with_x() {
    let mut extensions = Extensions::default();
    extensions.insert("x-own", 1).unwrap();
    let refused = extensions.insert("title", "mine").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the name of the extension `title` does not start with `x-`"
    );
    assert_eq!(
        extensions.iter().collect::<Vec<_>>(),
        [("x-own", &json!(1))]
    );
    assert_eq!(extensions.get("x-own"), Some(&json!(1)));
    assert!(!extensions.is_empty());
}

#[test]
fn an_unnamed_example_beside_named_ones_gets_a_name() {
    let media_type = MediaType::new(Schema(json!(true)));
    let written = |media_type: MediaType| {
        let mut response = Response::new("Ok.");
        response.content.insert("text/plain".to_owned(), media_type);
        let mut operation = Operation::new("it");
        operation.responses.insert("200".to_owned(), response);
        let mut document = Document::new(Info::new("Examples", "1"));
        document.operation("/a", Method::Get, operation);
        document.to_value(Dialect::V3_1)["paths"]["/a"]["get"]["responses"]["200"]["content"]["text/plain"].clone()
    };
    let alone = written(media_type.clone().example("a"));
    assert_eq!(alone, json!({"schema": true, "example": "a"}));
    let both = media_type
        .example("a")
        .named_example("b", Example::new("b").summary("B"));
    assert_eq!(
        written(both),
        json!({"schema": true, "examples": {"example": {"value": "a"}, "b": {"value": "b", "summary": "B"}}})
    );
}

#[test]
fn licenses_with_one_identifier_have_a_url_in_older_dialects() {
    let license = |license: License, dialect| {
        let mut info = Info::new("Licence", "1");
        info.license = Some(license);
        Document::new(info).to_value(dialect)["info"]["license"].clone()
    };
    for dialect in [Dialect::V2_0, Dialect::V3_0] {
        assert_eq!(
            license(License::spdx("MIT", "MIT"), dialect),
            json!({"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"})
        );
        assert_eq!(
            license(License::spdx("Either", "MIT OR Apache-2.0"), dialect),
            json!({"name": "Either"})
        );
        assert_eq!(
            license(License::spdx("Ours", "LicenseRef-Ours"), dialect),
            json!({"name": "Ours"})
        );
        assert_eq!(
            license(License::at("Ours", "/licence"), dialect),
            json!({"name": "Ours", "url": "/licence"})
        );
    }
}

#[test]
fn referenced_components_are_not_pruned() {
    let schemas = ["InBody", "InPart", "InHeader", "Inner", "Alone"];
    let mut document = with_schemas(
        &schemas
            .map(|it| (it, json!({"title": it})))
            .into_iter()
            .collect(),
    );
    let inner = json!({"items": {"$ref": "#/components/schemas/Inner"}});
    document
        .components
        .schemas
        .insert("InBody".to_owned(), Schema(inner));
    for name in ["of_document", "of_operation", "unused"] {
        let scheme = SecurityScheme::api_key(ApiKeyLocation::Header, name);
        document
            .components
            .security_schemes
            .insert(name.to_owned(), scheme);
    }
    document.security = vec![SecurityRequirement::new("of_document")];
    let mut operation = Operation::new("it");
    operation.security = Some(vec![SecurityRequirement::new("of_operation")]);
    let part = Encoding::content_type("text/plain")
        .header("X-Part", Header::new(Schema::reference("InPart")));
    let mut body = RequestBody::required("multipart/form-data", Schema::reference("InBody"));
    let form = MediaType::new(Schema::reference("InBody")).encoding("part", part);
    body.content.insert("multipart/form-data".to_owned(), form);
    operation.request_body = Some(body);
    let mut response = Response::new("Ok.");
    response.headers.insert(
        "X-It".to_owned(),
        Header::new(Schema::reference("InHeader")),
    );
    operation.responses.insert("200".to_owned(), response);
    document.operation("/a", Method::Post, operation);

    document.prune();
    let components = &document.components;
    assert_eq!(
        components.schemas.keys().collect::<Vec<_>>(),
        ["InBody", "InHeader", "InPart", "Inner"]
    );
    assert_eq!(
        components.security_schemes.keys().collect::<Vec<_>>(),
        ["of_document", "of_operation"]
    );
}
