//! Parts of the document. Whole documents are in `registries.rs`.
//!
//! Absent on purpose: custom converters (types describe themselves), a `default`
//! response for everything, and `operationId`s that are not unique.

use std::{collections::BTreeMap, net::IpAddr};

use purlin_router::{
    Json, Operation,
    auth::{HeaderApiKey, all_of},
    extract::{Headers, Path, Query},
    openapi::{ExternalDocs, Server, ServerVariable, Tag},
    reply::NoContent,
    schema,
    schemas::CommaSeparated,
};
use serde_json::{Value, json};

use super::{Caller, Guest, client, document, done, echo, errors, hello, rebar, swagger};

/// A schema with every kind of field.
#[schema]
struct Everything {
    integer: i64,
    number: f64,
    string: String,
    boolean: bool,
    /// A description of a field.
    described: String,
    #[serde(rename = "dataKey")]
    renamed: String,
    nullable: Option<String>,
    #[serde(default = "seven")]
    defaulted: i64,
    list: Vec<i64>,
    map: BTreeMap<String, i64>,
    nested: Inner,
    many: Vec<Inner>,
    one_of: Kind,
    address: IpAddr,
    #[garde(range(min = 1, max = 9))]
    range: i64,
    #[garde(length(min = 1, max = 9))]
    length: Option<String>,
    #[garde(length(min = 1))]
    items: Vec<String>,
    #[garde(email)]
    email: String,
    #[garde(url)]
    url: String,
    #[garde(pattern("^[a-z]+$"))]
    pattern: String,
}

fn seven() -> i64 {
    7
}

#[schema]
struct Inner {
    a: i64,
}

#[schema]
#[serde(rename_all = "snake_case")]
enum Kind {
    User,
    Group,
}

/// Returns the schema of one property of `Everything`, as a request.
fn member(name: &str) -> Value {
    async fn take(_: Json<Everything>) -> NoContent {
        NoContent
    }
    let registry = rebar().operation(Operation::post("/", take));
    document(&registry)["components"]["schemas"]["Everything"]["properties"][name].clone()
}

#[track_caller]
fn assert_holds(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name} of {found}");
    }
}

/// kept: the generator has a title, a version, a description, tags and
/// servers, with variables and further documents.
#[test]
fn document_has_metadata() {
    let variable = ServerVariable::new("eu").choices(["eu", "us"]);
    let registry = rebar()
        .description("About it")
        .tag(Tag::new("a").external_docs(ExternalDocs::new("https://example.org")))
        .server(Server::new("https://{region}.example.org").variable("region", variable))
        .operation(Operation::get("/", hello).tag("a"));
    let document = document(&registry);
    let info = json!({"title": "My API", "version": "1.0.0", "description": "About it"});
    assert_eq!(document["info"], info);
    assert_eq!(
        document["tags"][0]["externalDocs"]["url"],
        "https://example.org"
    );
    let variables = &document["servers"][0]["variables"];
    assert_eq!(variables["region"]["enum"], json!(["eu", "us"]));
    let old = swagger(&registry);
    assert_eq!(
        (&old["host"], &old["schemes"]),
        (&"eu.example.org".into(), &json!(["https"]))
    );
}

/// kept: the document is written without an app.
#[test]
fn document_needs_no_app() {
    let registry = rebar().operation(Operation::get("/", hello));
    assert_eq!(document(&registry)["openapi"], "3.1.1");
    assert_eq!(swagger(&registry)["swagger"], "2.0");
}

/// corrected: the original adds the address of each request to the servers;
/// here the server is relative to the document unless servers are declared.
#[test]
fn servers_are_those_declared() {
    let server = Server::new("https://example.org");
    let registry = rebar().server(server).operation(Operation::get("/", hello));
    let client = client(&registry);
    for _ in 0..2 {
        let document: Value = client.get("/openapi.json").send().json();
        assert_eq!(document["servers"], json!([{"url": "https://example.org"}]));
    }
}

/// kept: rules are written without their converters, which are the types of
/// parameters.
#[test]
fn converters_are_types() {
    async fn by(_: Path<(i64, f64, String)>) -> NoContent {
        NoContent
    }
    let registry = rebar().operation(Operation::get("/{a}/{b}/{c}", by));
    let (new, old) = (document(&registry), swagger(&registry));
    let of = |document: &Value| {
        let item = &document["paths"]["/{a}/{b}/{c}"];
        let of_operation = &item["get"]["parameters"];
        if of_operation.is_null() {
            item["parameters"].clone()
        } else {
            of_operation.clone()
        }
    };
    for (at, kind) in ["integer", "number", "string"].into_iter().enumerate() {
        assert_eq!(of(&new)[at]["schema"]["type"], kind);
        assert_eq!(of(&old)[at]["type"], kind);
        assert_holds(&of(&old)[at], &json!({"in": "path", "required": true}));
    }
}

