//! The cases of `operations`.

use serde_json::{Value, json};

use crate::support::{document, operation};

/// Two documents and the finding in each direction, as `SEVERITY RULE`.
pub struct Case {
    pub forward: &'static str,
    pub back: &'static str,
    pub old: Value,
    pub new: Value,
}

fn case(forward: &'static str, back: &'static str, old: Value, new: Value) -> Case {
    Case {
        forward,
        back,
        old,
        new,
    }
}

pub fn all() -> Vec<Case> {
    let mut cases = operations();
    cases.extend(parameters());
    cases.extend(bodies());
    cases.extend(properties());
    cases.extend(responses());
    cases
}

/// Returns the rules that the cases cover.
pub fn rules() -> impl Iterator<Item = &'static str> {
    let names = all().into_iter().flat_map(|case| [case.forward, case.back]);
    names
        .filter_map(|names| names.split_once(' '))
        .map(|(_, rule)| rule)
}

fn operations() -> Vec<Case> {
    let none = || json!({"responses": {}});
    let servers = |urls: &[&str]| {
        let mut document = document(json!({}));
        let servers: Vec<_> = urls.iter().map(|url| json!({"url": url})).collect();
        document["servers"] = json!(servers);
        document
    };
    let called = |callbacks: Value| operation(json!({"callbacks": callbacks}));
    let webhook = |body: Value| {
        let mut document = document(json!({}));
        document["webhooks"] = json!({"done": {"post": body}});
        document
    };
    let sent = json!({"requestBody": {"content": {"a/b": {}}}});
    let webhooks = |webhooks: Value| {
        let mut document = document(json!({}));
        document["webhooks"] = webhooks;
        document
    };
    vec![
        case(
            "breaking api-path-removed-without-deprecation",
            "safe endpoint-added",
            document(json!({"/todos": {"get": none()}, "/lists": {"get": none()}})),
            document(json!({"/lists": {"get": none()}})),
        ),
        case(
            "breaking api-removed-without-deprecation",
            "safe endpoint-added",
            document(json!({"/todos/{id}": {"get": none(), "put": none()}})),
            document(json!({"/todos/{todo}": {"get": none()}})),
        ),
        case(
            "breaking webhook-removed",
            "safe webhook-added",
            webhooks(json!({"done": {"post": {}}})),
            webhooks(json!({})),
        ),
        case(
            "risky webhook-changed",
            "risky webhook-changed",
            webhook(json!({})),
            webhook(sent.clone()),
        ),
        case(
            "breaking callback-removed",
            "safe callback-added",
            called(json!({"done": {"{$request.query.url}": {"post": {}}}})),
            called(json!({})),
        ),
        case(
            "risky callback-changed",
            "risky callback-changed",
            called(json!({"done": {"{$request.query.url}": {"post": {}}}})),
            called(json!({"done": {"{$request.query.url}": {"post": sent}}})),
        ),
        case(
            "risky member-changed",
            "risky member-changed",
            operation(json!({"idempotent": true})),
            operation(json!({"idempotent": false})),
        ),
        case(
            "risky server-removed",
            "safe server-added",
            servers(&["https://a.test/v1", "https://b.test/v1"]),
            servers(&["https://a.test/v1"]),
        ),
        case(
            "breaking api-operation-id-removed",
            "safe api-operation-id-added",
            operation(json!({"operationId": "add"})),
            operation(json!({})),
        ),
        case(
            "breaking api-operation-id-removed",
            "breaking api-operation-id-removed",
            operation(json!({"operationId": "add"})),
            operation(json!({"operationId": "create"})),
        ),
        case(
            "breaking api-tag-removed",
            "safe api-tag-added",
            operation(json!({"tags": ["a", "b"]})),
            operation(json!({"tags": ["a"]})),
        ),
    ]
}

