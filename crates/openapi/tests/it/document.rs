//! A document with every part of the model, and the rules of components.

use purlin_openapi::{
    ApiKeyLocation, Components, Contact, Dialect, Document, Header, Info, License, MediaType,
    Method, Operation, Parameter, ParameterLocation, ParameterStyle, RequestBody, Response, Schema,
    SecurityRequirement, SecurityScheme, Server, Tag,
};
use serde_json::{Value, json};

use crate::support::assert_golden;

fn schema(value: Value) -> Schema {
    Schema(value)
}

fn document() -> Document {
    let mut info = Info::new("Todos", "1.2.3");
    info.description = Some("What is to be done.".to_owned());
    info.contact = Some(
        Contact::new("Ada")
            .url("https://example.com")
            .email("ada@example.com"),
    );
    info.license = Some(License::spdx("MIT", "MIT"));
    info.terms_of_service = Some("https://example.com/terms".to_owned());
    let mut document = Document::new(info);
    document
        .servers
        .push(Server::new("https://example.com/v1").description("production"));
    document
        .tags
        .push(Tag::new("todos").description("All of them."));
    document.security.push(SecurityRequirement::new("key"));

    let mut operation = Operation::new("list_todos");
    operation.summary = Some("List todos".to_owned());
    operation.description = Some("Newest first.".to_owned());
    operation.tags.push("todos".to_owned());
    operation.deprecated = true;
    let mut ids = Parameter::new(
        "ids",
        ParameterLocation::Query,
        schema(json!({"type": "array", "items": {"type": "integer"}})),
    );
    ids.explode = Some(false);
    ids.style = Some(ParameterStyle::Form);
    ids.description = Some("Which ones.".to_owned());
    operation.parameters.push(ids);
    operation.parameters.push(Parameter::new(
        "list",
        ParameterLocation::Path,
        schema(json!({"type": "string"})),
    ));
    let mut response = Response::new("Todos.");
    response.content.insert(
        "application/json".to_owned(),
        MediaType::new(Schema::reference("Todo")),
    );
    response.headers.insert(
        "X-Total".to_owned(),
        Header::new(schema(json!({"type": "integer"}))),
    );
    operation.responses.insert("200".to_owned(), response);
    operation.security = Some(vec![
        SecurityRequirement::new("key").and("bearer"),
        SecurityRequirement::default(),
    ]);
    document.operation("/lists/{list}/todos", Method::Get, operation);

    let mut create = Operation::new("add_todo");
    create.parameters.push(Parameter::new(
        "list",
        ParameterLocation::Path,
        schema(json!({"type": "string"})),
    ));
    create.request_body = Some(RequestBody::required(
        "application/json",
        Schema::reference("Todo"),
    ));
    create
        .responses
        .insert("201".to_owned(), Response::new("Created."));
    document.operation("/lists/{list}/todos", Method::Post, create);

    let components = &mut document.components;
    let todo =
        json!({"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Todo"}}});
    components
        .add_schema("Todo", schema(todo), "`todos::Todo`")
        .unwrap();
    components.security_schemes.insert(
        "key".to_owned(),
        SecurityScheme::api_key(ApiKeyLocation::Header, "X-Key"),
    );
    components
        .security_schemes
        .insert("bearer".to_owned(), SecurityScheme::http("bearer"));
    document
}

#[test]
fn every_part_is_written() {
    let found = document().to_json(Dialect::V3_1);
    assert_golden("todos.v3_1.json", &found);
}

#[test]
fn empty_parts_are_omitted() {
    let document = Document::new(Info::new("Empty", "1"));
    assert_eq!(
        document.to_value(Dialect::V3_1),
        json!({"openapi": "3.1.1", "info": {"title": "Empty", "version": "1"}, "paths": {}})
    );
}

#[test]
fn a_name_has_one_schema() {
    let mut components = Components::default();
    let first = schema(json!({"type": "string"}));
    components
        .add_schema("Name", first.clone(), "`a::Name`")
        .unwrap();
    components
        .add_schema("Name", first.clone(), "`b::Name`")
        .unwrap();
    let clash = components
        .add_schema("Name", schema(json!({"type": "integer"})), "`c::Name`")
        .unwrap_err();
    assert_eq!(
        (clash.first.as_str(), clash.second.as_str()),
        ("`a::Name`", "`c::Name`")
    );
    assert!(clash.to_string().contains("rename one of them"));
    assert_eq!(components.schemas["Name"], first);
}

#[test]
fn unreferenced_schemas_are_pruned() {
    let mut document = document();
    let components = &mut document.components;
    components
        .add_schema(
            "Alone",
            schema(json!({"$ref": "#/components/schemas/Alone"})),
            "",
        )
        .unwrap();
    document.prune();
    assert_eq!(
        document.components.schemas.keys().collect::<Vec<_>>(),
        ["Todo"]
    );
}

#[test]
fn methods_are_parsed_in_the_form_of_http() {
    assert_eq!("PATCH".parse(), Ok(Method::Patch));
    assert_eq!(Method::Patch.to_string(), "patch");
    assert!("patch".parse::<Method>().is_err());
    assert!("BREW".parse::<Method>().is_err());
}