/// corrected: two types of one path parameter are distinguished by the value;
/// the original fails when the document is requested.
#[test]
fn types_of_a_path_parameter_may_differ_by_method() {
    async fn number(_: Path<i64>) -> NoContent {
        NoContent
    }
    async fn text(_: Path<String>) -> NoContent {
        NoContent
    }
    let registry = rebar()
        .operation(Operation::get("/{a}", number))
        .operation(Operation::delete("/{a}", text));
    assert_eq!(client(&registry).delete("/x").send().status(), 204);
    assert_eq!(client(&registry).get("/x").send().status(), 405);
    let other = rebar()
        .operation(Operation::get("/{a}", number))
        .operation(Operation::delete("/{b}", text));
    assert!(errors(&other).join("\n").contains("names the parameters"));
}

/// kept: query, body and headers, in this order in Swagger 2.0; whether they
/// are required.
#[test]
fn query_body_and_headers_are_parameters() {
    #[schema(request)]
    struct Filter {
        limit: Option<i64>,
        tag: String,
    }
    async fn all(_: Query<Filter>, _: Json<Guest>, _: Headers<Caller>) -> NoContent {
        NoContent
    }
    let registry = rebar().operation(Operation::post("/", all));
    let places = |document: &Value| -> Vec<String> {
        let parameters = document["paths"]["/"]["post"]["parameters"]
            .as_array()
            .unwrap();
        let place = |p: &Value| format!("{} {} {}", p["in"], p["name"], p["required"] == true);
        parameters
            .iter()
            .map(|p| place(p).replace('"', ""))
            .collect()
    };
    let new = ["query limit false", "query tag true", "header X-User true"];
    assert_eq!(places(&document(&registry)), new);
    let mut old = places(&swagger(&registry));
    old.sort();
    let expected = [
        "body Guest true",
        "header X-User true",
        "query limit false",
        "query tag true",
    ];
    assert_eq!(old, expected);
    let body = &document(&registry)["paths"]["/"]["post"]["requestBody"];
    assert_eq!(body["required"], true);
    let reference = json!({"$ref": "#/components/schemas/Guest"});
    assert_eq!(body["content"]["application/json"]["schema"], reference);
}

/// corrected: every status is listed with its body, and there is no `default`.
#[test]
fn every_status_is_listed() {
    let registry = rebar()
        .authenticator("key", HeaderApiKey::new("X-Key").key("a", "a"))
        .default_authenticators(["key"])
        .operation(Operation::post("/", echo));
    let responses = document(&registry)["paths"]["/"]["post"]["responses"].clone();
    for status in ["200", "400", "401", "413", "500"] {
        assert!(responses[status].is_object(), "{status} in {responses}");
    }
    assert!(responses["415"].is_null() && responses["default"].is_null());
}