fn parameters() -> Vec<Case> {
    let with = |parameters: Value| operation(json!({"parameters": parameters}));
    let query = |required: bool| json!({"name": "limit", "in": "query", "required": required, "schema": {"type": "integer"}});
    let header = |name: &str| json!({"name": name, "in": "header", "required": true, "schema": {"type": "integer"}});
    let list = |style: &str, explode: bool| {
        let schema = json!({"type": "array", "items": {"type": "string"}});
        with(
            json!([{"name": "ids", "in": "query", "style": style, "explode": explode, "schema": schema}]),
        )
    };
    let flag = |name: &str, kind: &str, value: bool| {
        with(json!([{"name": "a", "in": "query", name: value, "schema": {"type": kind}}]))
    };
    let path = |template: &str, parameters: Value| {
        document(json!({template: {"get": {"parameters": parameters}}}))
    };
    let id = |name: &str| json!([{"name": name, "in": "path", "required": true, "schema": {"type": "string"}}]);
    vec![
        case(
            "breaking new-required-request-parameter",
            "risky request-parameter-removed",
            with(json!([])),
            with(json!([query(true)])),
        ),
        case(
            "safe new-optional-request-parameter",
            "risky request-parameter-removed",
            with(json!([])),
            with(json!([query(false)])),
        ),
        case(
            "breaking request-parameter-became-required",
            "safe request-parameter-became-optional",
            with(json!([query(false)])),
            with(json!([query(true)])),
        ),
        case(
            "breaking new-required-request-parameter",
            "risky request-parameter-removed",
            with(json!([header("X-A")])),
            with(json!([header("x-a"), header("X-B")])),
        ),
        case(
            "breaking new-request-path-parameter",
            "risky request-parameter-removed",
            path("/todos/{id}", json!([])),
            path("/todos/{id}", id("id")),
        ),
        case(
            "safe request-path-parameter-renamed",
            "safe request-path-parameter-renamed",
            path("/todos/{id}", id("id")),
            path("/todos/{todo}", id("todo")),
        ),
        case(
            "breaking request-parameter-empty-value-removed",
            "safe request-parameter-empty-value-added",
            flag("allowEmptyValue", "integer", true),
            flag("allowEmptyValue", "integer", false),
        ),
        case(
            "risky request-parameter-empty-value-removed",
            "safe request-parameter-empty-value-added",
            flag("allowEmptyValue", "string", true),
            flag("allowEmptyValue", "string", false),
        ),
        case(
            "risky request-parameter-allow-reserved-changed",
            "risky request-parameter-allow-reserved-changed",
            flag("allowReserved", "string", true),
            flag("allowReserved", "string", false),
        ),
        case(
            "safe request-parameter-deprecated",
            "safe request-parameter-reactivated",
            flag("deprecated", "string", false),
            flag("deprecated", "string", true),
        ),
        case(
            "breaking request-parameter-style-changed",
            "breaking request-parameter-style-changed",
            with(json!([{"name": "a", "in": "query", "schema": {"type": "string"}}])),
            with(
                json!([{"name": "a", "in": "query", "content": {"application/json": {"schema": {"type": "string"}}}}]),
            ),
        ),
        case(
            "breaking request-parameter-style-changed",
            "breaking request-parameter-style-changed",
            list("form", true),
            list("form", false),
        ),
        case(
            "breaking request-parameter-style-changed",
            "breaking request-parameter-style-changed",
            list("form", false),
            list("pipeDelimited", false),
        ),
    ]
}

fn bodies() -> Vec<Case> {
    let with = |required: bool, media: &[&str]| {
        let content: serde_json::Map<_, _> = media
            .iter()
            .map(|it| ((*it).to_owned(), json!({"schema": {"type": "object"}})))
            .collect();
        operation(json!({"requestBody": {"required": required, "content": content}}))
    };
    let none = || operation(json!({}));
    let encoded = |types: &str| {
        let media =
            json!({"schema": {"type": "object"}, "encoding": {"f": {"contentType": types}}});
        operation(json!({"requestBody": {"content": {"multipart/form-data": media}}}))
    };
    let range = |name: &str| operation(json!({"requestBody": {"content": {name: {}}}}));
    vec![
        case(
            "breaking media-type-encoding-changed",
            "safe media-type-encoding-changed",
            encoded("image/png, image/jpeg"),
            encoded("image/png"),
        ),
        case(
            "breaking request-body-media-type-removed",
            "safe request-body-media-type-added",
            range("text/*"),
            range("text/csv"),
        ),
        case(
            "breaking request-body-added-required",
            "breaking request-body-removed",
            none(),
            with(true, &["a/b"]),
        ),
        case(
            "safe request-body-added-optional",
            "breaking request-body-removed",
            none(),
            with(false, &["a/b"]),
        ),
        case(
            "breaking request-body-became-required",
            "safe request-body-became-optional",
            with(false, &["a/b"]),
            with(true, &["a/b"]),
        ),
        case(
            "breaking request-body-media-type-removed",
            "safe request-body-media-type-added",
            with(true, &["a/b", "a/c"]),
            with(true, &["A/B; charset=utf-8"]),
        ),
    ]
}

