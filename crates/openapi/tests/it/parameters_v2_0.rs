//! Parameters, forms and headers of Swagger 2.0, which have no schemas.

use crate::support::with_schemas;
use purlin_openapi::{
    Dialect, Document, Encoding, Info, MediaType, Method, Operation, Parameter, ParameterLocation,
    ParameterStyle, RequestBody, Response, Schema,
};
use serde_json::{Value, json};

/// Returns the members of an operation that describe its request.
fn request(operation: Operation) -> Value {
    let mut document = with_schemas(&json!({
        "Size": {"oneOf": [{"const": "s"}, {"const": "l"}]},
        "Limit": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10},
        "Text": {"type": "string", "maxLength": 5},
        "Deep": {"allOf": [{"$ref": "#/components/schemas/Text"}, {"minLength": 1, "maxLength": 9}]},
        "Tree": {"allOf": [{"$ref": "#/components/schemas/Tree"}]},
        "Form": {
            "type": "object",
            "required": ["file", "size"],
            "properties": {
                "file": {"contentMediaType": "image/png", "description": "A picture."},
                "files": {"type": "array", "items": {"contentMediaType": "image/png"}},
                "size": {"$ref": "#/components/schemas/Size"},
                "about": {"type": "object"},
                "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Text"}},
            },
        },
    }));
    document.operation("/a", Method::Post, operation);
    document.to_value(Dialect::V2_0)["paths"]["/a"]["post"].clone()
}

fn one(location: ParameterLocation, schema: Value) -> Parameter {
    Parameter::new("it", location, Schema(schema))
}

fn parameters(parameter: Parameter) -> Value {
    let mut operation = Operation::new("it");
    operation.parameters.push(parameter);
    request(operation)["parameters"].clone()
}

#[test]
fn references_are_inlined_and_constraints_kept() {
    let cases = [
        (
            json!({"$ref": "#/components/schemas/Size"}),
            json!({"type": "string", "enum": ["s", "l"]}),
        ),
        (
            json!({"$ref": "#/components/schemas/Limit", "default": 3}),
            json!({"type": "integer", "minimum": 1, "maximum": 10, "exclusiveMaximum": true, "default": 3}),
        ),
        // One of several bounds allows more values than all of them.
        (
            json!({"$ref": "#/components/schemas/Deep"}),
            json!({"type": "string", "maxLength": 5, "minLength": 1}),
        ),
        // The flag belongs to the other maximum.
        (
            json!({"$ref": "#/components/schemas/Limit", "maximum": 5}),
            json!({"type": "integer", "minimum": 1, "maximum": 5}),
        ),
        // `null` has no textual form.
        (
            json!({"anyOf": [{"$ref": "#/components/schemas/Limit"}, {"type": "null"}], "default": null}),
            json!({"type": "integer", "minimum": 1, "maximum": 10, "exclusiveMaximum": true}),
        ),
        (
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        // A value without a type is a string.
        (
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
            json!({"type": "string"}),
        ),
        (json!(true), json!({"type": "string"})),
        (
            json!({"$ref": "#/components/schemas/Tree"}),
            json!({"type": "string"}),
        ),
    ];
    for (schema, expected) in cases {
        let mut expected = expected;
        expected["name"] = "it".into();
        expected["in"] = "query".into();
        let found = parameters(one(ParameterLocation::Query, schema.clone()));
        assert_eq!(found, json!([expected]), "from {schema}");
    }
}

#[test]
fn arrays_have_a_collection_format() {
    let list = || json!({"type": "array", "items": {"$ref": "#/components/schemas/Text"}});
    let format = |parameter| parameters(parameter)[0]["collectionFormat"].clone();
    assert_eq!(format(one(ParameterLocation::Query, list())), "multi");
    assert_eq!(format(one(ParameterLocation::Header, list())), "csv");
    assert_eq!(format(one(ParameterLocation::Path, list())), "csv");
    let mut commas = one(ParameterLocation::Query, list());
    commas.style = Some(ParameterStyle::Form);
    commas.explode = Some(false);
    assert_eq!(format(commas), "csv");

    let nested = json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}});
    let nested = parameters(one(ParameterLocation::Query, nested));
    assert_eq!(nested[0]["items"], json!({"type": "string"}));
}

#[test]
fn an_object_in_the_query_is_a_parameter_per_property() {
    let object = || {
        json!({
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer"}, "b": {"type": "string", "description": "B."}},
        })
    };
    let mut deep = one(ParameterLocation::Query, object());
    deep.style = Some(ParameterStyle::DeepObject);
    deep.required = true;
    deep.description = Some("All.".to_owned());
    assert_eq!(
        parameters(deep),
        json!([
            {"name": "it[a]", "in": "query", "required": true, "type": "integer", "description": "All."},
            {"name": "it[b]", "in": "query", "type": "string", "description": "B."},
        ])
    );
    assert_eq!(
        parameters(one(ParameterLocation::Query, object())),
        json!([
            {"name": "a", "in": "query", "type": "integer"},
            {"name": "b", "in": "query", "type": "string", "description": "B."},
        ])
    );
    // Serialized as one string, it has no properties.
    let mut text = one(ParameterLocation::Query, object());
    text.explode = Some(false);
    assert_eq!(
        parameters(text),
        json!([{"name": "it", "in": "query", "type": "string"}])
    );
    let any = one(ParameterLocation::Query, json!({"type": "object"}));
    assert_eq!(parameters(any), Value::Null);
}

