//! The comparison of operations, parameters, bodies and responses.

use serde_json::{Value, json};

use crate::{
    operation_cases::{Case, all},
    support::{assert_pointers_exist, document, found, names, operation, report},
};

#[test]
fn every_change_is_found_in_both_directions() {
    for Case {
        forward,
        back,
        old,
        new,
    } in all()
    {
        for (one, other, expected) in [(&old, &new, forward), (&new, &old, back)] {
            let report = report(one, other);
            assert_eq!(names(&report), [expected], "{one}\n{other}\n{report:#?}");
            assert_pointers_exist(&report, one, other);
        }
    }
}

#[test]
fn a_document_is_equal_to_itself() {
    for Case { old, new, .. } in all() {
        assert_eq!(found(&old, &old), [""; 0], "{old}");
        assert_eq!(found(&new, &new), [""; 0], "{new}");
    }
}

#[test]
fn read_only_and_write_only_properties_affect_one_direction() {
    let with = |properties: Value| {
        let content =
            json!({"application/json": {"schema": {"type": "object", "properties": properties}}});
        operation(
            json!({"requestBody": {"content": content}, "responses": {"200": {"content": content}}}),
        )
    };
    let of = |one: &str| {
        let mut property = json!({"type": "string"});
        property[one] = json!(true);
        property
    };
    let none = with(json!({}));
    assert_eq!(
        found(&none, &with(json!({"a": of("readOnly")}))),
        ["safe response-optional-property-added"]
    );
    assert_eq!(
        found(&with(json!({"a": of("writeOnly")})), &none),
        ["risky request-property-removed"]
    );
}

#[test]
fn operations_inherit_the_parameters_of_their_path() {
    let limit = json!({"name": "limit", "in": "query", "schema": {"type": "integer"}});
    let shared = document(json!({"/todos": {"parameters": [limit], "get": {}}}));
    let own = document(json!({"/todos": {"get": {"parameters": [limit]}}}));
    assert_eq!(found(&shared, &own), [""; 0]);
    let mut strict = limit.clone();
    strict["required"] = json!(true);
    let overridden =
        document(json!({"/todos": {"parameters": [limit], "get": {"parameters": [strict]}}}));
    assert_eq!(
        found(&shared, &overridden),
        ["breaking request-parameter-became-required"]
    );
}

#[test]
fn headers_described_by_other_objects_are_not_parameters() {
    let accept = json!({"parameters": [{"name": "Accept", "in": "header", "required": true, "schema": {"type": "string"}}]});
    assert_eq!(found(&operation(json!({})), &operation(accept)), [""; 0]);
}

#[test]
fn base_paths_are_part_of_paths() {
    let at = |url: &str, path: &str| {
        let mut document = document(json!({path: {"get": {"responses": {}}}}));
        document["servers"] = json!([{"url": url}]);
        document
    };
    assert_eq!(
        found(&at("https://a.test/v1", "/todos"), &at("/", "/v1/todos")),
        ["risky server-removed", "safe server-added"]
    );
    assert_eq!(
        found(
            &at("https://a.test/v1", "/todos"),
            &at("https://a.test/v2", "/todos")
        ),
        [
            "breaking api-path-removed-without-deprecation",
            "risky server-removed",
            "safe endpoint-added",
            "safe server-added"
        ]
    );
    let swagger = json!({"swagger": "2.0", "info": {"title": "", "version": "1"}, "basePath": "/v1", "paths": {"/todos": {"get": {}}}});
    assert_eq!(
        found(&swagger, &at("https://a.test/v1/", "/todos")),
        [""; 0]
    );
}

#[test]
fn a_finding_has_operation_pointers_and_message() {
    let old = document(
        json!({"/a~b": {"get": {"parameters": [{"name": "limit", "in": "query", "schema": {"maximum": 9, "type": "integer"}}]}}}),
    );
    let mut new = old.clone();
    new["paths"]["/a~b"]["get"]["parameters"][0]["schema"]["maximum"] = json!(5);
    let finding = report(&old, &new).findings.remove(0);
    assert_eq!(finding.operation.as_deref(), Some("GET /a~b"));
    assert_eq!(
        finding.old_pointer,
        "/paths/~1a~0b/get/parameters/0/schema/maximum"
    );
    assert_eq!(
        finding.new_pointer.as_deref(),
        Some("/paths/~1a~0b/get/parameters/0/schema/maximum")
    );
    assert_eq!(
        finding.to_string(),
        "breaking request-parameter-max-decreased: GET /a~b: the query parameter `limit`: maximum changed from 9 to 5"
    );
}

#[test]
fn a_status_that_is_not_listed_is_described_by_default() {
    let with = |status: &str, kind: &str| {
        let schema = json!({"type": "object", "properties": {"message": {"type": kind}}, "required": ["message"]});
        let content = json!({"application/json": {"schema": schema}});
        operation(json!({"responses": {status: {"content": content}}}))
    };
    assert_eq!(
        found(&with("default", "string"), &with("404", "string")),
        [
            "safe response-non-success-status-added",
            "safe response-non-success-status-removed"
        ]
    );
    for (old, new) in [("default", "404"), ("500", "default")] {
        assert_eq!(
            found(&with(old, "string"), &with(new, "integer")),
            [
                "breaking response-property-type-changed",
                "safe response-non-success-status-added",
                "safe response-non-success-status-removed"
            ]
        );
    }
    let none = operation(json!({}));
    let report = report(&none, &with("200", "string"));
    assert_pointers_exist(&report, &none, &with("200", "string"));
}