fn properties() -> Vec<Case> {
    let request = |schema: Value| {
        operation(json!({"requestBody": {"content": {"application/json": {"schema": schema}}}}))
    };
    let response = |schema: Value| {
        operation(
            json!({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}),
        )
    };
    let with = |names: &[&str], required: &[&str]| {
        let properties: serde_json::Map<_, _> = names
            .iter()
            .map(|it| ((*it).to_owned(), json!({"type": "string"})))
            .collect();
        json!({"type": "object", "properties": properties, "required": required})
    };
    let defaulted = |required: &[&str]| {
        let text = json!({"type": "string"});
        let with_default = json!({"type": "string", "default": "b"});
        json!({"type": "object", "properties": {"a": text, "b": with_default}, "required": required})
    };
    vec![
        case(
            "breaking new-required-request-property",
            "risky request-property-removed",
            request(with(&["a"], &[])),
            request(with(&["a", "b"], &["b"])),
        ),
        case(
            "breaking new-required-request-property-with-default",
            "risky request-property-removed",
            request(with(&["a"], &[])),
            request(defaulted(&["b"])),
        ),
        case(
            "safe new-optional-request-property",
            "risky request-property-removed",
            request(with(&["a"], &[])),
            request(with(&["a", "b"], &[])),
        ),
        case(
            "breaking request-property-became-required",
            "safe request-property-became-optional",
            request(with(&["a"], &[])),
            request(with(&["a"], &["a"])),
        ),
        case(
            "breaking request-property-became-required-with-default",
            "safe request-property-became-optional",
            request(defaulted(&[])),
            request(defaulted(&["b"])),
        ),
        case(
            "breaking response-required-property-removed",
            "safe response-required-property-added",
            response(with(&["a", "b"], &["b"])),
            response(with(&["a"], &[])),
        ),
        case(
            "risky response-optional-property-removed",
            "safe response-optional-property-added",
            response(with(&["a", "b"], &[])),
            response(with(&["a"], &[])),
        ),
        case(
            "breaking response-property-became-optional",
            "safe response-property-became-required",
            response(with(&["a"], &["a"])),
            response(with(&["a"], &[])),
        ),
    ]
}

fn responses() -> Vec<Case> {
    let statuses = |all: &[&str]| {
        let responses: serde_json::Map<_, _> = all
            .iter()
            .map(|it| ((*it).to_owned(), json!({"description": ""})))
            .collect();
        operation(json!({"responses": responses}))
    };
    let media = |all: &[&str]| {
        let content: serde_json::Map<_, _> =
            all.iter().map(|it| ((*it).to_owned(), json!({}))).collect();
        operation(json!({"responses": {"200": {"content": content}}}))
    };
    let headers = |headers: Value| operation(json!({"responses": {"200": {"headers": headers}}}));
    let list =
        |explode: bool| headers(json!({"X-A": {"explode": explode, "schema": {"type": "object"}}}));
    let links = |links: Value| operation(json!({"responses": {"200": {"links": links}}}));
    let header = |required: bool| {
        headers(json!({"X-Total": {"required": required, "schema": {"type": "integer"}}}))
    };
    vec![
        case(
            "breaking response-success-status-removed",
            "safe response-success-status-added",
            statuses(&["200", "201"]),
            statuses(&["200"]),
        ),
        case(
            "safe response-non-success-status-removed",
            "safe response-non-success-status-added",
            statuses(&["200", "404"]),
            statuses(&["200"]),
        ),
        case(
            "breaking response-media-type-removed",
            "safe response-media-type-added",
            media(&["a/b", "a/c"]),
            media(&["a/b"]),
        ),
        case(
            "breaking required-response-header-removed",
            "safe response-header-added",
            header(true),
            headers(json!({})),
        ),
        case(
            "risky optional-response-header-removed",
            "safe response-header-added",
            header(false),
            headers(json!({})),
        ),
        case(
            "breaking response-header-style-changed",
            "breaking response-header-style-changed",
            list(true),
            list(false),
        ),
        case(
            "safe response-header-deprecated",
            "safe response-header-reactivated",
            headers(json!({"X-A": {"schema": {}}})),
            headers(json!({"X-A": {"schema": {}, "deprecated": true}})),
        ),
        case(
            "risky response-link-removed",
            "safe response-link-added",
            links(json!({"next": {"operationId": "next"}})),
            links(json!({})),
        ),
        case(
            "risky response-link-changed",
            "risky response-link-changed",
            links(json!({"next": {"operationId": "next"}})),
            links(json!({"next": {"operationId": "other"}})),
        ),
        case(
            "breaking response-header-became-optional",
            "safe response-header-became-required",
            header(true),
            header(false),
        ),
    ]
}