#[test]
fn cookie_parameters_are_omitted() {
    assert_eq!(
        parameters(one(ParameterLocation::Cookie, json!({"type": "string"}))),
        Value::Null
    );
}

fn form(media_types: &[&str]) -> RequestBody {
    let mut body = RequestBody::default();
    body.required = true;
    let media_type = MediaType::new(Schema::reference("Form"))
        .encoding("tags", Encoding::style(ParameterStyle::Form, false));
    for name in media_types {
        body.content.insert((*name).to_owned(), media_type.clone());
    }
    body
}

fn with_body(body: RequestBody) -> Value {
    let mut operation = Operation::new("it");
    operation.request_body = Some(body);
    request(operation)
}

#[test]
fn a_form_is_a_parameter_per_field() {
    let written = with_body(form(&["multipart/form-data"]));
    assert_eq!(written["consumes"], json!(["multipart/form-data"]));
    assert_eq!(
        written["parameters"],
        json!([
            {"name": "about", "in": "formData", "type": "string"},
            {"name": "file", "in": "formData", "type": "file", "required": true, "description": "A picture."},
            {"name": "files", "in": "formData", "type": "file"},
            {"name": "size", "in": "formData", "type": "string", "enum": ["s", "l"], "required": true},
            {
                "name": "tags", "in": "formData", "type": "array", "collectionFormat": "csv",
                "items": {"type": "string", "maxLength": 5},
            },
        ])
    );
}

#[test]
fn files_need_a_multipart_form() {
    let written = with_body(form(&["application/x-www-form-urlencoded"]));
    let file = &written["parameters"][1];
    assert_eq!(
        (&file["name"], &file["type"]),
        (&json!("file"), &json!("string"))
    );
}

#[test]
fn an_optional_form_has_no_required_fields() {
    let mut body = form(&["multipart/form-data"]);
    body.required = false;
    let written = with_body(body);
    let fields = written["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert!(!fields.is_empty() && fields.iter().all(|it| it.get("required").is_none()));
}

#[test]
fn a_body_is_one_parameter_and_precedes_forms() {
    let mut body = form(&["multipart/form-data"]);
    for (name, schema) in [
        ("application/json", Schema::reference("Text")),
        ("application/merge-patch+json", Schema::reference("Text")),
        ("text/csv", Schema(json!({"type": "string"}))),
    ] {
        body.content.insert(name.to_owned(), MediaType::new(schema));
    }
    let written = with_body(body);
    // The schema applies to these two.
    assert_eq!(
        written["consumes"],
        json!(["application/json", "application/merge-patch+json"])
    );
    assert_eq!(
        written["parameters"],
        json!([{"name": "Text", "in": "body", "required": true, "schema": {"$ref": "#/definitions/Text"}}])
    );
    let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/Text"}});
    let written = with_body(RequestBody::required("application/json", Schema(list)));
    assert_eq!(written["parameters"][0]["name"], "body");
}

#[test]
fn headers_are_converted_like_parameters() {
    let mut response = Response::new("Ok.");
    let mut header =
        purlin_openapi::Header::new(Schema(json!({"type": ["integer", "null"], "minimum": 0})));
    header.description = Some("How many.".to_owned());
    header.required = true;
    response.headers.insert("X-Total".to_owned(), header);
    let mut operation = Operation::new("it");
    operation.responses.insert("200".to_owned(), response);
    let mut document = Document::new(Info::new("Headers", "1"));
    document.operation("/a", Method::Get, operation);
    assert_eq!(
        document.to_value(Dialect::V2_0)["paths"]["/a"]["get"]["responses"]["200"]["headers"],
        json!({"X-Total": {"type": "integer", "minimum": 0, "description": "How many."}})
    );
}

#[test]
fn styles_of_lists_are_collection_formats() {
    for (style, explode, format) in [
        (None, None, "multi"),
        (None, Some(false), "csv"),
        (Some(ParameterStyle::Form), Some(false), "csv"),
        (Some(ParameterStyle::SpaceDelimited), Some(false), "ssv"),
        (Some(ParameterStyle::SpaceDelimited), None, "ssv"),
        (Some(ParameterStyle::PipeDelimited), Some(false), "pipes"),
        (Some(ParameterStyle::PipeDelimited), Some(true), "multi"),
    ] {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let mut parameter = one(ParameterLocation::Query, list.clone());
        (parameter.style, parameter.explode) = (style, explode);
        assert_eq!(
            parameters(parameter)[0]["collectionFormat"],
            format,
            "{style:?}"
        );
        let header = one(ParameterLocation::Header, list);
        assert_eq!(parameters(header)[0]["collectionFormat"], "csv");
    }
}

#[test]
fn deep_object_in_a_form_is_a_field_for_each_property() {
    let filter = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"$ref": "#/components/schemas/Text"},
            "age": {"type": "integer"},
        },
    });
    let schema =
        Schema(json!({"type": "object", "required": ["filter"], "properties": {"filter": filter}}));
    let encoding = Encoding::style(ParameterStyle::DeepObject, true);
    let media_type = MediaType::new(schema.clone()).encoding("filter", encoding);
    let name = "application/x-www-form-urlencoded";
    let mut body = RequestBody::required(name, schema);
    body.content.insert(name.to_owned(), media_type);
    let mut operation = Operation::new("it");
    operation.request_body = Some(body);
    assert_eq!(
        request(operation)["parameters"],
        json!([
            {"name": "filter[age]", "in": "formData", "type": "integer"},
            {"name": "filter[name]", "in": "formData", "type": "string", "maxLength": 5, "required": true},
        ])
    );
}