/// corrected: the schema of errors allows the code that they have.
#[test]
fn error_schema_allows_the_code() {
    let registry = rebar().operation(Operation::post("/", echo));
    let error = document(&registry)["components"]["schemas"]["Error"].clone();
    let properties: Vec<_> = error["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(properties, ["errors", "message", "rebar_error_code"]);
    assert_eq!(error["required"], json!(["message"]));
}

/// kept: no authenticators are `security: []`; a list is an OR, keys in one
/// object are an AND.
/// corrected: every operation lists its own, including the default; nothing is at
/// the top level, which is equivalent. A name identifies one scheme.
#[test]
fn security_lists_the_authenticators() {
    let key = |name| HeaderApiKey::new(name).key("a", "a");
    let registry = rebar()
        .authenticator("a", key("X-A"))
        .authenticator("b", key("X-B"))
        .default_authenticators(["a"])
        .operation(Operation::get("/default", done).operation_id("default"))
        .operation(Operation::get("/none", done).operation_id("none").public())
        .operation(
            Operation::get("/more", done)
                .authenticators([purlin_router::auth::registry_default(), all_of(["a", "b"])]),
        );
    let document = document(&registry);
    assert!(document["security"].is_null());
    let of = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(of("/default"), json!([{"a": []}]));
    assert_eq!(of("/none"), json!([]));
    assert_eq!(of("/more"), json!([{"a": []}, {"a": [], "b": []}]));
    let scheme = json!({"type": "apiKey", "in": "header", "name": "X-A"});
    assert_holds(&document["components"]["securitySchemes"]["a"], &scheme);
    assert_holds(&swagger(&registry)["securityDefinitions"]["a"], &scheme);
    let twice = registry.authenticator("a", key("X-C"));
    assert!(errors(&twice).join("\n").contains("`a`"));
}

/// kept: `additionalProperties` is documented where unknown members are rejected.
/// corrected: only there; lists have no `additionalProperties`. What is
/// required is listed as it is declared, not sorted.
#[test]
fn additional_properties_are_documented_where_they_are_rejected() {
    let registry = rebar().operation(Operation::post("/", echo));
    let guest = document(&registry)["components"]["schemas"]["Guest"].clone();
    assert_eq!(guest["additionalProperties"], false);
    assert_eq!(guest["required"], json!(["name", "age"]));
    assert_eq!(guest["description"], "A guest to greet.");
    assert!(member("list")["additionalProperties"].is_null());
}

/// kept: types of fields.
#[test]
fn fields_have_types() {
    for (name, expected) in [
        ("integer", json!({"type": "integer"})),
        ("number", json!({"type": "number"})),
        ("string", json!({"type": "string"})),
        ("boolean", json!({"type": "boolean"})),
        (
            "described",
            json!({"type": "string", "description": "A description of a field."}),
        ),
        ("dataKey", json!({"type": "string"})),
        ("defaulted", json!({"type": "integer", "default": 7})),
        ("nullable", json!({"type": ["string", "null"]})),
        ("nested", json!({"$ref": "#/components/schemas/Inner"})),
        ("range", json!({"minimum": 1, "maximum": 9})),
        ("items", json!({"type": "array", "minItems": 1})),
    ] {
        assert_holds(&member(name), &expected);
    }
    assert_eq!(member("list")["items"]["type"], "integer");
    assert_eq!(member("map")["additionalProperties"]["type"], "integer");
    assert_eq!(
        member("many")["items"],
        json!({"$ref": "#/components/schemas/Inner"})
    );
    assert!(member("renamed").is_null());
}

/// corrected: pattern, email, URL, IP addresses and the lengths of nullable
/// fields are documented too.
#[test]
fn constraints_that_the_original_drops_are_documented() {
    assert_holds(&member("pattern"), &json!({"pattern": "^[a-z]+$"}));
    assert_holds(&member("email"), &json!({"format": "email"}));
    assert_holds(&member("url"), &json!({"format": "uri"}));
    assert_holds(&member("length"), &json!({"minLength": 1, "maxLength": 9}));
    assert!(member("address").to_string().contains("ipv6"));
}

/// kept: `x-nullable` in Swagger 2.0, and names of an enum.
#[test]
fn swagger_has_its_own_keywords() {
    async fn take(_: Json<Everything>) -> NoContent {
        NoContent
    }
    let document = swagger(&rebar().operation(Operation::post("/", take)));
    let definitions = &document["definitions"];
    let nullable = &definitions["Everything"]["properties"]["nullable"];
    assert_holds(nullable, &json!({"type": "string", "x-nullable": true}));
    assert_eq!(definitions["Kind"]["enum"], json!(["user", "group"]));
}

/// kept: a list of a schema is an array of references.
#[test]
fn list_is_an_array_of_references() {
    async fn many() -> Json<Vec<Inner>> {
        Json(Vec::new())
    }
    let document = document(&rebar().operation(Operation::get("/", many)));
    let response = &document["paths"]["/"]["get"]["responses"]["200"];
    let schema = &response["content"]["application/json"]["schema"];
    assert_eq!(schema["type"], "array");
    assert_eq!(
        schema["items"],
        json!({"$ref": "#/components/schemas/Inner"})
    );
}

/// corrected: a recursive schema is documented; the original fails.
#[test]
fn schema_may_be_recursive() {
    #[schema(response)]
    struct Tree {
        branches: Vec<Tree>,
    }
    async fn tree() -> Json<Tree> {
        Json(Tree {
            branches: Vec::new(),
        })
    }
    let registry = rebar().operation(Operation::get("/", tree));
    let branches = |schemas: &Value| schemas["Tree"]["properties"]["branches"]["items"].clone();
    let reference = json!({"$ref": "#/components/schemas/Tree"});
    assert_eq!(
        branches(&document(&registry)["components"]["schemas"]),
        reference
    );
    let reference = json!({"$ref": "#/definitions/Tree"});
    assert_eq!(branches(&swagger(&registry)["definitions"]), reference);
}

/// corrected: two schemas with one name are rejected; the original drops one of
/// them.
#[test]
fn two_schemas_with_one_name_are_rejected() {
    #[schema(request)]
    #[serde(rename = "Guest")]
    struct Other {
        _other: bool,
    }
    async fn take(_: Json<Other>) -> NoContent {
        NoContent
    }
    let registry = rebar()
        .operation(Operation::post("/a", echo))
        .operation(Operation::post("/b", take));
    assert!(errors(&registry).join("\n").contains("Guest"));
}

/// kept: a parameter of a list has its format at its own level.
#[test]
fn list_in_a_query_is_documented() {
    #[schema(request)]
    struct Ids {
        /// Which ones.
        ids: CommaSeparated<i64>,
    }
    async fn list(_: Query<Ids>) -> NoContent {
        NoContent
    }
    let document = document(&rebar().operation(Operation::get("/", list)));
    let parameter = &document["paths"]["/"]["get"]["parameters"][0];
    assert_holds(
        parameter,
        &json!({"description": "Which ones.", "explode": false}),
    );
    assert_eq!(parameter["schema"]["items"]["type"], "integer");
}
